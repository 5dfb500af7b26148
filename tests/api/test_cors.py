"""CORS on the public listener: only for origins that the operator named, and nothing at all without one."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.app import build
from gateway.settings import Settings

SITES = "/tmf-api/geographicSiteManagement/v4/geographicSite"
PAGE = "https://shop.example"
PREFLIGHT = {"Origin": PAGE, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "if-match"}


def app(folder: Path, *origins: str) -> Any:
    store = {"store": {"url": f"sqlite:///{folder / 'banyan.db'}"}}
    return build(Settings.model_validate({**store, "cors": {"origins": origins}}))


@pytest.mark.parametrize("origins", [(PAGE,), ("*",)])
async def test_a_named_origin_may_ask_and_read_the_headers(tmp_path: Path, origins: tuple[str, ...]) -> None:
    served = app(tmp_path, *origins)
    async with served.router.lifespan_context(served):
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            preflight = await http.options(f"{SITES}/1", headers=PREFLIGHT)
            assert preflight.status_code == 200
            assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
            assert "if-match" in preflight.headers["Access-Control-Allow-Headers"].lower()
            answer = await http.get(SITES, headers={"Origin": PAGE})
            assert answer.headers["Access-Control-Allow-Origin"] in (PAGE, "*")
            exposed = answer.headers["Access-Control-Expose-Headers"]
            assert {"X-Total-Count", "Link", "ETag", "Location", "X-Trace-Id"} <= set(exposed.split(", "))
            refused = await http.get(f"{SITES}/unknown", headers={"Origin": PAGE})
            assert (refused.status_code, "Access-Control-Allow-Origin" in refused.headers) == (404, True)
            other = await http.get(SITES, headers={"Origin": "https://other.example"})
            assert ("Access-Control-Allow-Origin" in other.headers) == ("*" in origins)


async def test_without_a_named_origin_there_is_no_such_header(tmp_path: Path) -> None:
    served = app(tmp_path)
    async with served.router.lifespan_context(served):
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
            preflight = await http.options(f"{SITES}/1", headers=PREFLIGHT)
            assert (preflight.status_code, preflight.headers["Allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")
            answer = await http.get(SITES, headers={"Origin": PAGE})
            assert not [name for name in answer.headers if name.startswith("access-control")]
