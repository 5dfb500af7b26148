"""One connection to a server, and one exchange on it at a time: HTTP/1.1 as llhttp reads it."""

import asyncio
import select
import ssl
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from banyan.wire.transport import Cut, Lost, NoHttp, Progress, Received, TooLarge
from contracts.clock import EARLY_S

IDLE_S = 15
HEAD = 65_536
"""Bytes of a reply that bring nothing of its body: more than any head, and than the frames of any chunks."""
SWITCHING = 101
FINAL = 200


class Connection(asyncio.Protocol):
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parser = HttpResponseParser(self)
        # As far as llhttp's own clients go with servers; nothing here blurs where a reply ends.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._heard = select.poll()
        self._waiter: asyncio.Future[Received] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._due = self._timed = 0.0
        self._begin()
        self.closed = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = self._below = cast("asyncio.Transport", transport)
        self._heard.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    async def secure(self, tls: ssl.SSLContext, host: str) -> None:
        """Shake hands, before anything else is sent. What fails ends the connection."""
        try:
            above = await self._loop.start_tls(self._below, self, tls, server_hostname=host)
        except BaseException:
            self.abort()
            raise
        if above is None:
            raise ConnectionResetError
        self._transport = above

    async def exchange(self, request: bytes, progress: Progress, until: float, limit: int) -> Received:
        """The reply to these bytes. TimeoutError at `until`, by the loop's time. What fails ends the connection."""
        if self._loop.time() >= until:
            self.abort()
            raise TimeoutError
        self._progress, self._limit = progress, limit
        self._waiter = self._loop.create_future()
        self._time(until)
        progress.sent = True
        try:
            self._transport.write(request)
            return await self._waiter
        except BaseException:
            self._kept = False
            raise
        finally:
            self._waiter = None
            if not self._kept or self._is_writing():
                self.abort()
            else:
                self._rest()

    def is_quiet(self) -> bool:
        """Whether another request may go out: this neither ended nor said anything unasked."""
        return self.is_here() and self.is_open() and not self._heard.poll(0)

    def is_open(self) -> bool:
        return not self._transport.is_closing()

    def is_here(self) -> bool:
        """Whether this is the loop that it belongs to."""
        return self._loop is asyncio.get_running_loop()

    def abort(self) -> None:
        if not self._loop.is_closed():
            self._transport.abort()

    def _is_writing(self) -> bool:
        """Under TLS, what has left it may still wait below."""
        return bool(
            self._below.get_write_buffer_size()
            or (self._transport is not self._below and self._transport.get_write_buffer_size())
        )

    def _begin(self) -> None:
        """Nothing is left of the exchange before."""
        self._headers: dict[str, str] = {}
        self._cookies: list[str] = []
        self._body = bytearray()
        self._size = self._frame = 0
        self._reply: Received | None = None
        self._chunked = self._kept = False

    def _rest(self) -> None:
        self._begin()
        self._time(self._loop.time() + IDLE_S)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            # No answer of ours: a farewell, or the rest of somebody else's reply.
            self.abort()
            return
        before = self._size
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._kept = False  # what lies behind a whole reply does not spoil it
            if self._reply is None:
                self._fail(NoHttp())
                return
        if self._size == before:
            self._frame += len(data)
        if self._size > self._limit:
            self._fail(TooLarge())
        elif self._reply is not None:
            self._waiter.set_result(self._reply)
        elif self._frame > HEAD:
            self._fail(NoHttp())

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.closed.set_result(None)
        del self._parser  # which holds this
        if self._waiter is None or self._waiter.done():
            return
        if self._progress.status is None:
            failure = Lost()
            failure.__cause__ = exc
            self._fail(failure)
        elif exc is None and not self._is_framed():
            self._waiter.set_result(self._whole())
        else:
            self._fail(Cut())

    def on_message_begin(self) -> None:
        if self._reply is not None:
            raise NoHttp

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._progress.status is not None:
            return  # it stands behind the body
        key, told = name.decode("latin-1").lower(), value.decode("utf-8", "surrogateescape").strip()
        if key == "set-cookie":
            self._cookies.append(told)
        else:
            self._headers.setdefault(key, told)
            self._chunked |= key == "transfer-encoding" and "chunked" in told.lower()

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= FINAL or status == SWITCHING:
            self._progress.status = status

    def on_body(self, body: bytes) -> None:
        self._body += body
        self._size += len(body)

    def on_message_complete(self) -> None:
        if self._progress.status is None:
            self._headers.clear()  # 100 Continue and the like
            self._cookies.clear()
            self._chunked = False
        else:
            self._kept = self._parser.should_keep_alive()
            self._reply = self._whole()

    def _whole(self) -> Received:
        status = cast("int", self._progress.status)
        return Received(status, self._headers, tuple(self._cookies), bytes(self._body))

    def _is_framed(self) -> bool:
        """Whether the reply said where it ends, other than by the end of the connection."""
        return "content-length" in self._headers or self._chunked

    def _fail(self, failure: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(failure)

    def _time(self, due: float) -> None:
        """One timer serves one exchange after the other: nearly all end early, and it looks again when it rings."""
        self._due = due
        if self._timer is None or due < self._timed:
            if self._timer is not None:
                self._timer.cancel()
            self._timed, self._timer = due, self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._loop.time() + EARLY_S < self._due:
            self._time(self._due)
        elif self._waiter is None:
            self.abort()
        else:
            self._fail(TimeoutError())
