from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.flows.orders.orders import Orders
from gateway.store import open_store
from gateway.store.port import Event
from tests.clock import FakeClock
from tests.orders.world import Billing, FakePorts, Network, Noting, Shelf, World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = FakeClock()
    events: list[Event] = []
    sql = await open_store("sqlite://", clock)
    store: Any = Noting(sql, events)
    network, billing = Network(clock), Billing(clock)
    shelf: Any = Shelf()
    orders = Orders(store, FakePorts(network, billing), shelf, clock)
    world = World(store, clock, network, billing, orders, events)
    await world.customer()
    yield world
    await sql.aclose()
