from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.config import Config
from adapters.mtosi.simulator import build
from banyan import Clock, SystemClock
from banyan.simulate import Ledger, Simulator, running
from banyan.simulate.faults import Armed
from contracts.faults import Fault


@dataclass
class InProcess:
    """The simulator's control address without the address."""

    simulator: Simulator

    async def ledger(self) -> list[dict[str, Any]]:
        return self.simulator.ledger.lines

    async def fault(
        self, operation: str, kind: Fault, *, times: int = 1, after: int = 0, seconds: float | None = None
    ) -> None:
        self.simulator.faults.arm(Armed(operation, kind, times, after, seconds))

    async def reset(self) -> None:
        self.simulator.reset()


@pytest.fixture
def clock() -> Clock:
    return SystemClock()


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    simulator = build(None, Ledger(clock), clock)
    simulator.delay_s = 2
    return simulator


@pytest.fixture
def control(simulator: Simulator) -> InProcess:
    return InProcess(simulator)


@pytest.fixture
async def adapter(simulator: Simulator, clock: Clock) -> AsyncIterator[Mtosi]:
    async with running(simulator) as at:
        adapter = Mtosi(Config(endpoint=at.url, batch_size=1, timeout_s=1), clock)
        yield adapter
        await adapter.aclose()
