"""One request and its answer on a connection: a head that announces its body leaves with it, in one write."""

from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import HEADER_RE, STATUS_LINE, RequestResponseCycle

_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09})
_LINE = len(b"\r\n")
_LENGTH, _ENCODING, _CONNECTION = b"content-length: ", b"transfer-encoding: ", b"connection: "
_FRAMING = frozenset({_LENGTH, _ENCODING, _CONNECTION})
_BODILESS = (204, 304)
_END = b"0\r\n\r\n"
"""Of a body in chunks."""
_NAMES = 256


class Exchange(RequestResponseCycle):
    _head = b""
    """Written already, unless it waits for its body."""
    _until_closed = False
    """A body without a length, for a client who knows no chunks."""

    async def send(self, message: Any) -> None:
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_complete:
            raise RuntimeError(f"{message['type']} after the answer was complete")
        expected = "http.response.body" if self.response_started else "http.response.start"
        if message["type"] != expected:
            raise RuntimeError(f"{message['type']} where {expected} is due")
        if self.response_started:
            self._go_on(message.get("body", b""), more=message.get("more_body", False))
        else:
            self._begin(message["status"], message.get("headers", ()))

    def _begin(self, status: int, headers: Any) -> None:
        self.response_started = True
        self.waiting_for_100_continue = False
        lines = [STATUS_LINE[status]]
        told_to_close = False
        for name, value in (*self.default_headers, *headers):
            field = _field(name)
            lines.append(b"%b%b\r\n" % (field, value))
            if field in _FRAMING:
                told_to_close |= self._frame(field, value)
        if not self.keep_alive and not told_to_close:
            lines.append(b"connection: close\r\n")
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in _BODILESS:
            if self.scope["http_version"] == "1.1":
                self.chunked_encoding = True
                lines.append(b"transfer-encoding: chunked\r\n")
            else:
                self._until_closed = True
        head = b"".join(lines)
        if len(head) - len(head.translate(None, _CONTROLS)) != _LINE * len(lines):
            raise RuntimeError("a header's value holds control characters")
        self._head = head + b"\r\n"
        if self.chunked_encoding is not False:
            self._write(b"")

    def _frame(self, field: bytes, value: bytes) -> bool:
        """What this header says of the body's end; whether it says that the connection ends, too."""
        if field == _CONNECTION:
            if b"close" not in [token.strip() for token in value.lower().split(b",")]:
                return False
            self.keep_alive = False
            return True
        if field == _ENCODING and value.lower() == b"chunked":
            self.chunked_encoding, self.expected_content_length = True, 0
        elif field == _LENGTH and self.chunked_encoding is None:
            self.chunked_encoding, self.expected_content_length = False, int(value)
        return False

    def _go_on(self, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            self.expected_content_length = 0
            body = b""
        elif self._until_closed:
            pass
        elif self.chunked_encoding:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"" if more else _END)
        else:
            self.expected_content_length -= len(body)
            if self.expected_content_length < 0:
                raise RuntimeError("the body is longer than its Content-Length")
        self._write(body)
        if more:
            return
        if self.expected_content_length:
            raise RuntimeError("the body is shorter than its Content-Length")
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _write(self, body: bytes) -> None:
        parts = [part for part in (self._head, body) if part]
        self._head = b""
        if parts:
            self.transport.writelines(parts)


@lru_cache(_NAMES)
def _field(name: bytes) -> bytes:
    if HEADER_RE.search(name):
        raise RuntimeError("no name of a header")
    return name.lower() + b": "
