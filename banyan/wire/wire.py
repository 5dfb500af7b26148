"""One backend's HTTP connections: bounded in number, time and size, traced attempt by attempt."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

import httpx
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from banyan.tracing import trace_context, unseen
from banyan.wire import seam
from banyan.wire.backend import Backend
from banyan.wire.body import Unreadable, in_unicode, unpacked
from banyan.wire.outcome import of_answer, of_failure
from banyan.wire.pool import Pool
from banyan.wire.transport import Cut, HttpxTransport, Lost, NoHttp, Progress, Received, TooLarge, Transport
from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import Garbled, Happened, PortError, TimedOut, Unavailable
from contracts.noun import noun
from contracts.places import Places

LARGE = 20_000
"""Packed bytes that are unpacked in a thread, for which the loop should not stand still."""
NOTHING: Mapping[str, str] = MappingProxyType({})


@noun
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    """Unpacked, and in an encoding of Unicode unless it says itself which other it is in."""
    cookies: tuple[str, ...] = ()
    """Its Set-Cookie headers. Nobody sends them back by itself."""


class Wire:
    """Posts to one system. A pool, a bulkhead and a time limit of its own, so that a slow system slows nobody else.

    A cookie that one customer's call brought never travels with another's: it keeps none.
    """

    def __init__(
        self,
        system: str,
        *,
        clock: Clock,
        timeout_s: float,
        concurrency: int,
        refused: frozenset[int] = frozenset(),
        basic: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        backend: Backend | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """`refused`: the statuses by which this system declares that it turned work away before doing any."""
        self._system = system
        self._clock = clock
        self._timeout_s = timeout_s
        self._refused = refused
        self._places = Places(concurrency)
        self._backend = backend = backend or Backend()
        replaced = transport or seam.transport()
        self._transport: Transport = (
            Pool(keep_alive=backend.keep_alive, tls=tls) if replaced is None else HttpxTransport(replaced)
        )
        self._always = {
            "accept": "*/*",
            "accept-encoding": "gzip" if backend.gzip else "identity",
            "user-agent": "banyan",
        }
        if basic is not None:
            self._always["authorization"] = "Basic " + b64encode(":".join(basic).encode()).decode()
        self._tracer = trace.get_tracer("banyan.wire")

    async def post(
        self,
        call: Call,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        operation: str,
        *,
        one_way: bool = False,
    ) -> Answer:
        """Send one attempt. Raises a PortError whose `happened` says how far the bytes got.

        `one_way`: the operation has no answer; an empty body is then one.
        """
        around = unseen()
        span = around or self._span(call, url, operation)
        try:
            traced = trace_context(span.get_span_context()) if around is None else around.headers
            sending = {**self._always, **headers, **traced}
            received = await self._attempt(span, call, url, body, sending)
            reply = await self._body(received)
            told = of_answer(
                self._system, self._refused, received.status, received.headers, reply, self._clock, one_way=one_way
            )
            if told is not None:
                raise told
            return Answer(received.status, received.headers, reply, received.cookies)
        except PortError as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.end()

    def _span(self, call: Call, url: str, operation: str) -> Span:
        span = self._tracer.start_span("POST", kind=SpanKind.CLIENT, attributes=_where(url))
        if span.is_recording():
            span.set_attributes({"http.request.resend_count": call.attempt, "soap.operation": operation})
        return span

    async def _attempt(self, span: Span, call: Call, url: str, body: bytes, sending: Mapping[str, str]) -> Received:
        budget = min(self._timeout_s, call.deadline - self._clock.monotonic())
        if budget <= 0:
            raise TimedOut(f"no time left to ask {self._system}", happened=Happened.NO)
        until = asyncio.get_running_loop().time() + budget
        if not self._places.take():
            await self._queue(until)
        progress = Progress()
        try:
            return await self._transport.send(url, body, sending, progress, until, self._backend.reply_bytes)
        except TimeoutError:
            if not progress.sent:
                raise Unavailable(f"{self._system} cannot be reached", happened=Happened.NO) from None
            raise TimedOut(f"{self._system} did not answer in time") from None
        except TooLarge:
            raise Garbled(f"{self._system} sent more than {self._backend.reply_bytes} bytes") from None
        except (httpx.HTTPError, httpx.InvalidURL, Lost, Cut, NoHttp, OSError, ValueError) as failure:
            raise of_failure(self._system, failure, sent=progress.sent) from None
        finally:
            self._places.leave()
            if progress.status is not None:
                span.set_attribute("http.response.status_code", progress.status)

    async def _queue(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._places.wait()
        except TimeoutError:
            raise Unavailable(f"every connection to {self._system} is busy", happened=Happened.NO) from None

    async def _body(self, received: Received) -> bytes:
        body = received.body
        coding = received.headers.get("content-encoding")
        charset = _charset(received.headers.get("content-type", ""))
        try:
            if coding:
                unpack = (body, coding.strip().lower(), self._backend.reply_bytes)
                body = await asyncio.to_thread(unpacked, *unpack) if len(body) > LARGE else unpacked(*unpack)
            return in_unicode(body, charset, self._backend.code_page)
        except Unreadable as why:
            raise Garbled(f"the reply of {self._system} cannot be read: {why}") from None

    async def aclose(self) -> None:
        await self._transport.aclose()


@lru_cache(maxsize=256)
def _where(url: str) -> Mapping[str, str | int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
    except ValueError:
        host, port = "", 0
    return {"http.request.method": "POST", "server.address": host, "server.port": port}


@lru_cache(maxsize=256)
def _charset(content_type: str) -> str:
    """In lower case; "" where the header names none."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'").lower()
    return ""
