"""The network's transport: aiohttp's pool, which knows of each request whether a byte of it has left."""

import asyncio
import select
import ssl
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from weakref import WeakSet

import aiohttp
from yarl import URL

from banyan.wire.transport import Progress, Received, TooLarge

IDLE_S = 15
_PROGRESS: ContextVar[Progress] = ContextVar("banyan.wire.progress")
_USED: WeakSet[asyncio.BaseProtocol] = WeakSet()


class Stale(aiohttp.ClientConnectionError):
    """An idle connection ended, or spoke unasked, before a byte of this request left."""


class _Request(aiohttp.ClientRequest):
    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        protocol = conn.protocol
        if protocol is None or (protocol in _USED and (protocol.should_close or _spoke(conn))):
            # What lies there unread is no answer of ours: a farewell, or the rest of somebody else's reply.
            conn.close()
            raise Stale
        _USED.add(protocol)
        _PROGRESS.get().sent = True
        return await super().send(conn)


def _spoke(conn: aiohttp.connector.Connection) -> bool:
    transport = conn.transport
    if transport is None or transport.is_closing():
        return True
    waiting = select.poll()
    waiting.register(transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(waiting.poll(0))


class Pool:
    def __init__(self, connections: int, *, keep_alive: bool, tls: ssl.SSLContext | None) -> None:
        self._connections = connections
        self._keep_alive = keep_alive
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, connect_s: float, limit: int
    ) -> Received:
        session = self._session or self._open()
        before = _PROGRESS.set(progress)
        try:
            for _ in range(self._connections):
                try:
                    return await _exchange(session, url, body, headers, progress, connect_s, limit)
                except Stale:
                    continue  # nothing was sent, and that connection is out of the pool
            return await _exchange(session, url, body, headers, progress, connect_s, limit)
        finally:
            _PROGRESS.reset(before)

    def _open(self) -> aiohttp.ClientSession:
        idle = {"keepalive_timeout": IDLE_S} if self._keep_alive else {"force_close": True}
        pool = aiohttp.TCPConnector(limit=self._connections, ssl=self._tls or True, **idle)
        self._session = aiohttp.ClientSession(
            connector=pool,
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=_Request,
            auto_decompress=False,
        )
        return self._session

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()


async def _exchange(
    session: aiohttp.ClientSession,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    progress: Progress,
    connect_s: float,
    limit: int,
) -> Received:
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect_s)
    async with session.post(
        _parsed(url), data=body, headers=headers, allow_redirects=False, timeout=timeout
    ) as response:
        progress.status = response.status
        chunk = await response.content.readany()
        reply = bytearray(chunk)
        while chunk:
            chunk = await response.content.readany()
            reply += chunk
            if len(reply) > limit:
                raise TooLarge
        return Received(response.status, response.headers, bytes(reply))


@lru_cache(maxsize=256)
def _parsed(url: str) -> URL:
    return URL(url)
