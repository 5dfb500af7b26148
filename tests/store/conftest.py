from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store import SqlStore, open_store
from tests.clock import FakeClock
from tests.stores import DATABASES, fresh_url


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_url(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(url: str, clock: FakeClock) -> AsyncIterator[SqlStore]:
    store = await open_store(url, clock)
    yield store
    await store.aclose()
