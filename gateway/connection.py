"""One connection to a client: no HTTP, or a slow head, is refused in TM Forum's words, under a trace, too."""

import asyncio
from http import HTTPStatus

import msgspec
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.api.tmf630.errors import Refused

_TRACER = trace.get_tracer("banyan.gateway")


HEAD_S = 10.0
"""How long a request's head may take, from its first byte, or from the connection when that is new."""


class Connection(HttpToolsProtocol):
    head_s = HEAD_S
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._late is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._head_is_over()
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            raise ValueError("a request names one host")  # the parser makes a 400 of it
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_over()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse(Refused(HTTPStatus.BAD_REQUEST, "request.bad", "these bytes are no HTTP request"))

    def _expect_head(self) -> None:
        self._late = self.loop.call_later(self.head_s, self._too_slow)

    def _head_is_over(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_slow(self) -> None:
        self._late = None
        self._refuse(Refused(HTTPStatus.REQUEST_TIMEOUT, "request.slow", "the head came too slowly"))

    def _refuse(self, refused: Refused) -> None:
        attributes = {"http.response.status_code": refused.status.value}
        span = _TRACER.start_span("refused", Context(), SpanKind.SERVER, attributes)
        span.end()
        body = msgspec.json.encode(refused.body())
        head = (
            f"HTTP/1.1 {refused.status.value} {refused.status.phrase}\r\ncontent-type: application/json\r\n"
            f"x-trace-id: {span.get_span_context().trace_id:032x}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
