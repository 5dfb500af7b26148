"""The contract kit's fixtures, found by entry point.

A test class states `adapter_class` and `config(place)`. Where it states `simulator(ledger, clock)` too, the place is
that simulator's address; else it is a drop folder. It gets `adapter`, `southbound` or `folder`, and `calls`.
"""
# Imports wait for their fixture: pytest loads this plugin in every run, and most runs need no simulator.
# ruff: noqa: PLC0415

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from banyan.simulate import Addresses, Simulator
    from contracts.call import Call
    from contracts.clock import Clock
    from contracts.faults import Fault
    from contracts.ports import Adapter

PATIENCE_S = 10.0
"""How long a call waits in a suite; a delay fault lasts longer, so give the adapter a short time limit."""


class Simulated:
    """A running simulator, as the suites see the legacy system."""

    def __init__(self, simulator: "Simulator", addresses: "Addresses", spans: "InMemorySpanExporter") -> None:
        self.simulator = simulator
        self.addresses = addresses
        self._spans = spans

    @property
    def calls(self) -> int:
        return self.simulator.received.total()

    @property
    def spans(self) -> int:
        return sum(span.name == "POST" for span in self._spans.get_finished_spans())

    def arm(self, fault: "Fault", *, operation: str = "*", after: int = 0) -> None:
        from banyan.simulate.faults import Armed

        self.simulator.faults.arm(Armed(operation, fault, after=after, seconds=PATIENCE_S * 2))

    def effects(self, reference: str) -> list[dict[str, Any]]:
        return [line for line in self.simulator.ledger.lines if line["reference"] == reference]


@pytest.fixture(scope="session")
def recorded_spans() -> "InMemorySpanExporter":
    """All spans of this process; the global provider is kept when there is one already."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def clock() -> "Clock":
    """The adapter's clock, the simulator's and the calls'; a class may give another."""
    from contracts.clock import SystemClock

    return SystemClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The drop folder; the adapter makes it."""
    return tmp_path / "drop"


@pytest.fixture
async def southbound(
    request: pytest.FixtureRequest, clock: "Clock", recorded_spans: "InMemorySpanExporter"
) -> AsyncIterator[Simulated]:
    """The class's simulator, fresh, on a socket of this process."""
    from banyan.simulate import Ledger, running

    simulator = await asyncio.to_thread(request.cls.simulator, Ledger(clock), clock)
    recorded_spans.clear()
    async with running(simulator) as addresses:
        yield Simulated(simulator, addresses, recorded_spans)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> str | Path:
    """Where the class's adapter finds its system."""
    if hasattr(request.cls, "simulator"):
        simulated: Simulated = request.getfixturevalue("southbound")
        return simulated.addresses.url
    folder: Path = request.getfixturevalue("folder")
    return folder


@pytest.fixture
async def adapter(request: pytest.FixtureRequest, clock: "Clock", place: str | Path) -> AsyncIterator["Adapter"]:
    """The class's adapter, configured for its system."""
    made = await asyncio.to_thread(request.cls.adapter_class, request.cls.config(place), clock)
    yield made
    await made.aclose()


@pytest.fixture
def calls(clock: "Clock") -> Callable[[], "Call"]:
    """Makes calls that wait for `PATIENCE_S`."""
    from contracts.call import Call, Principal

    return lambda: Call(clock.monotonic() + PATIENCE_S, "default", Principal("tester", "tests", "default"))
