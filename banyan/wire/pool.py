"""The network's transport: connections that are kept between two calls, each asked before it is written to."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, lru_cache, partial
from typing import NamedTuple

import httpx
from aiohappyeyeballs import AddrInfoType, start_connection

from banyan.wire.connection import Connection
from banyan.wire.transport import Progress, Received

ALONE_S = 0.25
"""How long one address of a host is tried alone, as RFC 8305 has it."""
CLOSED = "the pool is closed"
PORTS = {"http": 80, "https": 443}


Addresses = list[AddrInfoType]


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
        self._lookups: dict[Place, asyncio.Task[Addresses]] = {}
        self._closed = False

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, until: float, limit: int
    ) -> Received:
        place, head, credentials = _target(url)
        if credentials and "authorization" not in headers:
            head += credentials
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
            raise ConnectionError(CLOSED)
        loop = asyncio.get_running_loop()
        # Connecting gets half of what is left, so that there is time to try again elsewhere.
        async with asyncio.timeout_at((loop.time() + until) / 2):
            made = await self._made(place, loop)
        if self._closed:
            made.abort()
            raise ConnectionError(CLOSED)
        if not made.is_open():
            raise ConnectionResetError
        self._open.add(made)
        made.closed.add_done_callback(lambda _: self._open.discard(made))
        return made

    async def _made(self, place: Place, loop: asyncio.AbstractEventLoop) -> Connection:
        tls = (self._tls or await asyncio.to_thread(_machines)) if place.tls else None
        sock = await start_connection(await self._addresses(place, loop), happy_eyeballs_delay=ALONE_S, loop=loop)
        try:
            _, made = await loop.create_connection(partial(Connection, loop), sock=sock)
        except BaseException:
            sock.close()
            raise
        if tls is not None:
            await made.secure(tls, place.host.rstrip("."))
        return made

    async def _addresses(self, place: Place, loop: asyncio.AbstractEventLoop) -> Addresses:
        """One look-up serves all who wait: a system whose name hangs holds one of the house's few threads for names."""
        with suppress(socket.gaierror):
            return [*socket.getaddrinfo(*place[1:], type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]
        looking = self._lookups.get(place)
        if looking is None or looking.get_loop() is not loop:
            looking = self._lookups[place] = loop.create_task(_look_up(place, loop))
            looking.add_done_callback(partial(self._found, place))
        return await asyncio.shield(looking)

    def _found(self, place: Place, looking: "asyncio.Task[Addresses]") -> None:
        if self._lookups[place] is looking:
            del self._lookups[place]

    async def aclose(self) -> None:
        self._closed = True
        still = {connection for connection in self._open if connection.is_here()}
        for connection in still:
            connection.abort()
        if still:
            await asyncio.wait([connection.closed for connection in still])


async def _look_up(place: Place, loop: asyncio.AbstractEventLoop) -> Addresses:
    return [*await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)]


@lru_cache(maxsize=256)
def _target(url: str) -> tuple[Place, str, str]:
    """Where it is, how the head of each request to it begins, and who the address says that we are.

    ValueError for what is no address of HTTP.
    """
    said = httpx.URL(url)
    if said.scheme not in PORTS or not said.host:
        raise ValueError("no address of HTTP")
    place = Place(said.scheme == "https", said.raw_host.decode(), said.port or PORTS[said.scheme])
    head = f"POST {said.raw_path.decode()} HTTP/1.1\r\nHost: {said.netloc.decode()}\r\n"
    user = b64encode(f"{said.username}:{said.password}".encode()).decode()
    return place, head, f"Authorization: Basic {user}\r\n" if said.userinfo else ""


@cache
def _machines() -> ssl.SSLContext:
    return ssl.create_default_context()
