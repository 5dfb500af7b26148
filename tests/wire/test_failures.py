"""The wire against servers that misbehave: each failure says what may have happened."""

import asyncio
import socket
import struct

import pytest

from banyan import Garbled, Happened, PortError, Rejected, TimedOut, Unavailable
from tests.clock import FakeClock
from tests.wire.serving import ENVELOPE, LOGIN, answering, http, post, server, wire

ANSWERS: list[tuple[bytes, type[PortError], Happened]] = [
    (http(503, b"busy", "retry-after: 7"), Unavailable, Happened.NO),
    (http(429, b"busy"), Unavailable, Happened.UNKNOWN),
    (http(502, LOGIN, kind="text/html"), Garbled, Happened.UNKNOWN),
    (http(504, ENVELOPE), Garbled, Happened.UNKNOWN),
    (http(500, LOGIN, kind="text/html"), Garbled, Happened.UNKNOWN),
    (http(500, LOGIN), Garbled, Happened.UNKNOWN),
    (http(401, b"no"), Rejected, Happened.NO),
    (http(403, b"no"), Rejected, Happened.NO),
    (http(200, LOGIN, kind="text/html"), Garbled, Happened.UNKNOWN),
    (http(200, b""), Garbled, Happened.UNKNOWN),
    (http(200, b"  \n"), Garbled, Happened.UNKNOWN),
    (http(302, b"", "location: http://127.0.0.1:9/"), Garbled, Happened.UNKNOWN),
    (http(404, LOGIN, kind="text/html"), Garbled, Happened.UNKNOWN),
    (http(200, b"x" * 10_000_001), Garbled, Happened.UNKNOWN),
    (b"", Unavailable, Happened.UNKNOWN),
    (b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 500\r\n\r\n<half", Garbled, Happened.UNKNOWN),
    (b"\x00\x01\x02 this is no HTTP\r\n\r\n", Garbled, Happened.UNKNOWN),
]


@pytest.mark.parametrize("case", range(len(ANSWERS)))
async def test_an_answer_that_is_none_says_what_may_have_happened(case: int) -> None:
    reply, kind, happened = ANSWERS[case]
    async with server(answering(reply)) as url, wire(FakeClock(), refused=frozenset({503})) as made:
        with pytest.raises(PortError) as caught:
            await post(made, url)
    assert (type(caught.value), caught.value.happened) == (kind, happened)
    assert "4917012345" not in str(caught.value)
    assert caught.value.retry_after == (7 if case == 0 else None)


async def test_a_503_is_doubtful_where_nobody_vouches_for_it() -> None:
    async with server(answering(http(503, b"busy"))) as url, wire(FakeClock()) as made:
        with pytest.raises(Unavailable) as caught:
            await post(made, url)
    assert caught.value.happened is Happened.UNKNOWN


@pytest.mark.parametrize("status", [200, 500])
async def test_an_envelope_goes_on_whatever_its_status(status: int) -> None:
    async with server(answering(http(status, ENVELOPE))) as url, wire(FakeClock()) as made:
        assert await post(made, url) == ENVELOPE


@pytest.mark.parametrize("url", ["http://127.0.0.1:{free}/", "http://nowhere.invalid/", "no url", "ftp://127.0.0.1/"])
async def test_what_cannot_be_reached_did_not_happen(url: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    async with wire(FakeClock()) as made:
        with pytest.raises(Unavailable) as caught:
            await post(made, url.format(free=free))
    assert caught.value.happened is Happened.NO


async def test_a_connection_reset_after_sending_is_in_doubt() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"</end>")
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()

    async with server(reset) as url, wire(FakeClock()) as made:
        with pytest.raises(Unavailable) as caught:
            await post(made, url)
    assert caught.value.happened is Happened.UNKNOWN


async def test_a_dripping_answer_is_cut_off() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"</end>")
        writer.write(http(200, ENVELOPE))
        await reader.readuntil(b"</end>")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 5000\r\n\r\n")
        for _ in range(500):
            writer.write(b"<")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with server(drip) as url, wire(FakeClock()) as made:
        await post(made, url)  # so that connecting takes nothing of the time
        with pytest.raises(TimedOut) as caught:
            await post(made, url, deadline=0.6)
    assert caught.value.happened is Happened.UNKNOWN


async def test_the_deadline_left_is_the_limit() -> None:
    clock = FakeClock()
    async with server(answering(http(200, ENVELOPE))) as url, wire(clock) as made:
        clock.advance(50)
        assert await post(made, url, deadline=51)
        with pytest.raises(TimedOut) as caught:
            await post(made, url, deadline=50)
    assert caught.value.happened is Happened.NO


async def test_a_full_bulkhead_turns_away_before_sending() -> None:
    release = asyncio.Event()
    seen = 0

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        await reader.readuntil(b"</end>")
        seen += 1
        await release.wait()
        writer.write(http(200, ENVELOPE))

    async with server(hold) as url, wire(FakeClock(), concurrency=1, timeout_s=20) as made:
        first = asyncio.create_task(post(made, url))
        while not seen:  # noqa: ASYNC110 - the server's own count is what is waited for
            await asyncio.sleep(0.01)
        with pytest.raises(Unavailable) as caught:
            await post(made, url, deadline=0.3)
        release.set()
        assert await first == ENVELOPE
    assert (caught.value.happened, seen) == (Happened.NO, 1)


async def test_cookies_are_not_kept() -> None:
    heard: list[bytes] = []

    async def bake(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            heard.append(await reader.readuntil(b"</end>"))
            writer.write(http(200, ENVELOPE, "set-cookie: session=anna"))
            await writer.drain()

    async with server(bake) as url, wire(FakeClock()) as made:
        await post(made, url)
        await post(made, url)
    assert len(heard) == 2
    assert all(b"anna" not in request for request in heard)


async def test_credentials_and_trace_travel_as_headers(recorded_spans: object) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"</end>"))
        writer.write(http(200, ENVELOPE))
        await writer.drain()

    async with server(listen) as url, wire(FakeClock(), basic=("anna", "s3cret")) as made:
        await post(made, url)
    [span] = [s for s in recorded_spans.get_finished_spans() if s.name == "POST"][-1:]  # type: ignore[attr-defined]
    assert b"Basic YW5uYTpzM2NyZXQ=" in heard[0]
    assert f"{span.context.trace_id:032x}-{span.context.span_id:016x}".encode() in heard[0]
    assert span.attributes["soap.operation"] == "Ask"
    assert span.attributes["http.response.status_code"] == 200
    assert "s3cret" not in str(span.attributes)
