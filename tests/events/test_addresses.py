"""Names are looked up, and listeners connected to, without waiting for those that never answer."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from gateway.events import Reply, Sender
from gateway.events.addresses import is_public, resolve

_MANY = 40


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A name server that never answers for what ends in .silent."""
    end = threading.Event()
    real = socket.getaddrinfo

    def look_up(host: str, *args: Any, **options: Any) -> Any:
        if host.endswith(".silent"):
            end.wait()
            raise OSError
        return real("127.0.0.1", *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield
    end.set()


@pytest.mark.usefixtures("silent")
async def test_a_silent_name_server_keeps_no_other_name_waiting() -> None:
    waiting = [asyncio.create_task(resolve(f"{n}.silent", 443)) for n in range(100)]
    async with asyncio.timeout(30):
        assert await resolve("apps.example.org", 443) == ["127.0.0.1"]
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_listeners_that_hold_the_line_leave_lines_for_others() -> None:
    asked: list[asyncio.StreamWriter] = []
    full = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        asked.append(writer)
        if len(asked) == _MANY:
            full.set()
        if b"/well" in line:
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    sender = Sender(("127.0.0.1",))
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server, asyncio.timeout(30):
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        hanging = [asyncio.create_task(sender.post(f"{base}/dead", {}, b"{}")) for _ in range(_MANY)]
        await full.wait()
        assert await sender.post(f"{base}/well", {}, b"{}") == Reply(204)
        assert not any(task.done() for task in hanging)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        for writer in asked:
            writer.close()
    await sender.aclose()


@pytest.mark.parametrize(
    "written",
    ["64:ff9b:1::808:808", "64:ff9b::7f00:1", "2606:4700::1%eth0", "::ffff:10.0.0.1", "2002:7f00:1::", "::7f00:1"],
)
def test_what_leads_into_the_house_is_not_public(written: str) -> None:
    assert not is_public(ip_address(written))


@pytest.mark.parametrize("written", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::"])
def test_what_leads_out_of_it_is(written: str) -> None:
    assert is_public(ip_address(written))
