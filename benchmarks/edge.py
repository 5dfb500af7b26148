"""The edge against a bare FastAPI route that returns the same bytes from memory: ratios of CPU per request."""

import asyncio
import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import FastAPI, Response

from benchmarks.serving import Server, get, server
from contracts.clock import SystemClock
from contracts.page import Condition, Window
from gateway.app import build
from gateway.security import BANYAN
from gateway.settings import Settings
from gateway.store import SqlStore, open_store
from gateway.store.port import Document, Put

CATALOG = "/tmf-api/productCatalogManagement/v4/productOffering"
KIND = "TMF620/productOffering"
SIZES = (1_000, 10_000, 100_000)
IN_GROUP = 100
BATCH = 5_000
ROUNDS, CALLS = 12, 200


def offering(number: int) -> dict[str, object]:
    """About 2 kB, as an offering with its prices and its category is."""
    return {
        "id": f"{number:08d}",
        "name": f"Offering {number}",
        "description": "A line with data, voice and messages, as a family would take it. " * 6,
        "isBundle": False,
        "lifecycleStatus": "Active",
        "lastUpdate": "2026-01-31T12:00:00.000Z",
        "version": str(number // IN_GROUP),
        "validFor": {"startDateTime": "2026-01-01T00:00:00.000Z", "endDateTime": "2027-01-01T00:00:00.000Z"},
        "category": [{"id": f"{n}", "name": f"Category {n}", "@type": "CategoryRef"} for n in range(4)],
        "productOfferingPrice": [
            {"id": f"{number}-{n}", "name": f"Price {n}", "@type": "ProductOfferingPriceRef"} for n in range(8)
        ],
        "productSpecification": {"id": f"{number}", "name": "Line", "@type": "ProductSpecificationRef"},
        "@type": "ProductOffering",
    }


async def fill(store: SqlStore, first: int, count: int) -> None:
    for start in range(first, count, BATCH):
        rows = [Document(KIND, f"{n:08d}", offering(n)) for n in range(start, min(start + BATCH, count))]
        await store.commit(*(Put(row, expect=0) for row in rows))


def bare(answers: dict[str, bytes]) -> FastAPI:
    app = FastAPI()

    @app.get("/{name}/{id}")
    async def answer(name: str, id: str) -> Response:
        return Response(answers[name], headers={"ETag": f'"{id}"'}, media_type="application/json")

    return app


async def ratio(ours: Server, target: str, plain: Server, name: str) -> tuple[float, float]:
    """CPU of ours and of the bare route, each the least of several rounds taken in turn."""
    mine, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(await plain.cost_us(f"/{name}/1", CALLS))
        mine.append(await ours.cost_us(target, CALLS))
    return min(mine), min(theirs)


async def main() -> None:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'edge.db'}"
        await measure(Settings.model_validate({"store": {"url": url}, "telemetry": {"ratio": 0.01}}))


async def filled(settings: Settings, first: int, count: int) -> None:
    store = await open_store(settings.store.url, SystemClock())
    await fill(store, first, count)
    await store.aclose()


async def measure(settings: Settings) -> None:
    began = 0
    print(f"{'CPU per request, us':<46}{'ours':>8}{'bare':>8}{'ratio':>8}")
    for size in SIZES:
        await filled(settings, began, size)
        began = size
        with server(lambda: build(settings)) as ours:
            await listening(ours, "/health/ready")
            one, many = f"{CATALOG}/00000007", f"{CATALOG}?version=3&limit={IN_GROUP}"
            answers = {"one": await body(ours, one), "many": await body(ours, many)}
            assert len(json.loads(answers["many"])) == IN_GROUP
            with server(lambda answers=answers: bare(answers)) as plain:  # type: ignore[misc] # bound now, not later
                await listening(plain, "/one/1")
                for what, target, name in (("GET by id", one, "one"), ("list of 100 by filter", many, "many")):
                    mine, theirs = await ratio(ours, target, plain, name)
                    told = f"{what}, {len(answers[name])} bytes, {size} stored"
                    print(f"{told:<46}{mine:>8.0f}{theirs:>8.0f}{mine / theirs:>8.2f}", flush=True)
                called = await database_us(settings)
                rest = mine - called
                print(f"{'  less its database call':<46}{rest:>8.0f}{theirs:>8.0f}{rest / theirs:>8.2f}", flush=True)


async def database_us(settings: Settings) -> float:
    """CPU microseconds of the list's one call of the store, the least of several rounds."""
    store = await open_store(settings.store.url, SystemClock())
    window = Window(conditions=(Condition("version", "eq", ("3",)),))
    rounds = []
    for _ in range(ROUNDS):
        before = time.thread_time()
        for _ in range(CALLS):
            await store.find(BANYAN, KIND, window)
        rounds.append((time.thread_time() - before) / CALLS * 1e6)
    await store.aclose()
    return min(rounds)


async def body(ours: Server, target: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", ours.port)
    try:
        return await get(reader, writer, target)
    finally:
        writer.close()


async def listening(one: Server, target: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
    began = time.perf_counter()
    writer.write(f"GET {target} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    await reader.readline()
    print(f"{'first answer after the start, s':<46}{time.perf_counter() - began:>8.2f}")
    writer.close()


if __name__ == "__main__":
    asyncio.run(main())
