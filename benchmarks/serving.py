"""Servers in processes of their own, and what a request costs them in CPU time, whoever else is busy here."""

import asyncio
import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from gateway.app import House
from gateway.serving import SERVED

_PLAIN = {"http": "httptools", "access_log": False, "log_level": "warning", "server_header": False}
MakeApp = Callable[[], object]


@contextmanager
def server(make_app: MakeApp) -> Iterator["Server"]:
    """`make_app` runs in the child; it is listened to when this returns."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        child = multiprocessing.get_context("fork").Process(target=_serve, args=(make_app, listening), daemon=True)
        child.start()
        assert child.pid is not None
        try:
            yield Server(listening.getsockname()[1], child.pid)
        finally:
            child.terminate()
            child.join()


def _serve(make_app: MakeApp, listening: socket.socket) -> None:
    # All servers share one core, so that none is measured on a slower one than another.
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    app: Any = make_app()
    how = SERVED if isinstance(app, House) else _PLAIN
    uvicorn.Server(uvicorn.Config(app, **how)).run(sockets=[listening])


class Server:
    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._tasks = Path(f"/proc/{pid}/task")

    def cpu_us(self) -> float:
        """What all its threads have run so far."""
        return sum(int((task / "schedstat").read_text().split()[0]) for task in self._tasks.iterdir()) / 1000

    async def cost_us(self, target: str, calls: int) -> float:
        """CPU microseconds of one GET, the mean of `calls` on one kept connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for _ in range(calls // 10 + 20):
                await get(reader, writer, target)
            before = self.cpu_us()
            for _ in range(calls):
                await get(reader, writer, target)
            return (self.cpu_us() - before) / calls
        finally:
            writer.close()


async def get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: str) -> bytes:
    writer.write(f"GET {target} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 206")), head
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))
