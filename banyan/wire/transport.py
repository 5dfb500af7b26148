"""One exchange, whoever carries it: the wire's own pool, or an httpx transport that a test or a recording put in."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import httpx


@dataclass(slots=True)
class Progress:
    """How far an exchange came."""

    sent: bool = False
    """Whether a byte of the request may have left."""
    status: int | None = None


class Received(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """By name in lower case: the first of each. Without cookies."""
    cookies: tuple[str, ...]
    """The Set-Cookie headers."""
    body: bytes
    """As it came: perhaps packed."""


class TooLarge(Exception):
    """More bytes came than any reply has."""


class Lost(Exception):
    """The connection ended before the reply began; the cause is what the system said of it."""


class Cut(Exception):
    """The connection ended inside the reply."""


class NoHttp(Exception):
    """What came is no HTTP/1.1."""


class Transport(Protocol):
    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, until: float, limit: int
    ) -> Received:
        """Post once, follow nothing. TimeoutError at `until`, by the loop's time; TooLarge above `limit` bytes.

        Connecting gets half of the time, so that there is some left to try again elsewhere. What fails otherwise is
        raised as the system, ssl or httpx call it, or as below.
        """
        ...

    async def aclose(self) -> None: ...


class HttpxTransport:
    """Anything that httpx can send through."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, until: float, limit: int
    ) -> Received:
        connect_s = (until - asyncio.get_running_loop().time()) / 2
        timeout = httpx.Timeout(None, connect=connect_s)
        request = httpx.Request("POST", url, headers=headers, content=body, extensions={"timeout": timeout.as_dict()})
        progress.sent = True  # a failed connection is told by the error itself
        async with asyncio.timeout_at(until):
            response = await self._transport.handle_async_request(request)
            try:
                progress.status = response.status_code
                reply = bytearray()
                async for chunk in response.stream:  # type: ignore[union-attr]  # an async transport's is async
                    reply += chunk
                    if len(reply) > limit:
                        raise TooLarge
            finally:
                await response.aclose()
        told: dict[str, str] = {}
        for name, value in response.headers.multi_items():
            told.setdefault(name.lower(), value)
        cookies = tuple(response.headers.get_list("set-cookie"))
        return Received(response.status_code, told, cookies, bytes(reply))

    async def aclose(self) -> None:
        await self._transport.aclose()
