"""Servers on real sockets that answer bytes of the test's choosing, and a wire to call them with."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from banyan import Call, Principal
from banyan.wire import Answer, Wire
from tests.clock import FakeClock

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE = f"<s:Envelope xmlns:s='{SOAP}'><s:Body/></s:Envelope>".encode()
LOGIN = b"<html>please log in 4917012345</html>"
Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def http(status: int, body: bytes, *headers: str, kind: str = "text/xml") -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def request(reader: asyncio.StreamReader) -> bytes:
    """Head and body of the next request on this connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return head + await reader.readexactly(int(length.partition(b":")[2]))


def answering(*replies: bytes, heard: list[bytes] | None = None) -> Behaviour:
    """Each connection gets these replies in turn, one for each request, and is closed then."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            asked = await request(reader)
            if heard is not None:
                heard.append(asked)
            writer.write(reply)
            await writer.drain()

    return behave


@asynccontextmanager
async def server(behave: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await behave(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        port = listening.sockets[0].getsockname()[1]
        yield f"{'http' if tls is None else 'https'}://127.0.0.1:{port}/"
    finally:
        listening.close()


@asynccontextmanager
async def wire(clock: FakeClock | None = None, **more: object) -> AsyncIterator[Wire]:
    settings = {"clock": clock or FakeClock(), "timeout_s": 60.0, "concurrency": 4, **more}
    made = Wire("acme", **settings)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        await made.aclose()


def call(deadline: float = 100) -> Call:
    return Call(deadline, "default", Principal("tester", "tests", "default"))


async def ask(made: Wire, url: str, deadline: float = 100, *, one_way: bool = False) -> Answer:
    return await made.post(call(deadline), url, b"<x></end>", {"content-type": "text/xml"}, "Ask", one_way=one_way)


async def post(made: Wire, url: str, deadline: float = 100) -> bytes:
    return (await ask(made, url, deadline)).body


async def interrupted(theirs: ssl.SSLContext | None = None, **more: object) -> list[bytes]:
    """The answers of a server that reads a head and nothing behind it; no buffer takes what is sent."""
    over = asyncio.Event()

    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(http(200, ENVELOPE))
        await writer.drain()
        await over.wait()

    async with server(hasty, theirs) as url, wire(timeout_s=60, **more) as made:
        large = [await made.post(call(), url, b"x" * 20_000_000, {"content-type": "text/xml"}, "Ask") for _ in range(2)]
        over.set()
    return [answer.body for answer in large]
