"""What is published: valid OpenAPI 3.1 of every API and version, true to what the kernel serves."""

import gzip
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from schemathesis.specs.openapi import definitions

from gateway.api.publishing import Compressed, Publication, openapi
from gateway.api.tmf630.contract import Contract, Contracts
from tests.edge import SERVED, Build, speaking_to

VERSIONS = [pytest.param(one, id=f"{one.api}-{one.version}") for one in SERVED]
CATALOG = "/tmf-api/productCatalogManagement/v4"


@pytest.fixture
async def published(build: Build, contracts: Contracts) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking_to(Compressed(build(beside=Publication(contracts).beside))) as client:
        yield client


@pytest.mark.parametrize("contract", VERSIONS)
def test_a_page_is_valid(contract: Contract) -> None:
    page = openapi(contract, contract.bases[0])
    assert [error.message for error in definitions.OPENAPI_31_VALIDATOR.iter_errors(page)] == []
    for schema in page["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    ids = Counter(operation["operationId"] for _, _, operation in operations(page))
    assert ids.most_common(1)[0][1] == 1
    for reference in references(page):
        found: Any = page
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


@pytest.mark.parametrize("contract", VERSIONS)
async def test_a_page_declares_what_is_served(client: httpx.AsyncClient, contract: Contract) -> None:
    page = openapi(contract, contract.bases[0])
    assert "/events" in page["paths"]
    for path, item in page["paths"].items():
        if path == "/events":
            continue  # a stream, which the whole gateway adds
        url = contract.bases[0] + path.replace("{", "").replace("}", "")
        allowed = (await client.options(url)).headers["Allow"]
        assert set(allowed.split(", ")) - {"HEAD", "OPTIONS"} == {method.upper() for method in item}, path


async def test_a_page_names_the_path_the_client_came_by(published: httpx.AsyncClient, contracts: Contracts) -> None:
    for base in contracts.contract("TMF620", "v5").bases:
        page = (await published.get(f"{base}/openapi.json")).json()
        assert page["servers"] == [{"url": base}]
        assert page["info"]["title"] == "TMF620 Product catalog management"


async def test_what_the_gateway_adds_is_declared(published: httpx.AsyncClient) -> None:
    page = (await published.get(f"{CATALOG}/openapi.json")).json()
    listed, one = page["paths"]["/productOffering"], page["paths"]["/productOffering/{id}"]
    assert {"200", "206", "400", "416", "501"} <= listed["get"]["responses"].keys()
    assert {"X-Total-Count", "X-Result-Count", "Link"} <= listed["get"]["responses"]["206"]["headers"].keys()
    assert {"201", "202", "409", "415", "422"} <= listed["post"]["responses"].keys()
    assert {"Location", "ETag"} <= listed["post"]["responses"]["201"]["headers"].keys()
    assert "Location" in listed["post"]["responses"]["202"]["headers"]
    assert {"200", "304", "404"} <= one["get"]["responses"].keys()
    assert {"200", "202", "404", "412", "415", "428", "429"} <= one["patch"]["responses"].keys()
    assert one["patch"]["requestBody"]["content"].keys() == {
        "application/json",
        "application/merge-patch+json",
        "application/json-patch+json",
        "application/json-patch-query+json",
    }
    names = {parameter["$ref"].rpartition("/")[2] for parameter in one["patch"]["parameters"] if "$ref" in parameter}
    assert {"IfMatch", "IdempotencyKey"} <= names
    assert {"name", "isBundle", "lastUpdate"} <= {parameter.get("name") for parameter in listed["get"]["parameters"]}
    assert "get" in page["paths"]["/hub"]
    assert "productOfferingCreateEvent" in page["webhooks"]


async def test_what_practice_loosens_is_loosened_in_the_page(contracts: Contracts) -> None:
    page = openapi(contracts.contract("TMF620", "v5"), "/")
    offering = page["components"]["schemas"]["ProductOffering_FVO"]
    mandatory = {name for part in (offering, *offering["allOf"]) for name in part.get("required", ())}
    assert "name" in mandatory
    assert not mandatory & {"lastUpdate", "lifecycleStatus"}


async def test_a_page_is_asked_for_once(published: httpx.AsyncClient) -> None:
    plain = await published.get(f"{CATALOG}/openapi.json", headers={"Accept-Encoding": "identity"})
    packed = await published.get(f"{CATALOG}/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.json() == plain.json()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, packed):
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await published.get(f"{CATALOG}/openapi.json", headers=known)).status_code == 304
    head = await published.head(f"{CATALOG}/openapi.json", headers={"Accept-Encoding": "identity"})
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(plain.content)))
    refused = await published.post(f"{CATALOG}/openapi.json", json={})
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", [CATALOG, f"{CATALOG}/", f"{CATALOG}/docs", "/tmf-api"])
async def test_a_page_to_read_needs_no_internet(published: httpx.AsyncClient, path: str) -> None:
    page = await published.get(path, headers={"Accept": "text/html"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    named = [part.partition('"')[0] for mark in ('src="', 'href="') for part in page.text.split(mark)[1:]]
    assert named
    for link in set(named) - {"/adapters", "/errors"}:  # which the app serves beside
        assert (await published.get(link)).status_code == 200, link


async def test_all_apis_are_found_from_one_place(published: httpx.AsyncClient, contracts: Contracts) -> None:
    for path in ("/.well-known/api-catalog", "/tmf-api"):
        catalog = await published.get(path)
        assert catalog.headers["Content-Type"].startswith("application/linkset+json")
        first, *links = catalog.json()["linkset"]
        assert [item["href"] for item in first["item"]] == [link["anchor"] for link in links]
        assert {link["anchor"] for link in links} == {f"http://gateway{one.bases[0]}" for one in contracts}
        for link in links[:3]:
            [described] = link["service-desc"]
            assert (await published.get(described["href"])).json()["openapi"] == "3.1.0"
            [read] = link["service-doc"]
            assert "text/html" in (await published.get(read["href"])).headers["Content-Type"]
            assert link["status"][0]["href"] == "http://gateway/health/ready"
    head = await published.head("/.well-known/api-catalog")
    assert head.content == b""
    assert 'rel="api-catalog"' in head.headers["Link"]


async def test_a_strange_host_is_not_repeated(published: httpx.AsyncClient) -> None:
    answer = await published.get("/.well-known/api-catalog", headers={"Host": "x/../<y>"})
    assert answer.json()["linkset"][0]["anchor"] == "/.well-known/api-catalog"


async def test_an_answer_worth_it_is_compressed_and_known_by_its_tag(published: httpx.AsyncClient) -> None:
    large = {"name": "x", "lifecycleStatus": "Active", "description": "long " * 500}
    created = await published.post(f"{CATALOG}/category", json=large)
    href = created.headers["Location"]
    request = published.build_request("GET", href, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    answer = await published.send(request, stream=True)
    raw = b"".join([part async for part in answer.aiter_raw()])
    assert gzip.decompress(raw).startswith(b"{")
    assert answer.headers["Content-Length"] == str(len(raw))
    assert answer.headers["Vary"] == "Accept-Encoding"
    tag = {"If-Match": answer.headers["ETag"]}
    assert (await published.patch(href, json={"name": "y"}, headers=tag)).status_code == 200
    assert (await published.patch(href, json={"name": "z"}, headers=tag)).status_code == 412


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "gzip;q=0.0, br", "notgzip"])
async def test_nobody_gets_what_he_does_not_accept(published: httpx.AsyncClient, accepted: str) -> None:
    answer = await published.get(f"{CATALOG}/openapi.json", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers


async def test_a_stream_is_never_held_back() -> None:
    async def stream(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        for _ in range(2):
            await send({"type": "http.response.body", "body": b":" * 2_000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await Compressed(stream)({"type": "http", "headers": [(b"accept-encoding", b"gzip")]}, None, send)  # type: ignore[arg-type]
    assert [len(message.get("body", b"")) for message in sent] == [0, 2_000, 2_000, 0]


async def test_a_path_tells_its_methods(client: httpx.AsyncClient) -> None:
    answer = await client.options(f"{CATALOG}/category/1")
    assert (answer.status_code, answer.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")


def operations(page: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for section in ("paths", "webhooks"):
        for path, item in page[section].items():
            yield from ((path, method, operation) for method, operation in item.items())


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)
