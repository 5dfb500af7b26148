"""Listeners that answer as a test tells them, and a relay that reaches them without a network."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from contracts.call import Principal
from gateway.events import HUB, Ear, Relay, Reply
from gateway.store import Document, Emit, Event, Put, SqlStore
from tests.clock import FakeClock

ALL = Principal(subject="banyan", client="banyan", operator="default")
SILENCE = -1


@dataclass(frozen=True)
class Got:
    url: str
    headers: dict[str, str]
    body: dict[str, Any]
    raw: bytes

    @property
    def resource(self) -> str:
        return str(self.body["resource"])

    @property
    def number(self) -> int:
        return int(self.body["n"])


@dataclass
class World:
    store: SqlStore
    clock: FakeClock
    answers: dict[str, list[int | Reply]] = field(default_factory=dict)
    """Per host, what it answers to the next posts; then 204. SILENCE: never."""
    always: dict[tuple[str, int], int] = field(default_factory=dict)
    """(host, n): what it answers to this event, whenever it comes."""
    got: dict[str, list[Got]] = field(default_factory=dict)
    written: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    def relay(self) -> Relay:
        return Relay(self.store, self.clock, self, self.send, chance=lambda: 0.0)

    def hears(self, event: Event, ear: Ear) -> bool:
        """The edge's own words are tested with the edge: here a query is the type."""
        return ear.may_hear_of(event.owner) and event.kind.startswith(ear.api) and ear.query in event.type

    def render(self, event: Event, ear: Ear) -> dict[str, Any]:
        told = {"resource": event.resource_id, "n": event.body["n"], "version": ear.version}
        return {"eventType": event.type, **told}

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        host = urlsplit(url).netloc
        got = Got(url, headers, json.loads(body), body)
        self.got.setdefault(host, []).append(got)
        async with self.arrived:
            self.arrived.notify_all()
        answers = self.answers.get(host, [])
        reply = answers.pop(0) if answers else self.always.get((host, got.number), 204)
        if reply == SILENCE:
            await asyncio.Event().wait()
        return reply if isinstance(reply, Reply) else Reply(reply)

    async def listen(self, host: str, query: str = "", callback: str = "", **hub: Any) -> Document:
        body = {"id": host, "callback": callback or f"http://{host}/events", "query": query, "client": "app"}
        document = Document(HUB, host, {**body, "api": "TMF622", "version": "v4", **hub})
        await self.store.commit(Put(document))
        return document

    async def tell(self, resource: str, n: int, type: str = "ProductOrderStateChangeEvent", **event: Any) -> None:
        self.written += 1
        id = f"event-{self.written}"
        told = Event(id, type, "TMF622/productOrder", resource, {"n": n}, self.clock.now(), **event)
        await self.store.commit(Emit(told))

    async def turn(self, relay: Relay) -> None:
        """One turn, until every delivery that it started has ended."""
        async with asyncio.TaskGroup() as group:
            await relay.turn(group)

    async def turns(self, relay: Relay, count: int = 10) -> None:
        for _ in range(count):
            await self.turn(relay)

    async def hub(self, host: str) -> Document:
        document = await self.store.get(ALL, HUB, host)
        assert document is not None
        return document

    def heard(self, host: str) -> list[tuple[str, int]]:
        return [(got.resource, got.number) for got in self.got.get(host, [])]

    async def heard_count(self, host: str, count: int) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self.heard(host)) >= count)

    @asynccontextmanager
    async def running(self, relay: Relay) -> AsyncIterator[None]:
        task = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
