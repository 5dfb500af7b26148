"""Connections kept between two calls: what is proved never to have been sent is sent; nothing stale is ever read."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from banyan import Garbled, Happened, Unavailable
from banyan.wire import Backend
from tests.wire.serving import ENVELOPE, answering, call, http, post, request, server, wire

SECOND = ENVELOPE.replace(b"<s:Body/>", b"<s:Body><second/></s:Body>")


async def until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - what is waited for lies in the sockets
        await asyncio.sleep(0.005)


async def test_nagle_is_off_and_the_connection_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    ours: list[socket.socket] = []
    create = loop.create_connection

    async def noting(*args: Any, **more: Any) -> Any:
        transport, protocol = await create(*args, **more)
        ours.append(transport.get_extra_info("socket"))
        return transport, protocol

    monkeypatch.setattr(loop, "create_connection", noting)
    async with server(answering(http(200, ENVELOPE), http(200, SECOND))) as url, wire() as made:
        assert [await post(made, url), await post(made, url)] == [ENVELOPE, SECOND]
        assert [s.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for s in ours] == [1]


async def test_a_server_that_idle_connections_starve_gets_a_new_one_for_each_call() -> None:
    heard: list[bytes] = []
    several = answering(http(200, ENVELOPE), http(200, ENVELOPE), heard=heard)
    async with server(several) as url, wire(backend=Backend(keep_alive=False)) as made:
        for _ in range(2):
            await post(made, url)
    assert all(b"connection: close" in asked.lower() for asked in heard)
    assert len(heard) == 2


async def test_a_connection_closed_between_two_calls_is_no_failure() -> None:
    """The loop is held while the server's end arrives, so that only the socket knows of it when the call begins."""
    ends: list[asyncio.StreamWriter] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(http(200, ENVELOPE))
        await writer.drain()
        ends.append(writer)
        await reader.read()

    async with server(once) as url, wire() as made:
        await post(made, url)
        for _ in range(3):
            _end(ends[-1])
            assert await post(made, url) == ENVELOPE
    assert len(ends) == 4


def _end(writer: asyncio.StreamWriter) -> None:
    """Close the server's end at once, without a turn of the loop."""
    with socket.socket(fileno=socket.dup(writer.get_extra_info("socket").fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "unasked",
    [http(408, b"idle too long"), http(200, SECOND), http(200, SECOND) + http(200, SECOND)],
)
@pytest.mark.parametrize("read", [True, False])
async def test_what_an_idle_connection_says_is_nobodys_answer(unasked: bytes, read: bool) -> None:
    """Whether or not the loop has read it before the next call begins."""
    ends: list[asyncio.StreamWriter] = []

    async def chatty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(writer)
        while True:
            await request(reader)
            writer.write(http(200, ENVELOPE))
            await writer.drain()

    async with server(chatty) as url, wire() as made:
        await post(made, url)
        ends[0].write(unasked)
        if read:
            await asyncio.sleep(0.02)
        assert await post(made, url) == ENVELOPE
    assert len(ends) == 2


async def test_the_rest_of_one_answer_is_never_the_next_one() -> None:
    """A Content-Length too small: what lies behind it looks like an answer."""
    split = http(200, ENVELOPE) + http(200, SECOND)
    async with server(answering(split, http(200, SECOND))) as url, wire() as made:
        assert [await post(made, url) for _ in range(3)] == [ENVELOPE] * 3


async def test_a_connection_that_breaks_under_a_request_is_in_doubt() -> None:
    """The kept connection ends once the request arrived: nobody can prove that nothing was done."""
    heard: list[bytes] = []

    async def second_breaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await request(reader))
        writer.write(http(200, ENVELOPE))
        await writer.drain()
        heard.append(await request(reader))

    async with server(second_breaks) as url, wire() as made:
        await post(made, url)
        with pytest.raises(Unavailable) as caught:
            await post(made, url)
    assert (caught.value.happened, len(heard)) == (Happened.UNKNOWN, 2)


async def test_a_call_given_up_takes_its_connection_with_it() -> None:
    """The late answer to the first call must not be read as the second's."""
    calls = 0
    go = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        while True:
            await request(reader)
            calls += 1
            if calls == 1:
                await go.wait()
            writer.write(http(200, ENVELOPE if calls == 1 else SECOND))
            await writer.drain()

    async with server(late) as url, wire(concurrency=1) as made:
        first = asyncio.create_task(post(made, url))
        await until(lambda: calls == 1)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        calls += 1
        go.set()
        assert await post(made, url) == SECOND


async def test_twenty_calls_at_once_never_mix() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = await request(reader)
            await asyncio.sleep(0.001)
            name = asked.partition(b"x-name: ")[2].partition(b"\r\n")[0]
            writer.write(http(200, b"<Envelope><" + name + b"/></Envelope>"))
            await writer.drain()

    async with server(echo) as url, wire(concurrency=8) as made:

        async def one(name: str) -> bytes:
            headers = {"content-type": "text/xml", "x-name": name}
            return (await made.post(call(), url, b"<x/>", headers, "Ask")).body

        names = [f"n{number}" for number in range(20)]
        answers = await asyncio.gather(*map(one, names))
    assert answers == [f"<Envelope><{name}/></Envelope>".encode() for name in names]


async def test_a_garbled_answer_does_not_spoil_the_next_call() -> None:
    async with server(answering(http(200, b"no", kind="text/html"), http(200, ENVELOPE))) as url, wire() as made:
        with pytest.raises(Garbled):
            await post(made, url)
        assert await post(made, url) == ENVELOPE
