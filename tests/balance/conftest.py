from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.store import open_store
from gateway.store.port import Event
from tests.balance.world import Wallet, World
from tests.clock import FakeClock
from tests.orders.world import Noting


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = FakeClock()
    events: list[Event] = []
    sql = await open_store("sqlite://", clock)
    store: Any = Noting(sql, events)
    yield World(store, clock, Wallet(clock), events)
    await sql.aclose()
