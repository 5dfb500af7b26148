"""The seam: what is installed around the making of a wire takes the network's place, for that wire and no other."""

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest

from banyan import Garbled, Happened, PortError, TimedOut, Unavailable
from banyan.config import SoapConfig
from banyan.soap import connect
from banyan.wire import seam
from tests.clock import FakeClock
from tests.soap.calling import envelope, folder
from tests.wire.serving import ENVELOPE, answering, call, http, post, server, wire

HEADERS = {"content-type": "text/xml"}


class Noting(httpx.AsyncBaseTransport):
    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def aclose(self) -> None:
        self.closed = True


async def test_a_wire_made_inside_never_asks_the_network() -> None:
    played = Noting(
        httpx.Response(200, content=gzip.compress(ENVELOPE), headers={**HEADERS, "content-encoding": "gzip"})
    )
    with seam.installed(lambda: played):
        async with wire() as made:
            assert await post(made, "http://live.invalid/") == ENVELOPE
    assert played.asked[0].headers["content-type"] == "text/xml"
    assert await played.asked[0].aread() == b"<x></end>"
    assert played.closed


async def test_a_wire_made_outside_is_not_changed() -> None:
    async with server(answering(http(200, ENVELOPE))) as url, wire() as made:
        with seam.installed(lambda: Noting(httpx.ConnectError("no"))):
            assert await post(made, url) == ENVELOPE


async def test_it_reaches_a_client_that_is_made_in_a_thread(tmp_path: Path) -> None:
    played = Noting(
        httpx.Response(200, content=envelope('<told xmlns="urn:s"><that>yes</that></told>'), headers=HEADERS)
    )
    config = SoapConfig(endpoint="http://live.invalid/", timeout_s=60)
    with seam.installed(lambda: played):
        soap = await asyncio.to_thread(connect, folder(tmp_path), "small.wsdl", config, FakeClock())
    assert (await soap.call(call(), "Ask", {"what": "x"})).body["that"] == "yes"
    await soap.aclose()


@pytest.mark.parametrize(
    ("failure", "kind", "happened"),
    [
        (httpx.ConnectError("no"), Unavailable, Happened.NO),
        (httpx.ConnectTimeout("no"), Unavailable, Happened.NO),
        (httpx.PoolTimeout("no"), Unavailable, Happened.NO),
        (httpx.ReadTimeout("no"), TimedOut, Happened.UNKNOWN),
        (httpx.WriteError("no"), Unavailable, Happened.UNKNOWN),
        (httpx.ReadError("no"), Unavailable, Happened.UNKNOWN),
        (httpx.RemoteProtocolError("no"), Garbled, Happened.UNKNOWN),
        (OSError("no"), Unavailable, Happened.UNKNOWN),
    ],
)
async def test_its_failures_are_told_as_the_networks(
    failure: Exception, kind: type[PortError], happened: Happened
) -> None:
    with seam.installed(lambda: Noting(failure)):
        async with wire() as made:
            with pytest.raises(PortError) as caught:
                await post(made, "http://live.invalid/")
    assert (type(caught.value), caught.value.happened) == (kind, happened)
