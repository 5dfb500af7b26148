"""HTTP/1.1 as servers write it: where a reply ends, what belongs to it, and what ends its connection."""

import asyncio
import socket
import struct

import pytest

from banyan import Garbled, Happened, PortError, TimedOut, Unavailable
from banyan.wire import connection
from tests.loops import Counting
from tests.wire.serving import ENVELOPE, answering, call, http, interrupted, post, request, server, wire

OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
LENGTH = b"content-length: %d\r\n" % len(ENVELOPE)
CONTINUE = b"HTTP/1.1 100 Continue\r\nx: 1\r\n\r\n"
CHUNKS = b"%x;why=not\r\n%s\r\n%x\r\n%s\r\n" % (20, ENVELOPE[:20], len(ENVELOPE) - 20, ENVELOPE[20:])


@pytest.mark.parametrize(
    "reply",
    [
        CONTINUE + b"HTTP/1.1 103 Hints\r\ncontent-type: text/html\r\n\r\n" + http(200, ENVELOPE),
        CHUNKED + CHUNKS + b"0\r\n\r\n",
        CHUNKED + CHUNKS + b"0\r\ncontent-type: text/html\r\ncontent-encoding: br\r\n\r\n",
        OK + LENGTH + b"content-type: text/html\r\n\r\n" + ENVELOPE,
        OK + LENGTH.upper() + b"\r\n" + ENVELOPE,
        b"HTTP/1.1 200\r\ncontent-type:text/xml \r\n" + LENGTH + b"\r\n" + ENVELOPE,
        OK.replace(b"\r\n", b"\n") + LENGTH + b"\n" + ENVELOPE,
    ],
)
@pytest.mark.parametrize("piece", [1, 10_000])
async def test_a_reply_however_it_is_written_and_cut_into_pieces_keeps_its_connection(reply: bytes, piece: int) -> None:
    asked = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        for _ in range(2):
            await request(reader)
            asked += 1
            for at in range(0, len(reply), piece):
                writer.write(reply[at : at + piece])
                await asyncio.sleep(0)

    async with server(behave) as url, wire() as made:
        assert [await post(made, url), await post(made, url)] == [ENVELOPE] * 2
    assert asked == 2


@pytest.mark.parametrize(
    "reply",
    [
        http(200, ENVELOPE, "connection: close"),
        http(200, ENVELOPE).replace(b"HTTP/1.1", b"HTTP/1.0"),
        http(200, ENVELOPE) + b"more",
        OK + b"\r\n" + ENVELOPE,
    ],
)
async def test_a_reply_behind_which_nothing_may_come_ends_its_connection(reply: bytes) -> None:
    several = answering(reply) if b"content-length" not in reply else answering(reply, http(200, b"<stale/>"))
    async with server(several) as url, wire() as made:
        assert [await post(made, url), await post(made, url)] == [ENVELOPE] * 2


@pytest.mark.parametrize(
    "reply",
    [
        OK + LENGTH + LENGTH.replace(b": ", b": 1") + b"\r\n" + ENVELOPE,
        OK + LENGTH + b"transfer-encoding: chunked\r\n\r\n" + CHUNKS + b"0\r\n\r\n",
        OK + b"content-length: -1\r\n\r\n" + ENVELOPE,
        b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n" + ENVELOPE,
        CONTINUE * 10_000 + http(200, ENVELOPE),
        CHUNKED + CHUNKS + b"0\r\nx: " + b"x" * 100_000,
        CHUNKED + CHUNKS + b"0\r\n",
        OK + b"transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNKS,
    ],
)
async def test_a_reply_of_two_minds_or_without_end_is_garbled(reply: bytes) -> None:
    async with server(answering(reply)) as url, wire() as made:
        with pytest.raises(Garbled) as caught:
            await post(made, url)
    assert caught.value.happened is Happened.UNKNOWN


async def test_a_reply_that_a_reset_cut_short_is_not_taken_for_one_that_ends_with_its_connection() -> None:
    heard: list[bytes] = []

    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await request(reader))
        writer.write(OK + b"\r\n" + ENVELOPE)
        await asyncio.sleep(0.02)
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    async with server(reset) as url, wire() as made:
        with pytest.raises(PortError) as caught:
            await post(made, url)
    assert (caught.value.happened, len(heard)) == (Happened.UNKNOWN, 1)


@pytest.mark.parametrize("value", ["a\r\nx: b", "a\nb", "a\r", "\n"])
async def test_a_header_never_becomes_two(value: str) -> None:
    heard: list[bytes] = []
    async with server(answering(http(200, ENVELOPE), heard=heard)) as url, wire() as made:
        with pytest.raises(Unavailable) as caught:
            await made.post(call(), url, b"<x/>", {"content-type": "text/xml", "x-name": value}, "Ask")
    assert (caught.value.happened, heard) == (Happened.NO, [])


async def test_an_answer_before_its_question_was_heard_out_ends_the_connection() -> None:
    """What is left of the request would be read as the start of the next one."""
    assert await interrupted() == [ENVELOPE] * 2


async def test_an_address_may_carry_who_we_are_and_what_it_asks() -> None:
    heard: list[bytes] = []
    async with server(answering(http(200, ENVELOPE), heard=heard)) as url, wire() as made:
        await post(made, url.replace("127.0.0.1", "anna:s3cret%40@localhost") + "a b?c=d#e")
    lines = heard[0].split(b"\r\n")
    assert lines[0] == b"POST /a%20b?c=d HTTP/1.1"
    assert lines[1] == b"Host: localhost:" + url.rpartition(":")[2].strip("/").encode()
    assert b"authorization: basic yw5uytpzm2nyzxra" in [line.lower() for line in lines]


async def test_who_we_are_is_said_once_and_by_the_configuration() -> None:
    heard: list[bytes] = []
    async with (
        server(answering(http(200, ENVELOPE), heard=heard)) as url,
        wire(basic=("bert", "s3cret")) as made,
    ):
        await post(made, url.replace("127.0.0.1", "anna:other@127.0.0.1"))
    said = [line for line in heard[0].split(b"\r\n") if line.lower().startswith(b"authorization")]
    assert said == [b"authorization: Basic YmVydDpzM2NyZXQ="]


async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request(reader)
    writer.write(http(200, ENVELOPE))
    assert await reader.read() == b""


async def test_what_is_idle_for_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IDLE_S", 0.01)
    ended = asyncio.Event()

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone(reader, writer)
        ended.set()

    async with server(noting) as url, wire() as made:
        assert await post(made, url) == ENVELOPE
        await asyncio.wait_for(ended.wait(), 5)
        assert await post(made, url) == ENVELOPE


async def test_a_call_longer_than_idleness_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IDLE_S", 0.01)

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        await asyncio.sleep(0.05)
        writer.write(http(200, ENVELOPE))
        await writer.drain()

    async with server(slow) as url, wire() as made:
        assert await post(made, url) == ENVELOPE


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def test_a_call_that_gets_no_answer_sets_few_timers() -> None:
    async def late() -> None:
        async with server(never) as url, wire(timeout_s=0.02) as made:
            for _ in range(10):
                with pytest.raises(TimedOut):
                    await post(made, url)

    with asyncio.Runner(loop_factory=Counting) as runner:
        runner.run(late())
        assert runner.get_loop().timers < 40  # type: ignore[attr-defined]  # a Counting has it


async def test_a_closed_wire_keeps_no_connection_and_makes_none() -> None:
    ended = asyncio.Event()

    async def noting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone(reader, writer)
        ended.set()

    async with server(noting) as url, wire() as made:
        await post(made, url)
        await made.aclose()
        await asyncio.wait_for(ended.wait(), 5)
        with pytest.raises(Unavailable) as caught:
            await post(made, url)
    assert caught.value.happened is Happened.NO
