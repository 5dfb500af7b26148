"""The same events live, as Server-Sent Events: `GET {base}/events`, with the query of a listener."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl

from contracts.call import Principal
from contracts.clock import Clock
from gateway.api.tmf630.answers import Send
from gateway.api.tmf630.contract import Contract, Contracts
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.api.tmf630.listening.interest import check_interest, read_interest
from gateway.api.tmf630.request import Receive, Scope, read_headers
from gateway.events import Ear
from gateway.store import outbox
from gateway.store.encoding import to_json
from gateway.store.sql_store import SqlStore

HEARTBEAT_S = 15.0
_POLL_S = 1.0
_RETRY_MS = 2_000
_AT_ONCE = 100
_SLOW_S = 30.0
"""A reader who leaves the buffers full for so long is hung up on; he goes on where he stopped."""
_LAST = "lastEventId"
_DIGITS = 18
_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Streams:
    """Every stream of this process. It reads the numbered outbox, so that what commits late is not skipped."""

    def __init__(self, contracts: Contracts, store: SqlStore, clock: Clock) -> None:
        self._contracts = contracts
        self._envelopes = Envelopes(contracts)
        self._store = store
        self._clock = clock
        self._news = asyncio.Event()
        self._draining = False

    @property
    def beside(self) -> dict[str, Callable[[Principal, Scope, Receive, Send], Awaitable[None]]]:
        """By path, as the kernel takes them; compression leaves text/event-stream alone."""
        return {f"{base}/events": _Stream(self, contract) for contract in self._contracts for base in contract.bases}

    def wake(self) -> None:
        """Events were numbered."""
        self._news.set()
        self._news = asyncio.Event()

    def drain(self) -> None:
        """Ask every reader to come back in a moment: this process is ending."""
        self._draining = True
        self.wake()

    async def follow(
        self, contract: Contract, principal: Principal, query: str, last: int | None
    ) -> AsyncIterator[str]:
        """The stream's text, from behind `last` for as long as somebody reads."""
        ear = Ear(contract.api, contract.version, query, principal.customers)
        position, gap = await self._start(last)
        yield f": events of {contract.api} {contract.version}\n\n"
        if gap:
            yield f"id: {position}\nevent: resync\ndata: {{}}\n\n"
        silent_since = self._clock.monotonic()
        while not self._draining:
            news = self._news
            events = await outbox.after(self._store.database, position, _AT_ONCE)
            for number, event in events:
                position = number
                if self._envelopes.hears(event, ear):
                    told = self._envelopes.render(event, ear)
                    yield f"id: {number}\nevent: {told['eventType']}\ndata: {to_json(told)}\n\n"
                    silent_since = self._clock.monotonic()
            if self._clock.monotonic() - silent_since >= HEARTBEAT_S:
                yield ": heartbeat\n\n"
                silent_since = self._clock.monotonic()
            if len(events) < _AT_ONCE:
                await self._pause(news)
        yield f"retry: {_RETRY_MS}\n\n"

    async def _start(self, last: int | None) -> tuple[int, bool]:
        """Where to begin, and whether something in between can no longer be told."""
        newest, swept = await outbox.last_number(self._store.database), await outbox.swept(self._store.database)
        if last is None:
            return newest, False
        if last > newest:
            return newest, True
        return max(last, swept), last < swept

    async def _pause(self, news: asyncio.Event) -> None:
        """Until events are numbered here, or by another process."""
        waits = [asyncio.ensure_future(news.wait()), asyncio.ensure_future(self._clock.sleep(_POLL_S))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


@dataclass(frozen=True, slots=True)
class _Stream:
    streams: Streams
    contract: Contract

    async def __call__(self, principal: Principal, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            raise Refused(
                HTTPStatus.METHOD_NOT_ALLOWED, "request.method", "not a method of this path", headers={"Allow": "GET"}
            )
        query, last = _asked(scope)
        check_interest(read_interest(query), self.contract)
        leaving = asyncio.create_task(_gone(receive))
        telling = asyncio.create_task(self._tell(self.streams.follow(self.contract, principal, query, last), send))
        try:
            await asyncio.wait({leaving, telling}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (leaving, telling):
                task.cancel()
            results = await asyncio.gather(leaving, telling, return_exceptions=True)
        if isinstance(results[1], Exception):
            raise results[1]

    async def _tell(self, texts: AsyncIterator[str], send: Send) -> None:
        await send({"type": "http.response.start", "status": HTTPStatus.OK.value, "headers": _HEADERS})
        async for text in texts:
            try:
                async with asyncio.timeout(_SLOW_S):
                    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            except TimeoutError:
                return
        await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _asked(scope: Scope) -> tuple[str, int | None]:
    """The query without what says where to go on; a browser's header is younger than the address it came with."""
    parts = [part for part in scope["query_string"].split(b"&") if part]
    query = b"&".join(part for part in parts if not part.startswith(f"{_LAST}=".encode()))
    written = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get(_LAST)
    last = read_headers(scope).get("last-event-id", written)
    if last is not None and not (last.isascii() and last.isdigit() and len(last) <= _DIGITS):
        raise malformed("events.last", "the id of the last event is a number that this stream has given")
    try:
        return query.decode("ascii"), None if last is None else int(last)
    except UnicodeDecodeError as error:
        raise malformed("query.characters", "the query is not ASCII") from error
