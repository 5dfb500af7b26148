"""What an orchestrator asks: alive as long as the process answers, ready while requests can be served."""

from pathlib import Path

import httpx

from gateway.app import build
from gateway.settings import Settings
from tests.house import CUSTOMERS, ORDERS
from tests.whole import whole


async def test_ready_while_the_store_answers(tmp_path: Path) -> None:
    async with whole(tmp_path, ready=False) as house:
        assert (await house.http.get("/health/ready")).status_code == 200
        await house.app.state.store.aclose()
        assert (await house.http.get("/health/ready")).status_code == 503
        assert (await house.http.get("/health/live")).status_code == 200
        for path in (CUSTOMERS, f"{ORDERS}/x"):
            answer = await house.http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "store.unreachable")
            assert answer.headers["Retry-After"]


async def test_not_ready_before_it_has_started() -> None:
    transport = httpx.ASGITransport(app=build(Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        assert (await http.get("/health/live")).status_code == 200
        assert (await http.get("/health/ready")).status_code == 503
