"""One connection to a client: no HTTP, or a slow head, is refused in TM Forum's words, under a trace, too."""

import asyncio
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import httptools
import msgspec
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.api.tmf630.errors import Refused
from gateway.exchange import Exchange

_TRACER = trace.get_tracer("banyan.gateway")
_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE

HEAD_S = 10.0
"""How long a request's head may take, from its first byte, or from the connection when that is new."""
HEAD = 65_536
"""Bytes of a head, beside those of the read that it began in."""
UNREAD_S = 30.0
"""A client who takes nothing of what lies ready for him for so long is hung up on."""


class Connection(HttpToolsProtocol):
    head_s, unread_s = HEAD_S, UNREAD_S
    _in_head = True
    _head_size = 0
    """Bytes since the read that the last head began in."""
    _deaf = False
    """After a refusal: whatever else comes is not looked at."""
    _late: asyncio.TimerHandle | None = None
    _idle_until: float | None = None
    _running: RequestResponseCycle | None = None
    """What is being answered; `cycle` is what came last."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_head()
        self._unread = 0
        self._looking = self.loop.call_later(self.unread_s, self._look_after)

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        self._unset_keepalive_if_required()
        self._head_size += len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self.logger.warning("Invalid HTTP request received.")
            self._refuse(Refused(HTTPStatus.BAD_REQUEST, "request.bad", "these bytes are no HTTP request"))
            return
        if self._in_head and self._head_size > HEAD:
            self._refuse(Refused(_LARGE, "request.size", "the head is larger than the gateway takes"))
            return
        if self._late is None and (self._in_head or not self._is_answering()):
            self._expect_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_size = True, 0

    def on_headers_complete(self) -> None:
        if self._wants_upgrade():
            return
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

    def on_message_complete(self) -> None:
        if not self._wants_upgrade():
            super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_over()
        self._looking.cancel()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        self._leave()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        if self._in_head:
            return  # the next request has begun, and has a time of its own
        self._idle_until = self.loop.time() + self.timeout_keep_alive
        if self.timeout_keep_alive_task is None:
            self._wait_idle(self._idle_until)

    def _unset_keepalive_if_required(self) -> None:
        """The timer goes on, and sees when it rings whether the connection is idle: nearly none is for so long."""
        self._idle_until = None

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._idle_until is None:
            return
        if self.loop.time() < self._idle_until:
            self._wait_idle(self._idle_until)
        else:
            super().timeout_keep_alive_handler()

    def _wait_idle(self, until: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_at(until, self.timeout_keep_alive_handler)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _wants_upgrade(self) -> bool:
        """CONNECT is refused as a request whose path is none."""
        return self.parser.should_upgrade() and any(name == b"upgrade" for name, _ in self.headers)

    def _feed(self, data: bytes) -> None:
        """A wish to upgrade is passed over, by reading its head again without it: it would cost the request its body.

        Java's client has it by default.
        """
        rest = memoryview(data)
        while rest:
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as end:
                rest = rest[end.args[0] :]
            else:
                return
            line = b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
            lines = [b"%b: %b" % header for header in self.headers if header[0] != b"upgrade"]
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.parser.feed_data(b"\r\n".join((line, *lines, b"", b"")))

    def _leave(self) -> None:
        """Whoever answers is told that nobody listens."""
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def _is_answering(self) -> bool:
        return self._running is not None and not self._running.response_complete

    def _expect_head(self) -> None:
        self._late = self.loop.call_later(self.head_s, self._too_slow)

    def _head_is_over(self) -> None:
        self._in_head = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_slow(self) -> None:
        self._late = None
        if self._in_head:
            self._refuse(Refused(HTTPStatus.REQUEST_TIMEOUT, "request.slow", "the head came too slowly"))
        elif not self._is_answering():
            self.transport.close()

    def _look_after(self) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread and unread == self._unread:
            self.transport.abort()
            return
        self._unread = unread
        self._looking = self.loop.call_later(self.unread_s, self._look_after)

    def _refuse(self, refused: Refused) -> None:
        """Tell it, and hang up. Where an earlier request is still being answered, its answer is the last one."""
        running = self._running
        self._deaf = True
        if running is not None and self._is_answering() and (running.response_started or not running.more_body):
            running.keep_alive = False
            self.pipeline.clear()
            return
        self._leave()
        if self.transport.is_closing():
            return
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
