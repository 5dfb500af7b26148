"""Clients who misbehave: what they have asked for is still answered as it should be, and nothing of them stays."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from gateway import connection
from gateway.connection import Connection
from tests.wire.edge import ASK, answering, served

ONE = ASK % (b"GET", b"")
LENGTH = (b"content-length", b"8")
GARBAGE, BEGUN, LARGE = b"no HTTP\r\n\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nX: "
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAE\r\nUpgrade: h2c\r\n"
BODIES = [(b"Content-Length: 4\r\n", b"abcd"), (b"Transfer-Encoding: chunked\r\n", b"4\r\nabcd\r\n0\r\n\r\n")]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await answering(200, [(b"content-length", b"%d" % len(body))], body)(scope, receive, send)


@pytest.mark.parametrize("behind", [GARBAGE, ONE + GARBAGE, BEGUN, LARGE])
@pytest.mark.parametrize("begun", [True, False])
async def test_what_comes_behind_a_request_is_not_its_answer(
    behind: bytes, begun: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request is carried out: who reads a refusal in place of its answer believes that it was not."""
    monkeypatch.setattr(connection, "HEAD", 1000)
    asked, refused = asyncio.Event(), asyncio.Event()
    refuse = Connection._refuse

    def noted(self: Connection, *what: Any) -> None:
        refuse(self, *what)
        refused.set()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        start = {"type": "http.response.start", "status": 200, "headers": [LENGTH]}
        if begun:
            await send(start)
            await send({"type": "http.response.body", "body": b"abcd", "more_body": True})
        asked.set()
        await refused.wait()
        if not begun:
            await send(start)
            await send({"type": "http.response.body", "body": b"abcd", "more_body": True})
        await send({"type": "http.response.body", "body": b"efgh"})

    monkeypatch.setattr(Connection, "_refuse", noted)
    async with served(app) as (reader, writer):
        writer.write(ONE)
        await asked.wait()
        monkeypatch.setattr(Connection, "head_s", 0.01)
        writer.write(behind)
        if behind == LARGE:
            await asyncio.sleep(0.001)
            writer.write(b"x" * 1001)
        told = await reader.read()
    assert told.startswith(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n")
    assert told.endswith(b"\r\n\r\nabcdefgh")
    assert told.count(b"HTTP/1.1") == 1


async def test_a_head_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD", 1000)
    async with served(echo) as (reader, writer):
        writer.write(LARGE)
        await asyncio.sleep(0.01)
        writer.write(b"x" * 1001)
        told = await reader.read()
    assert told.startswith(b"HTTP/1.1 431 ")
    assert b"request.size" in told


@pytest.mark.parametrize(("announced", "body"), BODIES)
@pytest.mark.parametrize("piece", [1, 100, 10_000])
async def test_a_wish_to_upgrade_costs_no_body(announced: bytes, body: bytes, piece: int) -> None:
    """Java's client has it by default; and a body that is taken for a request is one that others smuggled in."""
    request = ASK % (b"POST", H2C + announced) + body
    async with served(echo) as (reader, writer):
        sent = request * 3 + ONE
        for at in range(0, len(sent), piece):
            writer.write(sent[at : at + piece])
            await asyncio.sleep(0)
        for expected in (b"abcd", b"abcd", b"abcd", b""):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(len(expected)) == expected


async def test_any_number_of_wishes_to_upgrade_is_passed_over() -> None:
    async with served(answering(204, [])) as (reader, writer):
        writer.write((ASK % (b"GET", H2C)) * 1500)
        for _ in range(1500):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204 ")


async def test_who_leaves_with_requests_behind_his_first_is_missed() -> None:
    left = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()
        await send({"type": "http.response.body", "body": b"to nobody"})

    async with served(app) as (reader, writer):
        writer.write(ONE * 3)
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await left.wait()


@pytest.mark.parametrize("what", [b"\r\n", b"x"])
async def test_who_says_nothing_to_the_point_is_hung_up_on(what: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty lines between two requests, or the rest of a body that was answered already: no timer else would run."""
    monkeypatch.setattr(Connection, "head_s", 0.05)
    async with served(answering(200, [LENGTH], b"abcdefgh")) as (reader, writer):
        writer.write(ONE if what == b"\r\n" else ASK % (b"POST", b"Content-Length: 1000000\r\n"))
        assert (await reader.readuntil(b"abcdefgh")).startswith(b"HTTP/1.1 200 ")
        while not reader.at_eof() and reader.exception() is None:  # a reset is an end, too
            writer.write(what)
            await asyncio.sleep(0.005)
        assert reader.exception() is not None or not await reader.read()


@pytest.mark.parametrize("asked", [ONE, ASK % (b"GET", b"Connection: close\r\n"), ONE + GARBAGE])
async def test_who_takes_nothing_of_his_answer_is_hung_up_on(asked: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "unread_s", 0.05)
    ended = asyncio.Event()
    lost = Connection.connection_lost

    def noted(self: Connection, why: Exception | None) -> None:
        lost(self, why)
        ended.set()

    monkeypatch.setattr(Connection, "connection_lost", noted)
    large = b"x" * 30_000_000
    async with served(answering(200, [(b"content-length", b"%d" % len(large))], large)) as (_, writer):
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's has it
        writer.write(asked)
        await ended.wait()


async def test_who_reads_slowly_gets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "unread_s", 1.0)
    large = b"x" * 8_000_000
    async with served(answering(200, [(b"content-length", b"%d" % len(large))], large)) as (reader, writer):
        writer.write(ONE)
        await reader.readuntil(b"\r\n\r\n")
        got = 0
        while got < len(large):
            got += len(await reader.read(65_536))
            await asyncio.sleep(0.001)
    assert got == len(large)


async def test_who_rests_for_long_is_hung_up_on_and_nobody_else() -> None:
    """The timer of the first rest rings while another answer is on its way, and behind one that came with it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await asyncio.sleep(0.2)
        await answering(200, [LENGTH], b"abcdefgh")(scope, receive, send)

    async with served(app, timeout_keep_alive=0.15) as (reader, writer):
        for paths in ([b"/"], [b"/slow"], [b"/", b"/slow"]):
            writer.write(b"".join(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in paths))
            for _ in paths:
                assert (await reader.readuntil(b"abcdefgh")).startswith(b"HTTP/1.1 200 ")
        assert await reader.read() == b""


async def test_a_timer_set_for_an_earlier_rest_does_not_end_a_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    complete = Connection.on_response_complete

    def early(self: Connection) -> None:
        complete(self)
        assert self.timeout_keep_alive_task is not None
        self.timeout_keep_alive_task.cancel()
        self.timeout_keep_alive_handler()

    monkeypatch.setattr(Connection, "on_response_complete", early)
    async with served(answering(200, [LENGTH], b"abcdefgh"), timeout_keep_alive=0.1) as (reader, writer):
        for _ in range(2):
            writer.write(ONE)
            assert (await reader.readuntil(b"abcdefgh")).startswith(b"HTTP/1.1 200 ")
        assert await reader.read() == b""


async def test_nothing_of_a_connection_outlives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Connection]] = []
    monkeypatch.setattr(Connection, "connection_made", _noting(made, Connection.connection_made))
    async with served(answering(200, [LENGTH], b"abcdefgh"), timeout_keep_alive=60) as (reader, writer):
        writer.write(ONE)
        await reader.readuntil(b"abcdefgh")
        writer.close()
        while made[0]() is not None:
            await asyncio.sleep(0.001)
            gc.collect()


def _noting(made: list["weakref.ref[Connection]"], begin: Callable[[Connection, Any], None]) -> Callable[..., None]:
    def connection_made(self: Connection, transport: Any) -> None:
        made.append(weakref.ref(self))
        begin(self, transport)

    return connection_made


async def test_half_a_head_behind_a_request_is_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "head_s", 0.05)
    async with served(answering(204, []), timeout_keep_alive=0.01) as (reader, writer):
        writer.write(ONE + b"GET / HTTP/1.1\r\nHo")
        assert b"HTTP/1.1 408" in await reader.read()
