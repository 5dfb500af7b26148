"""Who listens, and what he has not heard yet, outlives the gateway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from gateway.app import build
from gateway.settings import Settings
from tests.stores import DATABASES, fresh_url

CATALOG = "/tmf-api/productCatalogManagement/v4"


@asynccontextmanager
async def gateway(url: str, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings.model_validate({"store": {"url": url}, "telemetry": {"traces": folder / "traces.db"}})
    app = build(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield client


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
async def test_a_listener_hears_after_a_restart(database: str, tmp_path: Path) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await heard.put(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        writer.close()

    async with fresh_url(database, tmp_path) as url, await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        callback = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
        async with gateway(url, tmp_path) as client:
            made = await client.post(f"{CATALOG}/hub", json={"callback": callback, "query": "name=told"})
            assert made.status_code == 201
        async with gateway(url, tmp_path) as client, asyncio.timeout(60):
            assert [each["id"] for each in (await client.get(f"{CATALOG}/hub")).json()] == [made.json()["id"]]
            assert (await client.post(f"{CATALOG}/catalog", json={"name": "told"})).status_code == 201
            assert b'"name":"told"' in await heard.get()
