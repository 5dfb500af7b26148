"""The traps of design/framework-traps.md, by number: what we do at the boundary where a library would not."""

import asyncio
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

import pytest

from banyan import Garbled, Happened, PortError, TimedOut, Unavailable
from banyan.wire import Backend
from gateway.connection import Connection
from tests.served import served
from tests.wire.serving import ENVELOPE, LOGIN, answering, http, post, request, server, wire

CATEGORIES = "/tmf-api/productCatalogManagement/v4/category"
PROJECT = Path(__file__).parents[2] / "pyproject.toml"


class Impatient(Connection):
    head_s = 0.3


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Its port; it waits 0.3 s for a head and for a body."""
    with served(tmp_path_factory.mktemp("traps"), Impatient, limits={"read_s": 0.3}) as port:
        yield port


async def said(port: int, *pieces: bytes) -> bytes:
    """All that the gateway says to these bytes until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    told = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return told


def asked(body: bytes, *more: str) -> bytes:
    lines = [f"POST {CATEGORIES} HTTP/1.1", "Content-Type: application/json", "Connection: close", *more]
    return "\r\n".join((*lines, "", "")).encode() + body


@pytest.mark.parametrize("value", [b"NaN", b"1e400", b'"\\ud800"', b"-Infinity"])
async def test_framework_trap_01_json_that_no_json_can_say_is_400(gateway: int, value: bytes) -> None:
    body = b'{"name": "x", "note": ' + value + b"}"
    assert (await said(gateway, asked(body, "Host: x", f"Content-Length: {len(body)}"))).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_framework_trap_02_a_slow_head_is_ended(gateway: int, head: bytes) -> None:
    told = await said(gateway, head)
    assert told.startswith(b"HTTP/1.1 408 ")
    assert b"request.slow" in told


async def test_framework_trap_02_a_slow_head_on_a_kept_connection_is_ended(gateway: int) -> None:
    one = f"GET {CATEGORIES} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    told = await said(gateway, one + b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert told.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in told


async def test_framework_trap_02_a_slow_body_is_ended(gateway: int) -> None:
    assert (await said(gateway, asked(b'{"na', "Host: x", "Content-Length: 50"))).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "lines",
    [
        ("Host: x", "Content-Length: 14", "Transfer-Encoding: chunked"),
        ("Content-Length: 14",),
        ("Host: x", "Host: y", "Content-Length: 14"),
        ("Host: x", "Content-Length: 14", "Content-Length: 15"),
    ],
)
async def test_framework_trap_03_a_request_of_two_minds_is_answered_once(gateway: int, lines: tuple[str, ...]) -> None:
    smuggled = f"GET {CATEGORIES} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    told = await said(gateway, asked(b'{"name": "x"}\n', *lines) + smuggled)
    assert told.startswith(b"HTTP/1.1 400 ")
    assert told.count(b"HTTP/1.1 ") == 1


async def test_framework_trap_04_nobody_is_waited_for_without_end() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(http(200, ENVELOPE))
        await reader.read()

    async with server(silent) as url, wire() as made:
        await post(made, url)  # so that connecting takes nothing of the time
        with pytest.raises(TimedOut) as caught:
            await post(made, url, deadline=0.3)
    assert caught.value.happened is Happened.UNKNOWN


async def test_framework_trap_04_a_reply_has_a_size_and_no_document_type() -> None:
    large = answering(http(200, ENVELOPE + b" " * 2000))
    async with server(large) as url, wire(backend=Backend(reply_bytes=1000)) as made:
        with pytest.raises(Garbled):
            await post(made, url)
    typed = answering(http(200, b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>" + ENVELOPE))
    async with server(typed) as url, wire() as made:
        with pytest.raises(Garbled):
            await post(made, url)


@pytest.mark.parametrize("status", [400, 404, 500, 502, 503])
@pytest.mark.parametrize("kind", ["text/html", "text/xml", "application/xhtml+xml"])
async def test_framework_trap_05_a_well_formed_page_is_no_fault(status: int, kind: str) -> None:
    page = b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body>4917012345</body></html>"
    async with server(answering(http(status, page, kind=kind))) as url, wire(refused=frozenset()) as made:
        with pytest.raises((Garbled, Unavailable)) as caught:
            await post(made, url)
    assert caught.value.happened is Happened.UNKNOWN
    assert "4917012345" not in repr(caught.value) + str(caught.value.code)


async def spans_of(recorded_spans: Any, reply: bytes, **more: Any) -> list[Any]:
    recorded_spans.clear()
    async with server(answering(reply)) as url, wire(**more) as made:
        with suppress(PortError):
            await post(made, f"{url}subscriber/4917012345?msisdn=4917012345")
    return [span for span in recorded_spans.get_finished_spans() if span.name == "POST"]


async def test_framework_trap_06_a_failed_exchange_is_seen_on_its_span(recorded_spans: Any) -> None:
    """A fault in 200 is an error on the span of the port call (tests/policy says how it gets there)."""
    [span] = await spans_of(recorded_spans, http(200, LOGIN, kind="text/html"))
    assert (span.status.status_code.name, span.attributes["error.type"]) == ("ERROR", "Garbled")
    assert span.attributes["soap.operation"] == "Ask"


async def test_framework_trap_07_spans_speak_todays_names_and_carry_no_address(recorded_spans: Any) -> None:
    [span] = await spans_of(recorded_spans, http(200, ENVELOPE))
    assert span.attributes["http.request.method"] == "POST"
    assert span.attributes["http.response.status_code"] == 200
    assert not {"http.method", "http.url", "http.target", "url.full", "url.path", "url.query"} & set(span.attributes)
    assert "4917012345" not in str(span.attributes)


def test_framework_trap_08_nothing_instruments_behind_our_back() -> None:
    installed = {str(found.metadata["name"]).lower() for found in distributions()}
    assert not {name for name in installed if name.startswith("opentelemetry-instrumentation")}
    assert version("sqlalchemy").startswith("2.0.")
    assert "sqlalchemy>=2.0,<2.1" in tomllib.loads(PROJECT.read_text())["project"]["dependencies"]


async def test_framework_trap_09_an_error_is_no_span_event(recorded_spans: Any) -> None:
    [span] = await spans_of(recorded_spans, http(503, LOGIN, kind="text/html"))
    assert span.events == ()


async def test_framework_trap_10_a_reply_cut_off_anywhere_is_never_an_answer() -> None:
    """Our own proxy in place of netem: it passes so many bytes of the reply and closes."""
    reply = http(200, ENVELOPE)
    passed = 0

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(reply[:passed])
        await writer.drain()

    async with server(proxy) as url, wire() as made:
        for passed in range(len(reply)):
            with pytest.raises((Unavailable, Garbled)) as caught:
                await post(made, url)
            assert caught.value.happened is Happened.UNKNOWN, passed
        passed = len(reply)
        assert await post(made, url) == ENVELOPE


async def test_framework_trap_10_a_request_cut_off_anywhere_is_in_doubt() -> None:
    """From its first byte on; the other end resets before it read all of it."""
    limit = 0

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(limit)
        writer.transport.abort()

    async with server(cut) as url, wire() as made:
        for limit in range(1, 100, 7):
            with pytest.raises(Unavailable) as caught:
                await post(made, url)
            assert caught.value.happened is Happened.UNKNOWN, limit
