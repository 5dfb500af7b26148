"""The loop in real time: it starts an order at once, survives its store, and continues the trace of the request."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.clock import SystemClock
from gateway.flows.journal import Schedule
from gateway.flows.orders.orders import Orders
from gateway.store import open_store
from tests.orders.world import FLEX, Billing, FakePorts, Network, Noting, Shelf, World


class Moody:
    """A store whose first claims fail, as when the database restarts."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.failures = 2

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def claim(self, *args: Any, **more: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database restarts")
        return await self._store.claim(*args, **more)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


async def test_the_loop_finishes_an_order_in_one_trace(spans: InMemorySpanExporter) -> None:
    clock: Any = SystemClock()
    events: list[Any] = []
    sql = await open_store("sqlite://", clock)
    store: Any = Noting(Moody(sql), events)
    network, billing = Network(clock), Billing(clock)
    shelf: Any = Shelf()
    orders = Orders(store, FakePorts(network, billing), shelf, clock, Schedule(poll_s=0.02))
    world = World(store, clock, network, billing, orders, events)
    await world.customer()
    loop = asyncio.create_task(orders.run())
    with trace.get_tracer("test").start_as_current_span("POST") as request:
        id = await world.accept(FLEX)
    async with asyncio.timeout(10):
        while (await world.order(id))["state"] != "completed":  # noqa: ASYNC110 - watched as a client would
            await asyncio.sleep(0.01)
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    await sql.aclose()
    steps = [span for span in spans.get_finished_spans() if span.name.startswith("orders.step")]
    assert [span.name for span in steps] == ["orders.step activate"] * 2 + ["orders.step book"]
    for span in steps:
        assert span.context is not None
        assert span.attributes is not None
        assert span.context.trace_id == request.get_span_context().trace_id
        assert span.attributes["gateway.order.id"] == id
    traceparent = f"{request.get_span_context().trace_id:032x}"
    assert all(traceparent in str(event.trace) for event in events)


def test_a_lease_outlives_the_longest_call() -> None:
    """Else a second worker would take up what is still being sent."""
    with pytest.raises(ValueError, match="longest call"):
        Schedule(call_s=15, lease_s=15)
