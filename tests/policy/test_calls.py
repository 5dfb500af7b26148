"""What policy makes of a port: which calls come again, how often, until when, and what their span says."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from contracts.call import Call, Principal
from contracts.errors import (
    Conflict,
    Garbled,
    Happened,
    NotFound,
    PortError,
    Rejected,
    TimedOut,
    Unavailable,
    Unsupported,
)
from contracts.ports import OrderPort, ProvisioningPort, UsageFilePort
from gateway.policy import PolicedPorts
from gateway.registry import Registered
from tests.clock import FakeClock

PRINCIPAL = Principal("anna", "app", "default")
NO, UNKNOWN = Happened.NO, Happened.UNKNOWN
METHODS = {
    "read": (OrderPort, "order_state"),
    "repeatable": (ProvisioningPort, "activate"),
    "once": (OrderPort, "place_order"),
}


class Legacy:
    """Answers as scripted; an override without declared semantics, as an adapter's may be."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.calls: list[Call] = []

    async def _answer(self, call: Call, *_: Any) -> Any:
        self.calls.append(call)
        what = self.script.pop(0) if self.script else "well"
        if isinstance(what, BaseException):
            raise what
        if isinstance(what, float):
            await asyncio.sleep(what)
        return what

    place_order = order_state = order_by_key = cancel_order = probe = _answer
    activate = modify = deactivate = activation_state = waiting = settle = _answer

    async def rows(self, call: Call, *_: Any) -> Any:
        self.calls.append(call)
        for what in self.script:
            if isinstance(what, BaseException):
                raise what
            yield what


def ports(legacy: Any, clock: FakeClock, **more: Any) -> PolicedPorts:
    facts = {"concurrency": 4, "timeout_s": 5.0, "settle_s": 7.0, "sync_every_s": 9.0} | more
    served = (OrderPort, ProvisioningPort, UsageFilePort)
    return PolicedPorts([Registered("legacy", "Legacy", legacy, served, **facts)], clock)


def asked(clock: FakeClock, seconds: float = 10) -> Call:
    return Call(clock.monotonic() + seconds, "default", PRINCIPAL, key="k")


async def made(legacy: Legacy, semantics: str, clock: FakeClock, seconds: float = 10) -> Any:
    port, method = METHODS[semantics]
    return await getattr(ports(legacy, clock).serving(port).port, method)(asked(clock, seconds), "x")


@pytest.mark.parametrize(
    ("error", "read", "repeatable", "once"),
    [
        (Unavailable("x"), 3, 3, 3),
        (Unavailable("x", happened=UNKNOWN), 3, 3, 1),
        (TimedOut("x"), 3, 3, 1),
        (TimedOut("x", happened=NO), 3, 3, 3),
        (Garbled("x"), 3, 3, 1),
        (Rejected("x"), 1, 1, 1),
        (NotFound("x"), 1, 1, 1),
        (Conflict("x"), 1, 1, 1),
        (Unsupported("x"), 1, 1, 1),
        (ZeroDivisionError(), 1, 1, 1),
    ],
)
async def test_which_failures_come_again(error: Exception, read: int, repeatable: int, once: int) -> None:
    for semantics, attempts in {"read": read, "repeatable": repeatable, "once": once}.items():
        legacy, clock = Legacy(*[error] * 5), FakeClock()
        with pytest.raises(type(error)):
            await made(legacy, semantics, clock)
        assert len(legacy.calls) == attempts, semantics
        assert [call.attempt for call in legacy.calls] == list(range(attempts))
        assert {call.key for call in legacy.calls} == {"k"}
        assert clock.monotonic() <= 0.15


async def test_a_success_after_retries_is_a_success() -> None:
    legacy = Legacy(Unavailable("x"), Garbled("x"), "here")
    assert await made(legacy, "read", FakeClock()) == "here"


async def test_what_the_legacy_asks_to_wait_is_waited_when_it_fits() -> None:
    clock = FakeClock()
    assert await made(Legacy(Unavailable("x", retry_after=3), "here"), "once", clock) == "here"
    assert 3 <= clock.monotonic() < 4
    legacy, clock = Legacy(Unavailable("x", retry_after=30), "here"), FakeClock()
    with pytest.raises(Unavailable):
        await made(legacy, "once", clock)
    assert (len(legacy.calls), clock.monotonic()) == (1, 0)


@pytest.mark.parametrize("left", [-5.0, 0.0, 0.01])
async def test_nothing_is_sent_when_it_is_too_late(left: float) -> None:
    legacy = Legacy()
    with pytest.raises(TimedOut) as caught:
        await made(legacy, "once", FakeClock(), left)
    assert caught.value.happened is NO
    assert legacy.calls == []


@pytest.mark.parametrize(("semantics", "outcome"), [("read", "fail"), ("once", "in_doubt"), ("repeatable", "in_doubt")])
async def test_a_backend_that_hangs_is_cut_off(spans: InMemorySpanExporter, semantics: str, outcome: str) -> None:
    with pytest.raises(TimedOut) as caught:
        await made(Legacy(60.0, 60.0, 60.0), semantics, FakeClock(), 0.06)
    assert caught.value.happened is UNKNOWN
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["gateway.outcome"] == outcome
    assert (span.status.status_code is trace.StatusCode.ERROR) == (outcome == "fail")


async def test_a_trace_that_nobody_sees_changes_nothing_but_the_spans(spans: InMemorySpanExporter) -> None:
    unseen = trace.NonRecordingSpan(trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(0)))
    with trace.use_span(unseen):
        answer: Any = await made(Legacy(Unavailable("x"), "here"), "once", FakeClock())
        assert answer == "here"
        with pytest.raises(NotFound):
            await made(Legacy(NotFound("x")), "read", FakeClock())
    assert not spans.get_finished_spans()


async def test_a_stream_is_passed_on_and_never_repeated(spans: InMemorySpanExporter) -> None:
    legacy, clock = Legacy(["a"], ["b"], Unavailable("x")), FakeClock()
    file: Any = None
    rows = ports(legacy, clock).serving(UsageFilePort).port.rows(asked(clock), file)
    assert [await anext(rows), await anext(rows)] == [["a"], ["b"]]
    with pytest.raises(Unavailable):
        await anext(rows)
    assert len(legacy.calls) == 1
    assert [span.name for span in spans.get_finished_spans()] == ["legacy/rows"]


async def test_an_adapter_that_ends_as_if_it_were_called_off_is_a_bug() -> None:
    """Background work would end for good by it, since that is how it is called off itself."""
    legacy, clock = Legacy(asyncio.CancelledError()), FakeClock()
    with pytest.raises(RuntimeError, match="legacy"):
        await made(legacy, "read", clock)
    file: Any = None
    with pytest.raises(RuntimeError, match="legacy"):
        await anext(ports(Legacy(asyncio.CancelledError()), clock).serving(UsageFilePort).port.rows(asked(clock), file))


async def test_one_span_covers_all_attempts(spans: InMemorySpanExporter) -> None:
    await made(Legacy(Unavailable("x"), "here"), "once", FakeClock())
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind, span.status.is_ok) == ("legacy/place_order", trace.SpanKind.CLIENT, True)
    assert span.attributes is not None
    assert span.attributes["gateway.attempts"] == 2
    assert span.attributes["gateway.outcome"] == "ok"
    assert span.attributes["gateway.backend"] == "legacy"


async def test_a_full_backend_refuses_and_its_neighbour_does_not_notice() -> None:
    clock = FakeClock()
    slow, quick = Legacy(*[0.3] * 50), Legacy()
    both = PolicedPorts(
        [
            Registered("slow", "", slow, (OrderPort,), 2, 5, 1, 1),  # type: ignore[arg-type]
            Registered("quick", "", quick, (ProvisioningPort,), 2, 5, 1, 1),  # type: ignore[arg-type]
        ],
        clock,
    )
    waiting = [asyncio.create_task(both.serving(OrderPort).port.order_state(asked(clock, 0.2), "x")) for _ in range(20)]
    await asyncio.sleep(0)
    assert await both.serving(ProvisioningPort).port.activation_state(asked(clock), "x") == "well"
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert len(slow.calls) <= 6
    assert all(isinstance(end, PortError) for end in ends)


async def test_who_serves_what() -> None:
    legacy = Legacy()
    policed = ports(legacy, FakeClock())
    serving = policed.serving(OrderPort)
    assert (serving.system, serving.settle_s, serving.sync_every_s) == ("legacy", 7, 9)
    assert [one.system for one in policed.all(OrderPort)] == ["legacy"]
    with pytest.raises(LookupError):
        PolicedPorts([], FakeClock()).serving(OrderPort)


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


@pytest.mark.parametrize(("semantics", "happened"), [("repeatable", UNKNOWN), ("read", NO)])
@pytest.mark.parametrize("first", [Garbled("a page"), TimedOut("late")])
async def test_a_refused_repetition_does_not_undo_the_doubt(
    semantics: str, happened: Happened, first: PortError
) -> None:
    """The first attempt may have had its effect, whatever the second one came to."""
    legacy = Legacy(first, Unavailable("busy"), Unavailable("busy", retry_after=3))
    with pytest.raises(Unavailable) as failed:
        await made(legacy, semantics, FakeClock(), 60)
    assert (failed.value.happened, failed.value.retry_after) == (happened, 3)
