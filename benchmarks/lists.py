"""What a list costs in the store, as more and more documents lie there: milliseconds of one answer, at its fastest."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from contracts.call import Principal
from contracts.clock import SystemClock
from contracts.page import Condition, Window
from gateway.store import SqlStore, open_store
from gateway.store.port import Document, Put, Statement

KIND = "bench/offering"
POSTGRES = os.environ.get("BANYAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
SCHEMA = "bench_lists"
SIZES = tuple(int(size) for size in os.environ.get("BANYAN_BENCH_SIZES", "1000,10000,100000").split(","))
BATCH = 500
SECONDS, CALLS = 1.0, 50
EVERYBODY = Principal(subject="bench", client="bench", operator="bench")
STATES = ("Active", "Retired", "Launched", "In test")


def offering(number: int) -> dict[str, Any]:
    """About 1.6 kB and 14 leaves."""
    return {
        "id": f"{number:08d}",
        "name": f"Offering {number}",
        "description": "A line with data, voice and messages, as a family would take it. " * 18,
        "lifecycleStatus": STATES[number % len(STATES)],
        "version": str(number // 10),
        "batch": str(number // 100),
        "rank": number * 7_919 % 1_000_003,
        "price": Decimal(number * 31 % 5_000) / 100,
        "lastUpdate": f"2026-{number % 12 + 1:02}-{number // 12 % 28 + 1:02}T{number // 400 % 24:02}:00:00.000Z",
        "category": [{"id": str(number % 50), "name": f"Category {number % 50}"}, {"id": "all", "name": "All"}],
        "@type": "ProductOffering",
    }


def equal(path: str, value: str) -> Condition:
    return Condition(path, "eq", (value,))


LISTS = {
    "equal, 10 rows": Window(conditions=(equal("version", "3"),)),
    "equal, 100 rows": Window(conditions=(equal("batch", "3"),)),
    "a range of few": Window(conditions=(Condition("rank", "lt", ("1000",)),)),
    "a range of half": Window(conditions=(Condition("price", "lt", ("25",)),)),
    "rare and common": Window(conditions=(equal("lifecycleStatus", "Active"), equal("version", "3"))),
    "common and common": Window(conditions=(equal("lifecycleStatus", "Active"), Condition("price", "lt", ("25",)))),
    "no condition": Window(),
    "no condition, sorted": Window(sort=("-rank",)),
    "equal, 100 rows, sorted": Window(conditions=(equal("batch", "3"),), sort=("-rank",)),
    "pattern that says how it begins": Window(conditions=(Condition("name", "regex", (r"^Offering 77\d$",)),)),
    "pattern": Window(conditions=(Condition("name", "regex", ("77$",)),)),
    "JSONPath, 100 rows": Window(conditions=(equal("batch", "3"),), keeps=lambda document: document.body["rank"] > 0),
    "all sorted by two": Window(sort=("lifecycleStatus", "-rank")),
}


async def main() -> None:
    with TemporaryDirectory() as folder:
        await measure("SQLite", f"sqlite:///{Path(folder) / 'lists.db'}")
    async with schema() as url:
        if url is not None:
            await measure("PostgreSQL", url)


@asynccontextmanager
async def schema() -> AsyncIterator[str | None]:
    """None where no PostgreSQL is reached."""
    try:
        connection = await asyncpg.connect(POSTGRES, timeout=5)
    except (TimeoutError, OSError, asyncpg.PostgresError):
        yield None
        return
    drop = f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    await connection.execute(drop)
    try:
        yield f"{POSTGRES}?schema={SCHEMA}"
    finally:
        await connection.execute(drop)
        await connection.close()


async def measure(name: str, url: str) -> None:
    store = await open_store(url, SystemClock())
    columns: list[dict[str, float]] = []
    stored = 0
    try:
        for size in SIZES:
            began = time.perf_counter()
            await fill(store, stored, size)
            written = (time.perf_counter() - began) / (size - stored) * 1000
            stored = size
            if name == "PostgreSQL":
                await store.database.commit(Statement("ANALYZE documents"), Statement("ANALYZE attributes"))
            lists = {what: await least_ms(store, window) for what, window in LISTS.items()}
            columns.append({f"write one of {BATCH}": written, **lists})
    finally:
        await store.aclose()
    print(f"{name + ', ms':<36}" + "".join(f"{size:>12,}" for size in SIZES))
    for what in columns[0]:
        print(f"{what:<36}" + "".join(f"{column[what]:>12.2f}" for column in columns), flush=True)


async def fill(store: SqlStore, first: int, end: int) -> None:
    for start in range(first, end, BATCH):
        rows = [Document(KIND, f"{number:08d}", offering(number)) for number in range(start, min(start + BATCH, end))]
        await store.commit(*(Put(row, expect=0) for row in rows))


async def least_ms(store: SqlStore, window: Window) -> float:
    took: list[float] = []
    while len(took) < CALLS and sum(took) < SECONDS:
        began = time.perf_counter()
        await store.find(EVERYBODY, KIND, window)
        took.append(time.perf_counter() - began)
    return min(took) * 1000


if __name__ == "__main__":
    asyncio.run(main())
