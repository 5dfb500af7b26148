"""The legacy system of the benchmark: answers a POST at once with bytes that are at hand."""

import asyncio
import os
import re
import socket
from typing import Any

import uvloop

from benchmarks.soap.products import reply

CUSTOMER = re.compile(rb"arg0[^>]*>\s*(\d+)")
LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)


class Stub(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = LENGTH.search(head)
        if len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
            return
        self._received = b""
        asked = CUSTOMER.search(body)
        assert asked is not None, body
        answer = reply(int(asked[1]))
        told = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {len(answer)}\r\n\r\n"
        self._transport.write(told.encode() + answer)


def serve(listening: socket.socket) -> None:
    """Runs in a process of its own, on the core of the load, not on the one that is measured."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    uvloop.run(_forever(listening))


async def _forever(listening: socket.socket) -> None:
    server = await asyncio.get_running_loop().create_server(Stub, sock=listening)
    await server.serve_forever()
