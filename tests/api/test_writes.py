"""Writes: create, merge, remove, revisions, idempotency, and the events of each commit."""

import asyncio
from typing import Any

import httpx
import pytest

from contracts.call import Principal
from contracts.errors import Conflict, Garbled, NotFound, Rejected, TimedOut, Unavailable, Unsupported
from contracts.page import Window
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.kernel import Limits
from gateway.flows.refusal import Clash, Invalid, Unknown
from gateway.store import Store
from tests.edge import Build, speaking_to

OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
KIND = "TMF620/productOffering"


@pytest.fixture
async def href(client: httpx.AsyncClient) -> str:
    created = await client.post(OFFERINGS, json={"name": "line", "validFor": {"startDateTime": "2026-01-01T00:00:00Z"}})
    assert created.status_code == 201
    assert created.headers["Location"] == created.json()["href"]
    return str(created.json()["href"])


async def test_what_was_created_is_read_again(client: httpx.AsyncClient, href: str) -> None:
    read = (await client.get(href)).json()
    assert (read["name"], read["@type"], read["lifecycleStatus"]) == ("line", "ProductOffering", "Active")
    assert read["href"] == href
    assert read["lastUpdate"].endswith("Z")


async def test_attributes_of_an_open_model_are_kept(client: httpx.AsyncClient) -> None:
    groups = [{"id": "g", "name": "packs", "bundledGroupProductOfferingOption": {"numberRelOfferUpperLimit": 1}}]
    created = (await client.post(OFFERINGS, json={"name": "b", "bundledGroupProductOffering": groups, "x": [1]})).json()
    assert (created["bundledGroupProductOffering"], created["x"]) == (groups, [1])


@pytest.mark.parametrize(
    "media", ["application/json", "application/merge-patch+json", "application/json;charset=utf-8"]
)
async def test_a_patch_merges(client: httpx.AsyncClient, href: str, media: str) -> None:
    content = b'{"validFor": {"endDateTime": "2027-01-01T00:00:00Z"}, "description": "new", "version": null}'
    changed = await client.patch(href, content=content, headers={"Content-Type": media})
    assert changed.status_code == 200, changed.text
    assert changed.json()["validFor"] == {
        "startDateTime": "2026-01-01T00:00:00Z",
        "endDateTime": "2027-01-01T00:00:00Z",
    }
    assert (await client.get(href)).json() == changed.json()


@pytest.mark.parametrize("patch", [{"id": "x"}, {"href": "x"}, {"@type": "X"}, {"name": None}])
async def test_what_a_client_may_not_change_is_named(
    client: httpx.AsyncClient, href: str, patch: dict[str, Any]
) -> None:
    answer = await client.patch(href, json=patch)
    assert answer.status_code == 400
    assert next(iter(patch)) in answer.json()["reason"]


async def test_an_unchanged_value_is_no_change(client: httpx.AsyncClient, href: str) -> None:
    before = await client.get(href)
    answer = await client.patch(href, json={"id": before.json()["id"], "href": href, "name": "line"})
    assert (answer.status_code, answer.headers["ETag"]) == (200, before.headers["ETag"])


async def test_revisions_guard_reads_and_writes(client: httpx.AsyncClient, href: str) -> None:
    tag = (await client.get(href)).headers["ETag"]
    assert (await client.get(href, headers={"If-None-Match": tag})).status_code == 304
    assert (await client.patch(href, json={"name": "a"}, headers={"If-Match": tag})).status_code == 200
    assert (await client.get(href, headers={"If-None-Match": tag})).status_code == 200
    assert (await client.patch(href, json={"name": "b"}, headers={"If-Match": "*"})).status_code == 200


async def test_removed_is_gone(client: httpx.AsyncClient, href: str) -> None:
    assert (await client.delete(href)).status_code == 204
    for answer in (await client.get(href), await client.delete(href), await client.patch(href, json={"name": "x"})):
        assert answer.status_code == 404
        assert answer.json()["code"] == "resource.unknown"


async def test_a_key_makes_every_write_repeatable(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = await client.post(OFFERINGS, json={"name": "once"}, headers=key)
    again = await client.post(OFFERINGS, json={"name": "once"}, headers=key)
    assert (again.status_code, again.json(), again.headers["Location"]) == (
        201,
        first.json(),
        first.headers["Location"],
    )
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (None, "true")
    href = first.json()["href"]
    for _ in range(2):
        assert (await client.patch(href, json={"name": "changed"}, headers=key)).status_code == 200
    for _ in range(2):
        assert (await client.delete(href, headers=key)).status_code == 204
    assert (await client.get(OFFERINGS)).json() == []


async def test_each_write_emits_its_event(build: Build, store: Store) -> None:
    seen: list[str] = []
    commit = store.commit

    async def watched(*changes: Any) -> None:
        seen.extend(change.event.type for change in changes if hasattr(change, "event"))
        await commit(*changes)

    store.commit = watched  # type: ignore[method-assign]
    async with speaking_to(build()) as client:
        href = (await client.post(OFFERINGS, json={"name": "a"})).json()["href"]
        await client.patch(href, json={"name": "b"})
        await client.patch(href, json={"lifecycleStatus": "Retired"})
        await client.delete(href)
    names = ("Create", "AttributeValueChange", "StateChange", "Delete")
    assert seen == [f"ProductOffering{name}Event" for name in names]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("bundle.cycle", "a bundle contains itself"), 400),
        (Unknown("customer.unknown", "no such customer"), 404),
        (Clash("order.done", "the order is completed"), 409),
        (NotFound("x"), 404),
        (Rejected("x"), 422),
        (Conflict("x"), 409),
        (Unavailable("jbilling at 10.0.0.1 is down"), 503),
        (TimedOut("x"), 504),
        (Garbled("<html>"), 502),
        (Unsupported("x"), 501),
        (RuntimeError("SELECT secret"), 500),
    ],
)
async def test_every_failure_is_a_tmf_error(build: Build, error: Exception, status: int) -> None:
    class Failing:
        async def get(self, *_: Any) -> None:
            raise error

    async with speaking_to(build({KIND: Failing()})) as client:
        answer = await client.get(f"{OFFERINGS}/1")
    body = answer.json()
    assert (answer.status_code, body["status"], body["@type"]) == (status, str(status), "Error")
    assert body["code"]
    assert body["reason"]
    assert "10.0.0.1" not in answer.text
    assert "SELECT" not in answer.text
    assert ("Retry-After" in answer.headers) == (status in (503, 504))


async def test_a_request_ends_at_its_deadline(build: Build) -> None:
    class Hanging:
        async def find(self, asked: Any, window: Window) -> None:
            assert asked.call.deadline == pytest.approx(0.01)
            await asyncio.Event().wait()

    async with speaking_to(build({KIND: Hanging()}, limits=Limits(read_s=0.01))) as client:
        answer = await client.get(OFFERINGS)
    assert answer.status_code == 504
    assert "Retry-After" in answer.headers


async def test_an_owner_is_carried_into_every_query(build: Build, contracts: Any, store: Store, clock: Any) -> None:
    """Foreign is unknown: a principal that may see one customer neither reads nor counts another's resources."""
    room = DocumentRoom(contracts.resource("TMF622/productOrder"), store, clock)
    orders = "/tmf-api/productOrderingManagement/v4/productOrder"
    kernel = build({"TMF622/productOrder": room})
    body = {"productOrderItem": [{"id": "1", "action": "add"}]}
    async with speaking_to(kernel) as client:
        answers = {}
        for customer in ("c1", "c2"):
            kernel._principal_of = lambda _headers, c=customer: Principal(c, "app", "default", frozenset({c}))
            answers[customer] = (await client.post(orders, json=body)).json()["href"]
        assert (await client.get(answers["c1"])).status_code == 404
        assert (await client.get(answers["c2"])).status_code == 200
        assert (await client.get(orders)).headers["X-Total-Count"] == "1"
