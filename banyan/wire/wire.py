"""One backend's HTTP connections: bounded in number, time and size, traced attempt by attempt."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from banyan.wire.outcome import of_answer, of_failure
from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import Garbled, Happened, PortError, TimedOut, Unavailable

REPLY_LIMIT = 10_000_000
IDLE_S = 15
_TRACE_CONTEXT = TraceContextTextMapPropagator()  # baggage stays in the house


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """Posts to one system. A pool, a bulkhead and a time limit of its own, so that a slow system slows nobody else."""

    def __init__(
        self,
        system: str,
        *,
        clock: Clock,
        timeout_s: float,
        concurrency: int,
        refused: frozenset[int] = frozenset({503}),
        basic: tuple[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`refused`: the statuses by which this system declares that it turned work away before doing any."""
        self._system = system
        self._clock = clock
        self._timeout_s = timeout_s
        self._refused = refused
        self._bulkhead = asyncio.Semaphore(concurrency)
        # A cookie that one customer's call brought must never travel with another's.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        transport = transport or AiohttpTransport(client=lambda: _session(concurrency))
        self._http = httpx.AsyncClient(transport=transport, cookies=no_cookies, trust_env=False)
        self._always = {"accept-encoding": "identity", "user-agent": "banyan"}
        if basic is not None:
            self._always["authorization"] = "Basic " + b64encode(":".join(basic).encode()).decode()
        self._tracer = trace.get_tracer("banyan.wire")

    async def post(self, call: Call, url: str, body: bytes, headers: Mapping[str, str], operation: str) -> Answer:
        """Send one attempt. Raises a PortError whose `happened` says how far the bytes got."""
        with self._tracer.start_as_current_span(
            "POST",
            kind=SpanKind.CLIENT,
            record_exception=False,
            set_status_on_exception=False,
            attributes={
                "http.request.method": "POST",
                "http.request.resend_count": call.attempt,
                "server.address": urlsplit(url).hostname or "",
                "server.port": urlsplit(url).port or 0,
                "soap.operation": operation,
            },
        ) as span:
            try:
                return await self._attempt(span, call, url, body, headers)
            except PortError as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise

    async def _attempt(self, span: Span, call: Call, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        budget = min(self._timeout_s, call.deadline - self._clock.monotonic())
        if budget <= 0:
            raise TimedOut(f"no time left to ask {self._system}", happened=Happened.NO)
        sending = {**self._always, **headers}
        _TRACE_CONTEXT.inject(sending)
        sent = False
        try:
            async with asyncio.timeout(budget), self._bulkhead:
                sent = True
                return await self._exchange(span, url, body, sending, budget)
        except TimeoutError:
            if not sent:
                raise Unavailable(f"every connection to {self._system} is busy", happened=Happened.NO) from None
            raise TimedOut(f"{self._system} did not answer in time") from None

    async def _exchange(self, span: Span, url: str, body: bytes, sending: Mapping[str, str], budget: float) -> Answer:
        # Connecting gets half the budget, so that its failure is told apart from a slow answer.
        timeout = httpx.Timeout(budget, connect=budget / 2, pool=budget / 2)
        try:
            async with self._http.stream("POST", url, content=body, headers=sending, timeout=timeout) as response:
                span.set_attribute("http.response.status_code", response.status_code)
                reply = bytearray()
                async for chunk in response.aiter_bytes():
                    reply += chunk
                    if len(reply) > REPLY_LIMIT:
                        raise Garbled(f"{self._system} sent more than {REPLY_LIMIT} bytes")
        except httpx.HTTPError as failure:
            raise of_failure(self._system, failure) from None
        except httpx.InvalidURL:
            raise Unavailable(f"the address of {self._system} is no URL", happened=Happened.NO) from None
        except aiohttp.ClientError:
            # The transport lets these through unmapped: the other end does not speak HTTP.
            raise Garbled(f"{self._system} answered with something that is not HTTP") from None
        now = self._clock.now()
        error = of_answer(self._system, self._refused, response.status_code, response.headers, bytes(reply), now)
        if error is not None:
            raise error
        return Answer(response.status_code, response.headers, bytes(reply))

    async def aclose(self) -> None:
        await self._http.aclose()


def _session(connections: int) -> aiohttp.ClientSession:
    pool = aiohttp.TCPConnector(limit=connections, keepalive_timeout=IDLE_S)
    return aiohttp.ClientSession(connector=pool, cookie_jar=aiohttp.DummyCookieJar())
