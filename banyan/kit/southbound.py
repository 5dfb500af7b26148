"""The system under an adapter as the suites see it: simulated, recorded, or the real one."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from contracts.faults import Fault
from contracts.suites.kit import PATIENCE_S

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from banyan.kit.cassettes import Exchanges
    from banyan.simulate import Addresses, Simulator

ONLY_SIMULATED = "only a simulator can be looked into and made to fail"


def attempts(spans: "InMemorySpanExporter") -> int:
    """How many the wire traced."""
    return sum(span.name == "POST" for span in spans.get_finished_spans())


def _serves(task: asyncio.Task[Any]) -> bool:
    """Whether it is the simulator's own: one for each connection, for as long as that lasts."""
    return getattr(task.get_coro(), "__qualname__", "").startswith("RequestHandler.")


class Simulated:
    """A running simulator."""

    def __init__(self, simulator: "Simulator", addresses: "Addresses", spans: "InMemorySpanExporter") -> None:
        self.simulator = simulator
        self.addresses = addresses
        self._spans = spans
        self._older = asyncio.all_tasks()

    @property
    def calls(self) -> int:
        return self.simulator.received.total()

    @property
    def spans(self) -> int:
        return attempts(self._spans)

    @property
    def armed(self) -> int:
        return len(self.simulator.faults.waiting())

    def arm(self, fault: Fault, *, operation: str = "*", after: int = 0, times: int = 1) -> None:
        from banyan.simulate.faults import Armed  # noqa: PLC0415 - most runs need no simulator

        self.simulator.faults.arm(Armed(operation, fault, times=times, after=after, seconds=PATIENCE_S * 2))

    def reset(self) -> None:
        self.simulator.reset()

    async def settled(self) -> None:
        left = {task for task in asyncio.all_tasks() - self._older if not _serves(task)} - {asyncio.current_task()}
        if left:
            await asyncio.wait(left, timeout=PATIENCE_S)

    def effects(self, reference: str) -> list[dict[str, Any]]:
        return [line for line in self.simulator.ledger.lines if line["reference"] == reference]


class Remote:
    """A system that nobody can look into: recordings of it, or itself."""

    def __init__(self, exchanges: "Exchanges", spans: "InMemorySpanExporter") -> None:
        self._exchanges = exchanges
        self._spans = spans

    @property
    def calls(self) -> int:
        return self._exchanges.count

    @property
    def spans(self) -> int:
        return attempts(self._spans)

    @property
    def armed(self) -> int:
        return 0

    def arm(self, fault: Fault, *, operation: str = "*", after: int = 0, times: int = 1) -> None:  # noqa: ARG002
        pytest.skip(ONLY_SIMULATED)

    def reset(self) -> None:
        """Nothing of it can be taken back."""

    async def settled(self) -> None:
        """Whoever answers late answers nobody else."""

    def effects(self, reference: str) -> list[dict[str, Any]]:  # noqa: ARG002
        pytest.skip(ONLY_SIMULATED)
