"""Bad input that only a real socket can carry, by the numbers of the catalogue."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.served import served

CATEGORIES = "/tmf-api/productCatalogManagement/v4/category"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served(tmp_path_factory.mktemp("wire")) as port:
        yield port


async def spoken(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """What the gateway answers to these bytes: status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
    return int(line.split()[1]), headers, body


def asked(method: str, path: str = CATEGORIES, body: bytes = b"", *more: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: gateway", f"Content-Length: {len(body)}", *more]
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


@pytest.mark.parametrize("method", ["TRACE", "PUT", "LINK", "PROPFIND"])
async def test_bad_input_11_a_method_that_is_not_there(port: int, method: str) -> None:
    status, headers, body = await spoken(port, asked(method))
    assert (status, json.loads(body)["code"]) == (405, "request.method")
    assert headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert len(headers["x-trace-id"]) == 32


@pytest.mark.parametrize("method", ["BREW", "get", "CONNECT"])
async def test_bad_input_11_what_no_server_knows(port: int, method: str) -> None:
    status, _, body = await spoken(port, asked(method, "gateway:80" if method == "CONNECT" else CATEGORIES))
    assert status in (400, 404, 405, 501)
    assert json.loads(body)["@type"] == "Error"


async def test_bad_input_13_who_the_client_says_it_is(port: int) -> None:
    forged = ("X-Forwarded-For: 10.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example",
              "X-User-Id: root", "X-Internal-Operator: other", "Forwarded: host=evil.example;proto=https")  # fmt: skip
    made = b'{"name": "x"}'
    status, headers, body = await spoken(
        port, asked("POST", CATEGORIES, made, "Content-Type: application/json", *forged)
    )
    assert status == 201
    assert headers["location"].startswith(CATEGORIES)
    assert b"evil" not in body
    _, headers, body = await spoken(port, asked("GET", "/nothing", b"", *forged))
    assert json.loads(body)["referenceError"] == "http://gateway/errors/path.unknown"
    assert "evil" not in str(headers)


@pytest.mark.parametrize("line", ["X-Note: a\rb", "X-Note: a\nb", "X-Note: a\x00b", "X Note: a", ": a"])
async def test_bad_input_14_line_breaks_in_a_header(port: int, line: str) -> None:
    status, headers, body = await spoken(port, asked("GET", CATEGORIES, b"", line))
    if line == "X-Note: a\nb":
        assert status in (200, 400)
    else:
        assert (status, json.loads(body)["code"]) == (400, "request.bad")
    assert "x-note" not in headers


async def test_bad_input_14_an_id_is_never_a_header(port: int) -> None:
    status, headers, _ = await spoken(port, asked("GET", f"{CATEGORIES}/x%0d%0aX-Evil:%201"))
    assert status == 400
    assert "x-evil" not in headers


@pytest.mark.parametrize(
    "request_line", [b"\x16\x03\x01\x00\xa5", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"]
)
async def test_bytes_that_are_no_request_are_refused_in_tm_forums_words(port: int, request_line: bytes) -> None:
    status, headers, body = await spoken(port, request_line + b"\r\n\r\n")
    assert (status, json.loads(body)["code"]) == (400, "request.bad")
    assert len(headers["x-trace-id"]) == 32


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Content-Length: 7", 400),
        ("Transfer-Encoding: chunked", 400),
        ("Transfer-Encoding: xchunked", 400),
        ("Content-Length : 2", 400),
        ("X-Note: a\r\n folded", 400),
        ("Expect: tea", 417),
        ("Content-Encoding: gzip", 415),
        ("Accept: application/xml", 406),
        ('If-Match: "1"', 201),
    ],
)
async def test_every_refusal_on_the_wire_has_a_body_and_a_trace(port: int, line: str, status: int) -> None:
    """Bad input 1 to 5 and 10 to 12: whoever refuses, the server or the edge."""
    request = asked("POST", CATEGORIES, b'{"name": "x"}', "Content-Type: application/json", line)
    found, headers, body = await spoken(port, request)
    assert found == status, body
    assert len(headers["x-trace-id"]) == 32
    if status >= 400:
        error = json.loads(body)
        assert (error["@type"], error["status"]) == ("Error", str(status))


async def test_an_upgrade_that_is_not_offered_is_passed_over(port: int) -> None:
    more = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA==")
    status, headers, _ = await spoken(port, asked("GET", CATEGORIES, b"", *more))
    assert (status, len(headers["x-trace-id"])) == (200, 32)


async def test_bad_input_09_a_body_that_is_announced_too_large_is_not_invited(port: int) -> None:
    head = (f"POST {CATEGORIES} HTTP/1.1", "Host: x", "Content-Length: 99999999", "Expect: 100-continue")
    status, headers, _ = await spoken(port, "\r\n".join((*head, "Content-Type: application/json", "", "")).encode())
    assert (status, headers["connection"]) == (413, "close")


async def test_an_expectation_of_202_reaches_the_edge(port: int) -> None:
    made = b'{"name": "x"}'
    more = ("Content-Type: application/json", "Expect: 202-accepted")
    status, headers, _ = await spoken(port, asked("POST", CATEGORIES, made, *more))
    assert status == 202
    for _ in range(500):
        _, _, body = await spoken(port, asked("GET", headers["location"]))
        if json.loads(body)["state"] == "Completed":
            break
        await asyncio.sleep(0.01)
    assert json.loads(body)["state"] == "Completed"
