"""What leaves on a connection: heads, bodies and their ends, byte by byte."""

import asyncio
from typing import Any

import pytest

from gateway.connection import Connection
from tests.wire.edge import ASK, answering, served

LENGTH = (b"Content-Length", b"4")
CLOSE, LAST = b"connection: close\r\n\r\nabcd", b"connection: x, Close\r\n\r\nabcd"
CHUNKS = b"transfer-encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "asked", "status", "headers", "parts", "told"),
    [
        (b"GET", b"", 200, [LENGTH, (b"ETag", b'"1"')], [b"abcd"], b'content-length: 4\r\netag: "1"\r\n\r\nabcd'),
        (b"GET", b"", 200, [LENGTH], [b"ab", b"", b"cd"], b"content-length: 4\r\n\r\nabcd"),
        (b"HEAD", b"", 200, [LENGTH], [b""], b"content-length: 4\r\n\r\n"),
        (b"HEAD", b"", 200, [], [b"abcd"], b"\r\n"),
        (b"GET", b"", 204, [], [], b"\r\n"),
        (b"GET", b"", 304, [(b"ETag", b'"1"')], [], b'etag: "1"\r\n\r\n'),
        (b"GET", b"", 200, [], [b"ab", b"", b"cd"], CHUNKS + b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"),
        (b"GET", b"", 200, [(b"Transfer-Encoding", b"chunked")], [b""], CHUNKS + b"0\r\n\r\n"),
        (b"GET", b"Connection: close\r\n", 200, [LENGTH], [b"abcd"], b"content-length: 4\r\n" + CLOSE),
        (b"GET", b"", 200, [LENGTH, (b"connection", b"x, Close")], [b"abcd"], b"content-length: 4\r\n" + LAST),
    ],
)  # fmt: skip
async def test_an_answer_is_these_bytes(
    method: bytes, asked: bytes, status: int, headers: list[tuple[bytes, bytes]], parts: list[bytes], told: bytes
) -> None:
    async with served(answering(status, headers, *parts)) as (reader, writer):
        kept = b"close" not in told.lower()
        for _ in range(2 if kept else 1):
            writer.write(ASK % (method, asked))
            assert (await reader.readline()).startswith(b"HTTP/1.1 %d " % status)
            assert await reader.readexactly(len(told)) == told
        if not kept:
            assert await reader.read() == b""


@pytest.mark.parametrize("headers", [[], [(b"x-a", b"1")]])
async def test_a_client_who_knows_no_chunks_gets_none(headers: list[tuple[bytes, bytes]]) -> None:
    async with served(answering(200, headers, b"ab", b"", b"cd")) as (reader, writer):
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert (body, b"connection: close" in head, b"transfer-encoding" in head) == (b"abcd", True, False)


async def test_a_stream_is_heard_from_its_head_on() -> None:
    go_on = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"ab"})

    async with served(app) as (reader, writer):
        writer.write(ASK % (b"GET", b""))
        assert (await reader.readuntil(b"\r\n\r\n")).endswith(CHUNKS)
        go_on.set()
        assert await reader.readexactly(12) == b"2\r\nab\r\n0\r\n\r\n"


async def test_pipelined_requests_are_answered_in_their_order() -> None:
    asked: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        body = (await receive())["body"]
        for _ in range(10 - 3 * len(asked)):
            await asyncio.sleep(0)
        await answering(200, [(b"content-length", b"%d" % len(body))], body)(scope, receive, send)

    async with served(app) as (reader, writer):
        requests = [b"POST /%%4%d HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n%d" % (n, n) for n in (1, 2, 3)]
        writer.write(b"".join(requests))
        for number in (b"1", b"2", b"3"):
            await reader.readuntil(b"\r\n\r\n")
            assert await reader.readexactly(1) == number
    assert asked == ["/A", "/B", "/C"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([LENGTH, (b"x-note", b"a\r\nx-evil: 1")], b"abcd"),
        ([LENGTH, (b"x-note", b"a\x00")], b"abcd"),
        ([LENGTH, (b"x note", b"a")], b"abcd"),
        ([LENGTH], b"abc"),
        ([LENGTH], b"abcde"),
    ],
)
async def test_what_is_no_answer_ends_the_connection(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    async with served(answering(200, headers, body)) as (reader, writer):
        writer.write(ASK % (b"GET", b""))
        heard = await reader.read()
        assert b"evil" not in heard
        assert len(heard.partition(b"\r\n\r\n")[2]) < 4


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHo", ASK % (b"GET", b"") + b"GET"])
async def test_a_head_that_does_not_end_is_not_waited_for(begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "head_s", 0.01)
    async with served(answering(204, [])) as (reader, writer):
        writer.write(begun)
        heard = await reader.read()
        assert heard.count(b"HTTP/1.1 204") == begun.count(b"\r\n\r\n")
        assert b"HTTP/1.1 408" in heard
        assert b"request.slow" in heard
