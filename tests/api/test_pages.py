"""The pages for people, where several systems are configured and where none is."""

from collections.abc import Sequence

import httpx
import pytest
from fastapi import FastAPI

from gateway.api.adapter_pages import adapter_pages
from gateway.registry import Manifest, discover


async def adapters(systems: Sequence[Manifest]) -> str:
    app = FastAPI()
    app.include_router(adapter_pages())
    app.state.systems = systems
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        assert (await http.get("/")).headers["Location"] == "/tmf-api"
        read = await http.get("/adapters", headers={"Accept": "text/html"})
    assert read.status_code == 200
    return read.text


async def test_systems_of_other_ports_stand_side_by_side() -> None:
    shown = await adapters(list(discover().values()))
    for name in discover():
        assert f'<th scope="col">{name}</th>' in shown
    assert "<th>order.lookup</th><td>-</td><td>full</td>" in shown


@pytest.mark.parametrize("systems", [[], [discover()["cdr_files"]]])
async def test_nothing_to_compare_is_no_empty_table(systems: list[Manifest]) -> None:
    shown = await adapters(systems)
    assert "<table" not in shown
    assert ("[adapters.NAME]" in shown) == (not systems)
