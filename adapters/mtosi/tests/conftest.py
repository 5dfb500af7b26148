from collections.abc import AsyncIterator

import pytest

from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.config import Config
from adapters.mtosi.simulator import simulator as simulate
from banyan import Call, Clock, Principal, SystemClock
from banyan.simulate import Ledger, Simulator, running


@pytest.fixture
def clock() -> Clock:
    return SystemClock()


@pytest.fixture
def call(clock: Clock) -> Call:
    return Call(clock.monotonic() + 30, "default", Principal("tester", "tests", "default"))


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    return simulate(Ledger(clock), clock)


@pytest.fixture
async def oss(simulator: Simulator, clock: Clock) -> AsyncIterator[Mtosi]:
    """The adapter before a simulator that hands out one service at a time."""
    async with running(simulator) as at:
        adapter = Mtosi(Config(endpoint=at.url, batch_size=1), clock)
        yield adapter
        await adapter.aclose()
