from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store import SqlStore, open_store
from tests.clock import FakeClock
from tests.events.world import World
from tests.stores import DATABASES, fresh_url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=DATABASES)
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[SqlStore]:
    async with fresh_url(request.param, tmp_path) as url:
        store = await open_store(url, clock)
        yield store
        await store.aclose()


@pytest.fixture
def world(store: SqlStore, clock: FakeClock) -> World:
    return World(store, clock)
