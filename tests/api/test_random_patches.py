"""Any patch on any resource: carried out whole, or refused and nothing changed."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.security import embedded
from gateway.store import open_store
from tests.clock import FakeClock
from tests.edge import speaking_to

V4 = "/tmf-api/productCatalogManagement/v4/productOffering"
V5 = "/tmf-api/productCatalogManagement/v5/productOffering"
STEPS = ["name", "id", "href", "@type", "validFor", "startDateTime", "productOfferingTerm", "category", "tags", "price"]
STEPS += ["0", "1", "-", "01", "-1", "~0~1", "~2", "", "lifecycleStatus", "attachment", "@aside", "odd/name", "é"]
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.sampled_from([12.1, 0.1, "12.10", "2026-01-01T00:00:00Z"])
    | some.text(max_size=3),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(STEPS), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
POINTERS = some.lists(some.sampled_from(STEPS), max_size=4).map(lambda steps: "".join(f"/{step}" for step in steps))
CONDITIONS = some.sampled_from(["", "?name=a", "?productOfferingTerm.name=a", "?id.gt=1", "?x", "?=", "?a=%ff&b='"])
JSONPATHS = some.sampled_from(
    ["$", "$.*", "$..name", "$.tags[0]", "$.tags[-1]", "$.tags[::-1]", "$[?@.name=='a']", "$['odd/name']", "$.x.y",
     "$.productOfferingTerm[?@.name=='a'].name", "$.id", "$..*", "$.tags[", "$[?length(@)>1]", "#", "$.price[?@>1]"]
)  # fmt: skip
QUERIES = some.tuples(POINTERS, CONDITIONS).map("".join) | JSONPATHS
OPS = some.sampled_from(["add", "remove", "replace", "move", "copy", "test", "Add", None])


def operations(paths: some.SearchStrategy[str]) -> some.SearchStrategy[Any]:
    one = some.fixed_dictionaries({"op": OPS, "path": paths, "from": paths, "value": VALUES})
    return some.lists(one | VALUES, max_size=4) | VALUES


PATCHES = some.one_of(
    some.tuples(some.sampled_from(["merge-patch+json", "json"]), VALUES),
    some.tuples(some.just("json-patch+json"), operations(POINTERS)),
    some.tuples(some.just("json-patch-query+json"), operations(QUERIES)),
)
BODY = {
    "name": "line",
    "@type": "ProductOffering",
    "productOfferingTerm": [{"name": "a"}, {"name": "b"}],
    "validFor": {"startDateTime": "2026-01-01T00:00:00Z"},
    "category": [{"id": "c", "@type": "CategoryRef"}],
    "tags": ["x", ["y"], {"name": "z"}],
    "price": 12.5,
    "odd/name": {"~": 1},
}


@pytest.fixture(scope="module")
def catalog(contracts: Contracts) -> Iterator[tuple[asyncio.Runner, httpx.AsyncClient, list[str]]]:
    """An offering that was made as v4, and one that was made as v5."""
    with asyncio.Runner() as runner:
        clock = FakeClock()
        store = runner.run(open_store("sqlite://", clock))
        own = Contracts([contract for contract in contracts if contract.api == "TMF620"])
        speaking = speaking_to(Kernel(own, {}, store, clock, embedded("default")))
        client = runner.run(speaking.__aenter__())
        made = [runner.run(client.post(path, json=BODY)).headers["Location"] for path in (V4, V5)]
        yield runner, client, made
        runner.run(speaking.__aexit__(None, None, None))
        runner.run(store.aclose())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(some.sampled_from([V4, V5]), some.integers(0, 1), PATCHES)
def test_a_patch_is_carried_out_whole_or_not_at_all(
    catalog: tuple[asyncio.Runner, httpx.AsyncClient, list[str]], path: str, which: int, patch: tuple[str, Any]
) -> None:
    runner, client, made = catalog
    at = f"{path}/{made[which].rsplit('/', 1)[-1]}"
    media, sent = patch

    async def sending() -> None:
        before = await client.get(at)
        answer = await client.patch(at, content=json.dumps(sent), headers={"Content-Type": f"application/{media}"})
        after = await client.get(at)
        if answer.status_code == 200:
            assert (after.text, after.headers["ETag"]) == (answer.text, answer.headers["ETag"])
            kept = ("id", "href", "@type")
            assert [after.json()[name] for name in kept] == [before.json()[name] for name in kept]
        else:
            assert answer.status_code in (400, 409, 501), answer.text
            assert answer.json()["code"]
            assert (after.text, after.headers["ETag"]) == (before.text, before.headers["ETag"])

    runner.run(sending())
