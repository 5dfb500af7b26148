"""One connection to a client: no HTTP, or a slow head, is refused in TM Forum's words, under a trace, too."""

import asyncio
from http import HTTPStatus
from urllib.parse import unquote

import httptools
import msgspec
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.api.tmf630.errors import Refused
from gateway.exchange import Exchange

_TRACER = trace.get_tracer("banyan.gateway")


HEAD_S = 10.0
"""How long a request's head may take, from its first byte, or from the connection when that is new."""


class Connection(HttpToolsProtocol):
    head_s = HEAD_S
    _in_head = True
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and self._late is None:
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True

    def on_headers_complete(self) -> None:
        self._head_is_over()
        parser, scope = self.parser, self.scope
        version = parser.get_http_version()
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts > 1 or (not hosts and version == "1.1"):
            raise ValueError("a request names one host")  # the parser makes a 400 of it
        url = httptools.parse_url(self.url)
        scope["method"] = parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(url.path.decode("ascii"))
        scope["raw_path"] = url.path
        scope["query_string"] = url.query or b""
        before = self.cycle
        self.cycle = Exchange(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_over()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        del msg
        self._refuse(Refused(HTTPStatus.BAD_REQUEST, "request.bad", "these bytes are no HTTP request"))

    def _expect_head(self) -> None:
        self._late = self.loop.call_later(self.head_s, self._too_slow)

    def _head_is_over(self) -> None:
        self._in_head = False
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
