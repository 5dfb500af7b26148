"""Answers in gzip for whoever accepts it; who does not pays nothing for it, and a stream is never held back."""

import re
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.api.tmf630.answers import Send
from gateway.api.tmf630.request import Receive, Scope

WORTH = 1_024
"""Bytes below which the shorter answer is not worth the work."""

_LEVEL = 1
_LARGE = 16_384
_WINDOWS = {False: (28, 6), True: (31, 8)}
"""Of zlib: a small window is set up in a sixth of the time of a large one, and small answers need no other."""

_ACCEPTED = re.compile(rb"(?:^|[,\s])(?:gzip|\*)\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))|,|$)", re.IGNORECASE)
_TEXTS = (b"application/json", b"application/linkset+json", b"text/html", b"text/css", b"text/javascript")

Headers = list[tuple[bytes, bytes]]


class Compressed:
    """ASGI middleware. An answer that leaves in one piece is compressed; its ETag says so, since its bytes differ."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _accepts(scope["headers"]):
            send = _Compressing(send).take
        await self._app(scope, receive, send)


class _Compressing:
    """One answer on its way: its head waits for its body."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Any = None

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            if _is_text(message["headers"]):
                return
        elif self._head is not None and _is_text(self._head["headers"]):
            head, self._head = self._head, None
            body = message.get("body", b"")
            headers = [*head["headers"], (b"vary", b"Accept-Encoding")]
            if len(body) >= WORTH and not message.get("more_body", False):
                body = _gzip(body)
                headers = _of(headers, len(body))
            await self._send({**head, "headers": headers})
            message = {**message, "body": body}
        await self._send(message)


def _accepts(headers: Headers) -> bool:
    for name, value in headers:  # noqa: SIM110 - each request passes here, and a generator costs as much as the rest
        if name == b"accept-encoding" and _ACCEPTED.search(value):
            return True
    return False


def _is_text(headers: Headers) -> bool:
    return any(name.lower() == b"content-type" and value.partition(b";")[0] in _TEXTS for name, value in headers)


def _of(headers: Headers, size: int) -> Headers:
    """The headers of the compressed answer; `"3"` becomes `"3-gzip"`, which If-Match understands."""
    kept = [(name, _etag(value) if name.lower() == b"etag" else value) for name, value in headers]
    kept = [pair for pair in kept if pair[0].lower() != b"content-length"]
    return [*kept, (b"content-length", str(size).encode()), (b"content-encoding", b"gzip")]


def _etag(value: bytes) -> bytes:
    return value[:-1] + b'-gzip"' if value.endswith(b'"') else value


def _gzip(body: bytes) -> bytes:
    maker = zlib.compressobj(_LEVEL, zlib.DEFLATED, *_WINDOWS[len(body) > _LARGE])
    return maker.compress(body) + maker.flush()
