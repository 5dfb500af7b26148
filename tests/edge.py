"""The kernel over an empty store, and a client that speaks to it as an application would."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.security import embedded
from gateway.store import SqlStore, migrate
from gateway.store.sqlite import SqliteDatabase, connect
from tests.clock import FakeClock
from tests.shared import shared

REPOSITORY = Path(__file__).parents[1]
CONTRACTS = REPOSITORY / "contracts" / "tmf"
SERVED = Contracts.load(CONTRACTS)
"""Read once for all tests: what is never changed needs no second copy, and no look of the garbage collector."""
gc.freeze()
# A failure that a test provokes is not worth a picture of every variable on the way.
structlog.configure(processors=[structlog.stdlib.add_log_level, structlog.processors.KeyValueRenderer()])


@cache
def only(api: str) -> Contracts:
    """The documents of one API: a kernel over them is up in a moment."""
    return Contracts([contract for contract in SERVED if contract.api == api])


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return SERVED


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of the official documents."""
    return shared("tmf")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


_EMPTY: list[bytes] = []
"""A SQLite store as it is after its migrations, which take longer than most tests."""


@pytest.fixture
async def store(clock: FakeClock) -> AsyncIterator[SqlStore]:
    connection = connect(None)
    if _EMPTY:
        connection.deserialize(_EMPTY[0])
    else:
        await migrate.on_sqlite(connection, migrate.upgrade)
        _EMPTY.append(connection.serialize())
    store = SqlStore(SqliteDatabase(None, connection), clock)
    yield store
    await store.aclose()


Build = Callable[..., Kernel]


async def public(host: str, port: int) -> list[str]:
    """Every name is somewhere on the internet; nobody is asked."""
    del host, port
    return ["93.184.215.14"]


@pytest.fixture
def build(contracts: Contracts, store: SqlStore, clock: FakeClock) -> Build:
    def build(rooms: dict[str, Any] | None = None, *, served: Contracts | None = None, **options: Any) -> Kernel:
        options.setdefault("listeners", Rules(resolve=public))
        return Kernel(served or contracts, rooms or {}, store, clock, embedded("default"), **options)

    return build


@asynccontextmanager
async def speaking_to(kernel: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=kernel, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client


@pytest.fixture
async def client(build: Build) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking_to(build()) as client:
        yield client
