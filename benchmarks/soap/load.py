"""Load on kept connections, each asking again as soon as it was answered."""

import asyncio
import re
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"transfer-encoding:\s*chunked", re.IGNORECASE)


@dataclass(frozen=True)
class Heard:
    per_second: float
    median_ms: float
    calls: int


class _Client(asyncio.Protocol):
    """Sends `request` until `until`, and keeps how long each answer took."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request, self._until = request, until
        self._received = b""
        self.took: list[float] = []
        self.body = b""
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = LENGTH.search(head)
        if len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
            return
        self.took.append(time.perf_counter() - self._began)
        self._received, self.body = b"", body
        if not head.startswith(b"HTTP/1.1 200"):
            self._end(AssertionError(f"{head!r} {body[:500]!r}"))
        elif time.perf_counter() >= self._until:
            self._end()
        else:
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or ConnectionError("the server closed the connection"))

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def _end(self, error: Exception | None = None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)
        self._transport.close()


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n\r\n".encode()


async def load(port: int, request: bytes, *, connections: int, seconds: float) -> Heard:
    """Closed loops: as many requests in flight as there are connections."""
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    clients = [
        (await loop.create_connection(lambda: _Client(request, began + seconds), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.done for client in clients))
    took = [one for client in clients for one in client.took]
    return Heard(len(took) / (time.perf_counter() - began), median(took) * 1000, len(took))


async def once(port: int, request: bytes) -> bytes:
    """The body of one answer, without chunks' frames."""
    _, client = await asyncio.get_running_loop().create_connection(lambda: _Client(request, 0), "127.0.0.1", port)
    await client.done
    return client.body
