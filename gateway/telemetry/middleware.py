"""One SERVER span for each request, continuing the caller's trace; its id goes back in the answer's headers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, StatusCode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ROUTE = "banyan.route"
"""Where in the scope whoever serves a path says what it is called without its id: only known paths become names."""
_TRACER = trace.get_tracer("banyan.gateway")
_PROBES = "/health/"
_NOWHERE = Context()


class Traced:
    """ASGI middleware around the whole app."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_PROBES):
            await self._app(scope, receive, send)
            return
        carrier = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"traceparent", b"tracestate")
        }
        started = extract(carrier) if carrier else _NOWHERE
        attributes = {"http.request.method": scope["method"]}
        span = _TRACER.start_span(scope["method"], started, SpanKind.SERVER, attributes)
        known = span.get_span_context()
        trace_id, span_id = f"{known.trace_id:032x}", f"{known.span_id:016x}"
        told = [
            (b"traceparent", f"00-{trace_id}-{span_id}-{known.trace_flags:02x}".encode()),
            (b"x-trace-id", trace_id.encode()),
        ]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                _describe(span, scope, message["status"])
                message["headers"] = [*message["headers"], *told]
            await send(message)

        token = context.attach(trace.set_span_in_context(span, started))
        try:
            await self._app(scope, receive, answer)
        finally:
            context.detach(token)
            span.end()


def _describe(span: trace.Span, scope: Scope, status: int) -> None:
    if not span.is_recording():
        return
    if route := scope.get(ROUTE):
        span.update_name(f"{scope['method']} {route}")
        span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:  # noqa: PLR2004 - HTTP's own border
        span.set_status(StatusCode.ERROR)
