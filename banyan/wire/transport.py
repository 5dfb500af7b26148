"""One exchange, whoever carries it: the wire's own pool, or an httpx transport that a test or a recording put in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import httpx
from multidict import CIMultiDict, CIMultiDictProxy


@dataclass(slots=True)
class Progress:
    """How far an exchange came."""

    sent: bool = False
    """Whether a byte of the request may have left."""
    status: int | None = None


class Received(NamedTuple):
    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    """As it came: perhaps packed."""


class TooLarge(Exception):
    """More bytes came than any reply has."""


class Transport(Protocol):
    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, connect_s: float, limit: int
    ) -> Received:
        """Post once, follow nothing. What fails is raised as the library's own error; TooLarge above `limit` bytes."""
        ...

    async def aclose(self) -> None: ...


class HttpxTransport:
    """Anything that httpx can send through."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def send(
        self, url: str, body: bytes, headers: Mapping[str, str], progress: Progress, connect_s: float, limit: int
    ) -> Received:
        timeout = httpx.Timeout(None, connect=connect_s)
        request = httpx.Request("POST", url, headers=headers, content=body, extensions={"timeout": timeout.as_dict()})
        progress.sent = True  # a failed connection is told by the error itself
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
        told = CIMultiDictProxy(CIMultiDict(response.headers.multi_items()))
        return Received(response.status_code, told, bytes(reply))

    async def aclose(self) -> None:
        await self._transport.aclose()
