"""One SERVER span for each request, continuing the caller's trace; its id goes back in the answer's headers."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from opentelemetry import trace
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
        with _TRACER.start_as_current_span(
            scope["method"],
            context=extract(carrier),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"]},
        ) as span:
            context = span.get_span_context()
            trace_id, span_id = f"{context.trace_id:032x}", f"{context.span_id:016x}"
            told = [
                (b"traceparent", f"00-{trace_id}-{span_id}-{context.trace_flags:02x}".encode()),
                (b"x-trace-id", trace_id.encode()),
            ]

            async def answer(message: Message) -> None:
                if message["type"] == "http.response.start":
                    if route := scope.get(ROUTE):
                        span.update_name(f"{scope['method']} {route}")
                        span.set_attribute("http.route", route)
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:  # noqa: PLR2004 - HTTP's own border
                        span.set_status(StatusCode.ERROR)
                    kept = [pair for pair in message["headers"] if pair[0].lower() not in (told[0][0], told[1][0])]
                    message = {**message, "headers": [*kept, *told]}
                await send(message)

            await self._app(scope, receive, answer)
