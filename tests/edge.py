"""The kernel over an empty store, and a client that speaks to it as an application would."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.security import embedded
from gateway.store import Store, open_store
from tests.clock import FakeClock

REPOSITORY = Path(__file__).parents[1]
CONTRACTS = REPOSITORY / "contracts" / "tmf"


@pytest.fixture(scope="session")
def contracts() -> Contracts:
    return Contracts.load(CONTRACTS)


@pytest.fixture(scope="session")
def official() -> Path:
    """The folder of the official documents."""
    folder = Path(os.environ.get("BANYAN_SHARED", REPOSITORY.parent / "shared")) / "tmf"
    if not folder.is_dir():
        pytest.skip("the official TM Forum documents are not here: set BANYAN_SHARED to the folder that holds tmf/")
    return folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(clock: FakeClock) -> AsyncIterator[Store]:
    store = await open_store("sqlite://", clock)
    yield store
    await store.aclose()


Build = Callable[..., Kernel]


@pytest.fixture
def build(contracts: Contracts, store: Store, clock: FakeClock) -> Build:
    def build(rooms: dict[str, Any] | None = None, *, served: Contracts | None = None, **options: Any) -> Kernel:
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
