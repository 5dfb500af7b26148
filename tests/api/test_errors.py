"""The catalogue of error codes: complete, explained on pages, the same in the documentation."""

import ast
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from gateway.api.tmf630.catalogue import catalogue, entry, listing
from gateway.app import build
from gateway.flows.bundles.findings import ORDER
from gateway.settings import Settings
from tests.edge import REPOSITORY

SOURCES = sorted((REPOSITORY / "gateway").rglob("*.py"))
RAISED = {"malformed": 400, "Invalid": 400, "Unknown": 404, "Clash": 409}
"""With which status a code is answered; `Refused` says it itself."""


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = build(Settings.model_validate({"store": {"url": f"sqlite:///{tmp_path / 'banyan.db'}"}}))

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("SELECT secret")

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway:8080") as client:
            yield client


def said(source: Path) -> Iterator[tuple[str, int | None]]:
    """Every code that is raised, with its status; None where that is known at run time only."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        status, values = RAISED.get(name), node.args
        if name == "Refused" and isinstance(values[0], ast.Attribute):
            status, values = HTTPStatus[values[0].attr].value, values[1:]
        if values and (name in RAISED or name == "Refused"):
            code = values[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value, status


def test_every_code_that_is_raised_is_in_the_catalogue_with_its_status() -> None:
    raised = {found: source.name for source in SOURCES for found in said(source)}
    raised |= {(code, RAISED["Invalid"]): "findings.py" for code in ORDER}
    assert len(raised) > 80
    unknown = {
        found: source
        for found, source in raised.items()
        if (known := entry(found[0])) is None or found[1] not in (None, *known.status)
    }
    assert unknown == {}


def test_every_entry_says_what_it_means_and_what_to_do() -> None:
    for code, found in catalogue().items():
        assert found.means.endswith("."), code
        assert found.do.endswith("."), code
        assert all(HTTPStatus(status) >= HTTPStatus.BAD_REQUEST for status in found.status), code


def test_the_documentation_says_the_same() -> None:
    assert (REPOSITORY / "docs" / "errors.md").read_text(encoding="utf-8") == listing()


async def test_a_refusal_points_to_the_page_of_its_code(http: httpx.AsyncClient) -> None:
    refused = await http.post("/tmf-api/productCatalogManagement/v4/productOffering", json=[])
    page = refused.json()["referenceError"]
    assert page == "http://gateway:8080/errors/json.object"
    assert (await http.get(page)).json()["status"] == [400]
    read = await http.get(page, headers={"Accept": "text/html,*/*;q=0.5"})
    assert read.headers["Content-Type"].startswith("text/html")
    assert "json.object" in read.text
    assert len((await http.get("/errors")).json()) == len(catalogue())
    forged = await http.get("/nothing", headers={"Host": "evil.example/<x>"})
    assert forged.json()["referenceError"] == "/errors/path.unknown"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/errors/no.such.code", 404, "path.unknown"),
        ("GET", "/errors/<script>", 404, "path.unknown"),
        ("POST", "/errors", 405, "request.method"),
        ("DELETE", "/health/live", 405, "request.method"),
        ("GET", "/nothing", 404, "path.unknown"),
        ("GET", "/broken", 500, "internal"),
    ],
)
async def test_what_is_no_api_refuses_in_the_same_words(
    http: httpx.AsyncClient, method: str, path: str, status: int, code: str
) -> None:
    answer = await http.request(method, path)
    body = answer.json()
    assert (answer.status_code, body["@type"], body["status"], body["code"]) == (status, "Error", str(status), code)
    assert body["reason"]
    assert "SELECT" not in answer.text
    if not path.startswith("/health"):
        assert len(answer.headers["X-Trace-Id"]) == 32


async def test_every_answer_has_its_trace(http: httpx.AsyncClient) -> None:
    offerings = "/tmf-api/productCatalogManagement/v4/category"
    created = await http.post(offerings, json={"name": "x"})
    at, tag = created.headers["Location"], created.headers["ETag"]
    answers = [
        created,
        await http.get(at, headers={"If-None-Match": tag}),
        await http.patch(at, json={"name": "y"}, headers={"Expect": "202-accepted"}),
        await http.post(offerings, content=b" " * 1_100_000, headers={"Content-Type": "application/json"}),
        await http.request("TRACE", at),
        await http.delete(at),
        await http.get(at),
    ]
    assert [answer.status_code for answer in answers] == [201, 304, 202, 413, 405, 204, 404]
    assert len({answer.headers["X-Trace-Id"] for answer in answers}) == len(answers)
