"""The sender: any answer is a status, no answer is 0."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from gateway.events import Reply, Sender, sender
from gateway.events.sender import READ_AT_MOST

URL = "http://listener.example/events"


@pytest.fixture
async def post() -> AsyncIterator[Sender]:
    sender = Sender()
    yield sender
    await sender.aclose()


@respx.mock
@pytest.mark.parametrize("status", [200, 201, 204, 400, 404, 410, 500, 503])
async def test_the_status_comes_back(post: Sender, status: int) -> None:
    route = respx.post(URL).respond(status)
    assert await post.post(URL, {"webhook-id": "1", "content-type": "application/json"}, b'{"a":1}') == Reply(status)
    request = route.calls.last.request
    assert (request.content, request.headers["webhook-id"]) == (b'{"a":1}', "1")


@respx.mock
async def test_a_redirect_is_not_followed(post: Sender) -> None:
    respx.post(URL).respond(302, headers={"location": "http://elsewhere.example/"})
    elsewhere = respx.route(host="elsewhere.example").respond(200)
    assert await post.post(URL, {}, b"{}") == Reply(302)
    assert not elsewhere.called


@respx.mock
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_no_answer_is_zero(post: Sender, error: type[httpx.HTTPError]) -> None:
    respx.post(URL).mock(side_effect=error)
    assert await post.post(URL, {}, b"{}") == Reply(0)


@pytest.mark.parametrize("url", ["http://", "nonsense", "http://[::1", "http://listener.example:99999999/"])
async def test_an_address_that_is_none_is_no_answer(post: Sender, url: str) -> None:
    assert await post.post(url, {}, b"{}") == Reply(0)


@respx.mock
async def test_an_endless_answer_is_not_read_to_its_end(post: Sender) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1_024
            yield b"x" * 1_024
            await asyncio.sleep(0)

    respx.post(URL).mock(return_value=httpx.Response(200, content=endless()))
    assert await post.post(URL, {}, b"{}") == Reply(200)
    assert read <= 2 * READ_AT_MOST


@respx.mock
async def test_a_listener_that_holds_the_line_is_hung_up_on(post: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "TIMEOUT_S", 0.05)

    async def silent() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    respx.post(URL).mock(return_value=httpx.Response(200, content=silent()))
    assert await post.post(URL, {}, b"{}") == Reply(0)
