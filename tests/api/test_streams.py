"""Server-Sent Events: what is told live, from where a reader left off, and how it ends."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.api.tmf630.listening import streams
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.api.tmf630.listening.streams import Streams
from gateway.events import Relay, Reply
from gateway.store import Emit, Event, SqlStore, deliveries
from tests.clock import FakeClock
from tests.edge import Build, speaking_to

CATALOG = "/tmf-api/productCatalogManagement/v4"


@dataclass
class Reader:
    """What a client of a stream sees."""

    messages: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    text: str = ""

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.messages.put(message)

    async def until(self, what: str) -> str:
        """Everything up to and with this."""
        async with asyncio.timeout(20):
            while what not in self.text:
                message = await self.messages.get()
                self.text += message.get("body", b"").decode()
        head, _, self.text = self.text.partition(what)
        return head + what


@dataclass
class Live:
    kernel: Kernel
    streams: Streams
    relay: Relay
    http: httpx.AsyncClient

    async def make(self, name: str) -> None:
        answer = await self.http.post(f"{CATALOG}/productOffering", json={"name": name})
        assert answer.status_code == 201
        async with asyncio.TaskGroup() as group:
            await self.relay.turn(group)

    @asynccontextmanager
    async def reading(self, query: str = "", **headers: str) -> AsyncIterator[Reader]:
        reader = Reader()
        sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": f"{CATALOG}/events", "query_string": query.encode()}
        task = asyncio.create_task(self.kernel({**scope, "headers": sent}, reader.receive, reader.send))
        start = await reader.messages.get()
        assert start["status"] == 200
        assert (b"content-type", b"text/event-stream") in start["headers"]
        try:
            yield reader
        finally:
            reader.left.set()
            async with asyncio.timeout(30):
                await task


@pytest.fixture
async def live(build: Build, contracts: Contracts, store: SqlStore, clock: FakeClock) -> AsyncIterator[Live]:
    async def send(url: str, headers: dict[str, str], body: bytes) -> Reply:
        raise AssertionError

    live = Streams(contracts, store, clock)
    relay = Relay(store, clock, Envelopes(contracts), send)
    relay.on_number(live.wake)
    kernel = build(beside=live.beside)
    async with speaking_to(kernel) as client:
        yield Live(kernel, live, relay, client)


def told(text: str) -> list[tuple[int, str, str]]:
    """(number, type, name) of each event in a piece of a stream."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            shown = json.loads(lines["data"]).get("event", {}).get("productOffering", {})
            found.append((int(lines["id"]), lines["event"], shown.get("name", "")))
    return found


async def test_events_come_as_they_happen_and_go_on_where_a_reader_stopped(live: Live) -> None:
    async with live.reading("eventType=ProductOfferingCreateEvent") as reader:
        await reader.until("\n\n")
        await live.make("a")
        await live.make("b")
        assert told(await reader.until('"b"') + await reader.until("\n\n")) == [
            (1, "ProductOfferingCreateEvent", "a"),
            (2, "ProductOfferingCreateEvent", "b"),
        ]
    await live.make("c")
    for query, headers in (("", {"last_event_id": "1"}), ("lastEventId=1", {}), ("name=b,c&lastEventId=0", {})):
        async with live.reading(query, **headers) as reader:
            seen = await reader.until('"c"') + await reader.until("\n\n")
            assert [number for number, _, _ in told(seen)] == [2, 3]


async def test_a_query_chooses_here_too(live: Live) -> None:
    await live.make("a")
    await live.make("b")
    async with live.reading("event.productOffering.name=b&lastEventId=0") as reader:
        assert [name for _, _, name in told(await reader.until('"b"') + await reader.until("\n\n"))] == ["b"]


async def test_silence_is_filled_with_heartbeats(live: Live, clock: FakeClock) -> None:
    async with live.reading() as reader:
        begun = clock.monotonic()
        for _ in range(3):
            await reader.until(": heartbeat\n\n")
        assert clock.monotonic() - begun >= 2 * 15


async def test_what_is_kept_no_longer_is_said_to_be_missing(live: Live, store: SqlStore, clock: FakeClock) -> None:
    for name in "abc":
        await live.make(name)
    clock.advance(timedelta(days=8).total_seconds())
    await deliveries.sweep(store, clock.now() - timedelta(days=7))
    await live.make("d")
    async with live.reading(last_event_id="1") as reader:
        seen = told(await reader.until('"d"') + await reader.until("\n\n"))
    assert [(number, type) for number, type, _ in seen] == [(3, "resync"), (4, "ProductOfferingCreateEvent")]
    async with live.reading(last_event_id="3") as reader:
        assert [number for number, _, _ in told(await reader.until('"d"') + await reader.until("\n\n"))] == [4]
    async with live.reading(last_event_id="900") as reader:
        assert "event: resync\n" in await reader.until("data: {}\n\n")


async def test_a_gateway_that_stops_asks_its_readers_to_come_back(live: Live) -> None:
    async with live.reading() as reader:
        await reader.until("\n\n")
        live.streams.drain()
        await reader.until("retry: 2000\n\n")
        assert (await asyncio.wait_for(reader.messages.get(), 30)) == {"type": "http.response.body", "body": b""}


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("nonsense=1", {}, 400),
        ("lastEventId=x", {}, 400),
        ("", {"Last-Event-ID": "-1"}, 400),
        ("filter=$[?(", {}, 400),
    ],
)
async def test_what_cannot_be_followed(live: Live, query: str, headers: dict[str, str], status: int) -> None:
    answer = await live.http.get(f"{CATALOG}/events?{query}", headers=headers)
    assert (answer.status_code, answer.json()["@type"]) == (status, "Error")
    assert (await live.http.post(f"{CATALOG}/events")).status_code == 405


async def test_a_socket_that_nobody_reads_is_cut(
    live: Live, store: SqlStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_SLOW_S", 0.05)
    ended = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await live.kernel(scope, receive, send)
        finally:
            ended.set()

    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_config=None))
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve([listening]))
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.connect(listening.getsockname())
    reader, writer = await asyncio.open_connection(sock=line)
    writer.write(f"GET {CATALOG}/events HTTP/1.1\r\nHost: gateway\r\n\r\n".encode())
    await reader.readuntil(b"events of")
    long = {"name": "x" * 1_000_000}
    events = [Event(f"e{n}", "CatalogCreateEvent", "TMF620/productCatalog", "1", long, clock.now()) for n in range(12)]
    await store.commit(*map(Emit, events))
    async with asyncio.TaskGroup() as group:
        await live.relay.turn(group)
    async with asyncio.timeout(30):
        await ended.wait()
    writer.close()
    server.should_exit = True
    await serving
