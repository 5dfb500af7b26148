"""What came back, told apart before anybody parses it: by status, content type and root element."""

import asyncio
import gzip
import tracemalloc
import zlib
from email.utils import format_datetime
from functools import partial

import pytest

from banyan import Garbled, Happened, PortError, Rejected, Unavailable
from banyan.wire import Backend
from banyan.wire.outcome import is_envelope
from tests.clock import START
from tests.wire.serving import ENVELOPE, LOGIN, SOAP, answering, ask, http, post, request, server, wire

WSS_FAULT = (
    f"<s:Envelope xmlns:s='{SOAP}'><s:Body><s:Fault><faultcode xmlns:w='urn:w'>w:FailedAuthentication</faultcode>"
    "<faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>"
).encode()
XHTML = b"<?xml version='1.0'?><!-- Envelope --><html xmlns='http://www.w3.org/1999/xhtml'><body>Envelope</body></html>"
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ntransfer-encoding: chunked\r\n\r\n"
ROWS: dict[str, tuple[bytes, type[PortError], Happened]] = {
    "401 with a WSS fault": (http(401, WSS_FAULT), Rejected, Happened.NO),
    "a vendor's busy": (http(529, b"try later"), Unavailable, Happened.NO),
    "503 with a page": (http(503, LOGIN, kind="text/html"), Unavailable, Happened.UNKNOWN),
    "503 with an envelope": (http(503, ENVELOPE), Unavailable, Happened.UNKNOWN),
    "XHTML called XML": (http(200, XHTML), Garbled, Happened.UNKNOWN),
    "XHTML called XML, 500": (http(500, XHTML), Garbled, Happened.UNKNOWN),
    "another root": (http(200, b"<reply>1</reply>"), Garbled, Happened.UNKNOWN),
    "a root that is called nearly so": (http(200, b"<EnvelopeX/>"), Garbled, Happened.UNKNOWN),
    "a document type": (http(200, b"<!DOCTYPE x>" + ENVELOPE), Garbled, Happened.UNKNOWN),
    "JSON": (http(200, b'{"error": "no"}', kind="application/json"), Garbled, Happened.UNKNOWN),
    "202 and nothing": (http(202, b""), Garbled, Happened.UNKNOWN),
    "204": (b"HTTP/1.1 204 No\r\n\r\n", Garbled, Happened.UNKNOWN),
    "308": (http(308, b"", "location: http://127.0.0.1:9/"), Garbled, Happened.UNKNOWN),
    "chunks cut off": (CHUNKED + b"5\r\n<s:En", Garbled, Happened.UNKNOWN),
    "chunks without their end": (CHUNKED + b"5\r\n<s:En\r\n", Garbled, Happened.UNKNOWN),
    "chunks without a size": (CHUNKED + b"many\r\n<s:En\r\n", Garbled, Happened.UNKNOWN),
    "base64 for a charset": (http(200, ENVELOPE, kind="text/xml; charset=base64"), Garbled, Happened.UNKNOWN),
    "a charset that decodes nothing": (
        http(200, ENVELOPE, kind="text/xml; charset=undefined"),
        Garbled,
        Happened.UNKNOWN,
    ),
    "a charset of no characters": (
        http(200, ENVELOPE).replace(b"/xml", b"/xml; charset=\xff"),
        Garbled,
        Happened.UNKNOWN,
    ),
    "a charset with a null": (http(200, ENVELOPE).replace(b"/xml", b"/xml; charset=a\0"), Garbled, Happened.UNKNOWN),
    "a head cut off": (b"HTTP/1.1 200 OK\r\ncontent-type: te", Unavailable, Happened.UNKNOWN),
    "a head without end": (b"HTTP/1.1 200 OK\r\nx: " + b"x" * 100_000, Garbled, Happened.UNKNOWN),
}


@pytest.mark.parametrize("row", ROWS)
async def test_an_answer_that_is_none(row: str) -> None:
    reply, kind, happened = ROWS[row]
    async with server(answering(reply)) as url, wire(refused=frozenset({529})) as made:
        with pytest.raises(PortError) as caught:
            await post(made, url)
    assert (type(caught.value), caught.value.happened) == (kind, happened)
    assert "4917012345" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        (format_datetime(START.replace(minute=1), usegmt=True), 60),
        (format_datetime(START.replace(hour=1), usegmt=True), 0),
        ("soon", None),
        ("-1", None),
        ("9" * 30, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_the_wait_that_is_asked_for_is_passed_on(said: str, seconds: float | None, status: int) -> None:
    async with server(answering(http(status, b"busy", f"retry-after: {said}"))) as url, wire() as made:
        with pytest.raises(Unavailable) as caught:
            await post(made, url)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize("reply", [http(200, b""), http(202, b" \n"), b"HTTP/1.1 204 No\r\n\r\n"])
async def test_a_one_way_operation_is_taken_over_without_a_word(reply: bytes) -> None:
    async with server(answering(reply)) as url, wire() as made:
        assert (await ask(made, url, one_way=True)).body.strip() == b""


@pytest.mark.parametrize("reply", [http(500, b""), http(404, b""), http(200, LOGIN, kind="text/html")])
async def test_a_one_way_operation_is_not_taken_over_by_anything_else(reply: bytes) -> None:
    async with server(answering(reply)) as url, wire() as made:
        with pytest.raises(Garbled):
            await ask(made, url, one_way=True)


async def test_a_redirect_is_not_followed() -> None:
    heard: list[bytes] = []
    async with (
        server(answering(http(200, ENVELOPE), heard=heard)) as there,
        server(answering(http(307, b"", f"location: {there}"))) as url,
        wire() as made,
    ):
        with pytest.raises(Garbled):
            await post(made, url)
    assert heard == []


async def test_a_server_of_http_1_0_ends_its_answer_by_closing() -> None:
    reply = b"HTTP/1.0 200 OK\r\ncontent-type: text/xml\r\n\r\n" + ENVELOPE
    async with server(answering(reply)) as url, wire() as made:
        assert [await post(made, url) for _ in range(3)] == [ENVELOPE] * 3


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (ENVELOPE, True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <html> --><?php x?>" + ENVELOPE, True),
        (ENVELOPE.decode().encode("utf-16"), True),
        (b"<Envelope/>", True),
        (b"<!--s:Envelope --><html/>", False),
        (b"<?xml version='1.0'?><!--:Envelope --><html/>", False),
        (b"<?s:Envelope ?><html/>", False),
        (b"<!--" * 100_000, False),
        (b"<!-- -->" * 50_000 + b"<html/>", False),
        (b"<?x ?>" * 50_000, False),
        (b"", False),
    ],
)
def test_the_root_is_found_in_one_pass(document: bytes, expected: bool) -> None:
    assert is_envelope(document) is expected


packed = partial(gzip.compress, mtime=0)
"""The same bytes at any time: they are the names of tests."""
PACKED = [
    ("gzip", packed(ENVELOPE)),
    ("x-gzip", packed(ENVELOPE[:20]) + packed(ENVELOPE[20:])),
    ("gzip", packed(b"") * 900 + packed(ENVELOPE) + packed(b"") * 900),
    ("deflate", zlib.compress(ENVELOPE)),
    ("deflate", zlib.compress(ENVELOPE)[2:-4]),
    ("identity", ENVELOPE),
]


@pytest.mark.parametrize(("coding", "body"), PACKED)
async def test_a_packed_answer_is_unpacked(coding: str, body: bytes) -> None:
    heard: list[bytes] = []
    reply = http(200, body, f"content-encoding: {coding}")
    async with server(answering(reply, heard=heard)) as url, wire() as made:
        assert await post(made, url) == ENVELOPE
    assert b"accept-encoding: gzip" in heard[0].lower()


async def test_a_system_that_packs_badly_is_asked_not_to() -> None:
    heard: list[bytes] = []
    async with server(answering(http(200, ENVELOPE), heard=heard)) as url, wire(backend=Backend(gzip=False)) as made:
        await post(made, url)
    assert b"accept-encoding: identity" in heard[0].lower()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", packed(ENVELOPE)[:-9]),
        ("gzip", ENVELOPE),
        ("gzip", packed(ENVELOPE) + b"more"),
        ("br", ENVELOPE),
        ("gzip, gzip", packed(packed(ENVELOPE))),
    ],
)
async def test_what_cannot_be_unpacked_is_garbled(coding: str, body: bytes) -> None:
    async with server(answering(http(200, body, f"content-encoding: {coding}"))) as url, wire() as made:
        with pytest.raises(Garbled):
            await post(made, url)


@pytest.mark.parametrize("parts", [1, 100])
async def test_a_gzip_bomb_is_garbled_and_never_unpacked(parts: int) -> None:
    """50 MB in 50 kB: the limit counts what came out, and no more than the limit is ever held."""
    bomb = gzip.compress(bytes(50_000_000 // parts)) * parts
    limit = 1_000_000
    behaviour = answering(http(200, bomb, "content-encoding: gzip"))
    async with server(behaviour) as url, wire(backend=Backend(reply_bytes=limit)) as made:
        tracemalloc.start()
        try:
            with pytest.raises(Garbled):
                await post(made, url)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 10 * limit


@pytest.mark.parametrize("chunked", [True, False])
async def test_an_answer_above_the_limit_is_not_read_to_its_end(chunked: bool) -> None:
    wrote = 0

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal wrote
        await request(reader)
        writer.write(CHUNKED if chunked else b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        piece = b"x" * 10_000
        for _ in range(100_000):
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            await writer.drain()
            wrote += len(piece)

    async with server(pour) as url, wire(backend=Backend(reply_bytes=50_000)) as made:
        with pytest.raises(Garbled, match="50000"):
            await post(made, url)
        await asyncio.sleep(0)
    assert wrote < 100_000_000
