"""Negative tests made from the official documents: every operation, every attribute of what it is sent."""

import json
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.api.checking.check import newest
from gateway.api.checking.comparing import Reasons
from gateway.api.tmf630.contract import Contract, Contracts
from gateway.api.tmf630.contract.importing import read_official
from tests.conformance.sending import Sending
from tests.edge import SERVED, Build, speaking_to

pytestmark = pytest.mark.slow
VERSIONS = [pytest.param(one, id=f"{one.api}-{one.version}") for one in SERVED]
UNKNOWN = "0b6b1f9e-5f0c-4f4c-9a65-000000000000"
Node = Mapping[str, Any]


@pytest.fixture(scope="module")
def documents(official: Path) -> dict[tuple[str, str], Path]:
    return newest(official)


@pytest.fixture
def source(contract: Contract, documents: dict[tuple[str, str], Path]) -> Node:
    return read_official(documents[contract.api, contract.version])


@pytest.fixture
async def client(build: Build, contract: Contract, contracts: Contracts) -> AsyncIterator[httpx.AsyncClient]:
    """Who speaks to this API alone."""
    served = Contracts([one for one in contracts if one.api == contract.api])
    async with speaking_to(build(served=served)) as client:
        yield client


@pytest.mark.parametrize("contract", VERSIONS)
async def test_what_the_document_forbids_is_refused(
    client: httpx.AsyncClient, contract: Contract, source: Node
) -> None:
    sending, taken, lax = Sending(source), [], _lax(contract)
    seen: dict[str, set[str]] = {"post": set(), "patch": set()}
    for path, item in _paths(source):
        url, there = contract.bases[0] + path.removesuffix("/{id}"), frozenset[str]()
        if "{" in url:
            continue
        if path.endswith("/{id}"):
            if "patch" not in item or "post" not in source["paths"].get(path.removesuffix("/{id}"), {}):
                continue
            least = sending.least(_body(source, source["paths"][path[:-5]]["post"]))
            made = await client.post(url, json={**least, **_corrected(contract)})
            if made.status_code == HTTPStatus.ACCEPTED:
                continue  # there is a monitor, and nothing to change yet
            assert made.status_code == HTTPStatus.CREATED, made.text
            url, there = made.headers["Location"], frozenset(made.json())
        for method in item.keys() & seen.keys():
            schema = _body(source, item[method])
            for said, body in sending.broken(schema, seen[method]):
                if said.rpartition(".")[2] in lax or (method == "patch" and _merges(said, there)):
                    continue
                answer = await client.request(method, url, json=body)
                if answer.status_code != HTTPStatus.BAD_REQUEST or not _is_error(answer):
                    taken.append(f"{method} {path} {said}: {answer.status_code} {json.dumps(body)[:200]}")
    assert taken == []


@pytest.mark.parametrize("contract", VERSIONS)
async def test_what_no_operation_takes_is_refused(client: httpx.AsyncClient, contract: Contract, source: Node) -> None:
    for path, item in _paths(source):
        url = contract.bases[0] + path.replace("{id}", UNKNOWN).replace("{", "").replace("}", "")
        for method in {"get", "post", "patch", "put", "delete"} - item.keys():
            if path.startswith("/hub") and method in {"get", "patch"}:
                continue  # listeners can be read and parked in every API
            answer = await client.request(method, url)
            assert (answer.status_code, _is_error(answer)) == (405, True), f"{method} {path}"
            assert "Allow" in answer.headers
        for method in item.keys() & {"post", "patch"}:
            for body, media, status in (
                ("{", "application/json", 400),
                ('{"a": 1, }', "application/json", 400),
                ("[]", "application/json", 400),
                ('"x"', "application/json", 400),
                ("null", "application/json", 400),
                ("", "application/json", 400),
                ("{}", "text/plain", 415),
                ("<a/>", "application/xml", 415),
            ):
                answer = await client.request(method, url, content=body, headers={"Content-Type": media})
                assert _is_error(answer), f"{method} {path} {answer.text}"
                assert answer.status_code == status, f"{method} {path} {media} {body} {answer.text}"
        if path.endswith("/{id}") and path.count("{") == 1:
            for method in item.keys() & {"get", "delete"}:
                answer = await client.request(method, url)
                assert (answer.status_code, _is_error(answer)) == (404, True), f"{method} {path}"


def _merges(said: str, there: Collection[str]) -> bool:
    """A change names only what it changes, also inside an object that is there; what is in a list is replaced.
    In a change null takes away. Where a change leaves out a mandatory `@type` inside, the contract itself says what
    stands there.
    """
    if said.endswith(".@type missing") or (said.endswith(" of type NoneType") and "[]" not in said):
        return True
    top, _, inner = said.removesuffix(" missing")[1:].partition(".")
    return said.endswith(" missing") and "[]" not in said and (not inner or top in there)


def _corrected(contract: Contract) -> dict[str, Any]:
    """What practice makes of an enumeration that the document has wrong."""
    corrected = [one for one in contract.practice.get("corrected", ()) if one["version"] == contract.version]
    return {one["attribute"]: one["facts"]["enum"][0] for one in corrected if "enum" in one["facts"]}


def _paths(source: Node) -> Iterator[tuple[str, Node]]:
    for path, item in source["paths"].items():
        if not path.startswith("/listener"):
            yield path.rstrip("/"), {method: one for method, one in item.items() if "responses" in one}


def _body(source: Node, operation: Node) -> Node:
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "body":
            found: Node = parameter["schema"]
            return found
    node: Any = operation.get("requestBody", {})
    while "$ref" in node:
        step = node["$ref"].removeprefix("#/").split("/")
        node = source
        for name in step:
            node = node[name]
    content = {media.partition(";")[0]: one for media, one in node.get("content", {}).items()}
    body: Node = content.get("application/json", {}).get("schema", {})
    return body


def _lax(contract: Contract) -> set[str]:
    """What practice takes nevertheless, with a reason that `contract check` shows."""
    reasons = Reasons.stated(contract.practice, contract.version)
    corrected = {f"{name} of type str" for _, name in reasons.corrected}
    return {f"{name} missing" for _, name in reasons.optional} | corrected


def _is_error(answer: httpx.Response) -> bool:
    return answer.headers.get("Content-Type") == "application/json" and {"code", "reason"} <= set(answer.json())
