"""One SERVER span for each request, continuing the caller's trace; its id goes back in the answer's headers."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract
from opentelemetry.trace import Span, SpanKind, StatusCode

from banyan.tracing import Unseen, trace_context
from gateway.telemetry.roots import CHOSEN, Roots

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ROUTE = "banyan.route"
"""Where in the scope whoever serves a path says what it is called without its id: only known paths become names."""
_TRACER = trace.get_tracer("banyan.gateway")
_PROBES = "/health/"
_TRACE_CONTEXT = (b"traceparent", b"tracestate")
_TRACE_ID = slice(3, 35)
_NONE = f"00-{0:032x}-{0:016x}-00"
"""Where the process traces nothing."""


class Traced:
    """ASGI middleware around the whole app."""

    def __init__(self, app: App, ratio: float) -> None:
        """`ratio`: the share of the requests without a caller's trace that are looked at."""
        self._app = app
        self._roots = Roots(ratio)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_PROBES):
            await self._app(scope, receive, send)
            return
        around = _around(scope["headers"])
        span: Span | None = self._roots.unseen() if around is CHOSEN else None
        if span is None:
            span = _TRACER.start_span(
                scope["method"], around, SpanKind.SERVER, {"http.request.method": scope["method"]}
            )
        named = span.headers if isinstance(span, Unseen) else trace_context(span.get_span_context())
        traceparent = named.get("traceparent", _NONE).encode()
        told = [(b"traceparent", traceparent), (b"x-trace-id", traceparent[_TRACE_ID])]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _describe(span, scope, message["status"])
                message["headers"] = [*message["headers"], *told]
            await send(message)

        token = context.attach(trace.set_span_in_context(span, around))
        try:
            await self._app(scope, receive, answer)
        finally:
            context.detach(token)
            span.end()


def _around(headers: Iterable[tuple[bytes, bytes]]) -> Context:
    """What the caller's headers say of his trace."""
    carrier: dict[str, str] = {}
    for name, value in headers:
        if name in _TRACE_CONTEXT:
            carrier[name.decode("ascii")] = value.decode("latin-1")
    if not carrier:
        return CHOSEN
    return extract(carrier, Context()) or CHOSEN  # it is empty where they name no trace


def _describe(span: trace.Span, scope: Scope, status: int) -> None:
    if not span.is_recording():
        return
    if route := scope.get(ROUTE):
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:  # noqa: PLR2004 - HTTP's own border
        span.set_status(StatusCode.ERROR)
