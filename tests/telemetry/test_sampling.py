"""Whoever is looked at or not: the answer names the trace that the legacy hears of, and a caller's trace goes on."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.sampling import ParentBased

from gateway.policy.retry import Semantics
from gateway.policy.spans import logical
from gateway.telemetry.middleware import Traced
from gateway.telemetry.roots import CHOSEN, Share
from tests.wire.serving import ENVELOPE, post, wire

REQUESTS = 400
SHARES = [(0, 0, 0), (0.1, 22, 60), (0.5, 160, 240), (1, REQUESTS, REQUESTS)]
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
NAMES = {"GET", "acme/method", "POST"}


@dataclass(slots=True)
class Asked:
    answer: dict[str, str]
    heard: httpx.Headers
    spans: list[ReadableSpan]

    def trace(self) -> str:
        """The one that all of them name."""
        told = {self.answer["x-trace-id"], *(text.split("-")[1] for text in self._told())}
        told |= {f"{span.context.trace_id:032x}" for span in self.spans}
        [known] = told
        return known

    def is_seen(self) -> bool:
        """As the answer, the legacy and the spans say."""
        [seen] = {bool(int(text[-2:], 16) & 1) for text in self._told()}
        assert {span.name for span in self.spans} == (NAMES if seen else set())
        return seen

    def _told(self) -> list[str]:
        return [self.answer["traceparent"], self.heard["traceparent"]]


class House:
    """A request is one call to the legacy."""

    def __init__(self, ratio: float, spans: Any) -> None:
        self._traced = Traced(self._serve, ratio)
        self._spans = spans

    async def ask(self, *headers: tuple[bytes, bytes]) -> Asked:
        self._spans.clear()
        await self._traced({"type": "http", "path": "/", "method": "GET", "headers": headers}, self._none, self._send)
        return Asked(self._answer, self._heard, list(self._spans.get_finished_spans()))

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        with logical("acme", "method", Semantics.READ):
            async with wire(transport=httpx.MockTransport(self._reply)) as made:
                await post(made, "http://acme/")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self._heard = request.headers
        return httpx.Response(200, headers={"content-type": "text/xml"}, content=ENVELOPE)

    async def _send(self, message: Any) -> None:
        self._answer = {name.decode(): value.decode() for name, value in message["headers"]}

    async def _none(self) -> Any:
        raise AssertionError


@pytest.fixture
def dice() -> Iterator[None]:
    """They fall the same way each time."""
    before = random.getstate()
    random.seed(7)
    yield
    random.setstate(before)


@pytest.mark.parametrize(("ratio", "least", "most"), SHARES)
@pytest.mark.usefixtures("dice")
async def test_a_share_of_the_requests_is_seen(ratio: float, least: int, most: int, recorded_spans: object) -> None:
    house = House(ratio, recorded_spans)
    asked = [await house.ask() for _ in range(REQUESTS)]
    assert least <= sum(one.is_seen() for one in asked) <= most
    assert len({one.trace() for one in asked} - {"0" * 32}) == REQUESTS


@pytest.mark.parametrize("ratio", [0, 1])
@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("state", ["", "a=1,b=2"])
async def test_a_trace_goes_on_as_its_caller_chose(
    ratio: float, seen: bool, state: str, recorded_spans: object
) -> None:
    parent = [(b"traceparent", f"00-{TRACE}-{SPAN}-{seen:02x}".encode()), (b"tracestate", state.encode())]
    asked = await House(ratio, recorded_spans).ask(*parent[: 2 if state else 1])
    assert (asked.trace(), asked.is_seen()) == (TRACE, seen)
    assert asked.heard.get("tracestate", "") == state
    assert SPAN not in asked.answer["traceparent"]


@pytest.mark.parametrize("ratio", [0, 1])
@pytest.mark.parametrize(
    "headers",
    [
        [(b"traceparent", b"nonsense"), (b"tracestate", b"a=1")],
        [(b"traceparent", b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01")],
        [(b"traceparent", b"ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")],
        [(b"traceparent", b"\xff")],
        [(b"tracestate", b"a=1")],
    ],
)
async def test_who_names_no_trace_gets_one(
    ratio: float, headers: list[tuple[bytes, bytes]], recorded_spans: object
) -> None:
    asked = await House(ratio, recorded_spans).ask(*headers)
    assert asked.trace() not in ("0" * 32, TRACE)
    assert asked.is_seen() is bool(ratio), "he is chosen as whoever says nothing"
    assert "tracestate" not in asked.heard


async def test_nothing_around_the_house_is_taken_for_the_callers(recorded_spans: Any) -> None:
    with TracerProvider().get_tracer("around").start_as_current_span("around") as around:
        told = {(await House(ratio, recorded_spans).ask()).trace() for ratio in (0, 1)}
    assert len(told) == 2
    assert f"{around.get_span_context().trace_id:032x}" not in told


@pytest.mark.usefixtures("dice")
def test_of_what_begins_in_the_house_a_share_is_seen_too() -> None:
    tracer = TracerProvider(sampler=ParentBased(Share(0.25))).get_tracer("house")
    seen = sum(tracer.start_span("sync").is_recording() for _ in range(REQUESTS))
    assert 65 <= seen <= 135


def test_whoever_was_chosen_at_the_edge_is_not_asked_again() -> None:
    tracer = TracerProvider(sampler=ParentBased(Share(0))).get_tracer("house")
    assert tracer.start_span("GET", CHOSEN).is_recording()
    assert not tracer.start_span("sync").is_recording()
