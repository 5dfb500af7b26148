"""Posts to a listener over HTTP: no redirects, 15 seconds in all, and only the beginning of the answer is read."""

import asyncio
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

import httpcore
import httpx

from gateway.events.addresses import Resolve, checked, resolve

TIMEOUT_S = 15.0
READ_AT_MOST = 4_096
KEPT_S = 5.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, or 0 when no answer came, and the time the listener asks us to wait."""

    status: int
    retry_after: str | None = None


class Sender:
    def __init__(self, allowed: Collection[str] = (), resolve: Resolve = resolve) -> None:
        """`allowed` are the hosts that may be of this machine or network."""
        transport = httpx.AsyncHTTPTransport(trust_env=False)
        transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001 - httpx has no public seam for a resolver
            ssl_context=httpx.create_ssl_context(trust_env=False),
            # A silent listener must not use up the connections of the others; how many it may have, the relay says.
            max_connections=None,
            keepalive_expiry=KEPT_S,
            network_backend=_Guarded(frozenset(host.lower() for host in allowed), resolve),
        )
        self._client = httpx.AsyncClient(transport=transport, timeout=TIMEOUT_S, trust_env=False)

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        answer = await self._answer("POST", url, headers, body)
        return Reply(0) if answer is None else Reply(answer.status_code, answer.headers.get("retry-after"))

    async def greet(self, name: str, url: str) -> bool:
        """Whether the host lets whoever goes by this name send there: the handshake of CloudEvents web hooks."""
        answer = await self._answer("OPTIONS", url, {"webhook-request-origin": name}, b"")
        allowed = None if answer is None or not answer.is_success else answer.headers.get("webhook-allowed-origin")
        return allowed is not None and allowed.strip().lower() in ("*", name.lower())

    async def _answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> httpx.Response | None:
        """None: there was none."""
        try:
            async with (
                asyncio.timeout(TIMEOUT_S),
                self._client.stream(method, url, content=body, headers=headers, follow_redirects=False) as answer,
            ):
                size = 0
                async for chunk in answer.aiter_raw(READ_AT_MOST):
                    size += len(chunk)
                    if size >= READ_AT_MOST:
                        break
                return answer
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return None

    async def aclose(self) -> None:
        await self._client.aclose()


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to the address that was checked; the name goes on to TLS and the Host header as it was written."""

    def __init__(self, allowed: Collection[str], resolve: Resolve) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._allowed = allowed
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        *others, last = await checked(host, port, self._allowed, self._resolve)
        for address in others:
            with suppress(httpcore.ConnectError):
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._inner.connect_tcp(last, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)
