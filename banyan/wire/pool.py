"""The network's transport: connections that are kept between two calls, each asked before it is written to."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import NamedTuple

import httpx
from aiohappyeyeballs import start_connection

from banyan.wire.connection import Connection
from banyan.wire.transport import Progress, Received

ALONE_S = 0.25
"""How long one address of a host is tried alone, as RFC 8305 has it."""
PORTS = {"http": 80, "https": 443}


class Place(NamedTuple):
    tls: bool
    host: str
    port: int


class Pool:
    def __init__(self, *, keep_alive: bool, tls: ssl.SSLContext | None) -> None:
        self._keep_alive = keep_alive
        self._tls = tls
        self._idle: defaultdict[Place, list[Connection]] = defaultdict(list)
        self._open: set[Connection] = set()
        self._closed = False

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, until: float, limit: int
    ) -> Received:
        place, head = _target(url)
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if lines.count("\r") != len(headers) or lines.count("\n") != len(headers):
            raise ValueError("a header of several lines")
        ending = "" if self._keep_alive else "Connection: close\r\n"
        request = f"{head}{lines}{ending}Content-Length: {len(body)}\r\n\r\n".encode() + body
        connection = self._kept(place) or await self._connected(place, until)
        received = await connection.exchange(request, progress, until, limit)
        if self._keep_alive and connection.is_open() and not self._closed:
            self._idle[place].append(connection)
        return received

    def _kept(self, place: Place) -> Connection | None:
        idle = self._idle[place]
        while idle:
            connection = idle.pop()
            if connection.is_quiet():
                return connection
            connection.abort()  # nothing was sent, and it is out of the pool
        return None

    async def _connected(self, place: Place, until: float) -> Connection:
        if self._closed:
            raise ConnectionError("the pool is closed")
        loop = asyncio.get_running_loop()
        # Connecting gets half of what is left, so that there is time to try again elsewhere.
        async with asyncio.timeout_at((loop.time() + until) / 2):
            tls, name = None, None
            if place.tls:
                tls, name = self._tls or await asyncio.to_thread(_machines), place.host.rstrip(".")
            addresses = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
            sock = await start_connection(addresses, happy_eyeballs_delay=ALONE_S, loop=loop)
            try:
                _, made = await loop.create_connection(
                    partial(Connection, loop), sock=sock, ssl=tls, server_hostname=name
                )
            except BaseException:
                sock.close()
                raise
        self._open.add(made)
        made.closed.add_done_callback(lambda _: self._open.discard(made))
        return made

    async def aclose(self) -> None:
        self._closed = True
        still = list(self._open)
        for connection in still:
            connection.abort()
        await asyncio.gather(*(connection.closed for connection in still))


@lru_cache(maxsize=256)
def _target(url: str) -> tuple[Place, str]:
    """Where it is, and how the head of each request to it begins. ValueError for what is no address of HTTP."""
    said = httpx.URL(url)
    if said.scheme not in PORTS or not said.host:
        raise ValueError("no address of HTTP")
    place = Place(said.scheme == "https", said.raw_host.decode(), said.port or PORTS[said.scheme])
    head = f"POST {said.raw_path.decode()} HTTP/1.1\r\nHost: {said.netloc.decode()}\r\n"
    if said.userinfo:
        user = b64encode(f"{said.username}:{said.password}".encode()).decode()
        head += f"Authorization: Basic {user}\r\n"
    return place, head


@cache
def _machines() -> ssl.SSLContext:
    return ssl.create_default_context()
