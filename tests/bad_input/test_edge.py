"""Bad input at the TM Forum edge, by the numbers of the catalogue: an error body, never a 500, nothing written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.kernel import Limits
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.store import Store
from tests.bad_input.refusing import HUB, JSON, OFFERINGS, OFFERINGS_V5, refused
from tests.edge import Build, public, speaking_to


@pytest.fixture(autouse=True)
async def nothing_written(client: httpx.AsyncClient) -> AsyncIterator[None]:
    """Whatever a case sends, an offering named `bad` is never there afterwards."""
    yield
    found = await client.get(f"{OFFERINGS}?name=bad")
    assert found.json() == []


async def post(client: httpx.AsyncClient, content: bytes | str, **headers: str) -> httpx.Response:
    return await client.post(OFFERINGS, content=content, headers={**JSON, **headers})


async def test_bad_input_08_a_slow_body(build: Build) -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": OFFERINGS, "query_string": b"", "headers": []}
    await build(limits=Limits(read_s=0.01))(scope, receive, send)
    assert sent[0]["status"] == 408


@pytest.mark.parametrize("announced", [True, False])
async def test_bad_input_09_a_body_above_the_limit_is_not_read_to_its_end(build: Build, announced: bool) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b" " * 400_000, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")] + [(b"content-length", b"99999999")] * announced
    scope = {"type": "http", "method": "POST", "path": OFFERINGS, "query_string": b"", "headers": headers}
    await build()(scope, receive, send)
    assert sent[0]["status"] == 413
    assert read == (0 if announced else 3)


async def test_bad_input_10_a_compressed_body(client: httpx.AsyncClient) -> None:
    refused(await post(client, b"{}", **{"Content-Encoding": "gzip"}), 415)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "BREW"])
async def test_bad_input_11_a_method_that_is_not_there(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, OFFERINGS)
    refused(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    "media", ["text/plain", "application/xml", "application/jsonp", "", "application/json;charset=utf-16"]
)
async def test_bad_input_12_a_wrong_content_type(client: httpx.AsyncClient, media: str) -> None:
    refused(await client.post(OFFERINGS, content=b'{"name": "bad"}', headers={"Content-Type": media}), 415)
    refused(await client.patch(f"{OFFERINGS}/1", content=b"{}", headers={"Content-Type": media}), 415)


async def test_bad_input_12_an_answer_that_is_not_served(client: httpx.AsyncClient) -> None:
    refused(await client.get(OFFERINGS, headers={"Accept": "application/xml"}), 406)
    refused(await client.get(OFFERINGS, headers={"Accept": "text/html, application/xml;q=0.9"}), 406)
    for accept in ("*/*", "application/*", "application/json;charset=utf-8", "text/html, */*;q=0.1"):
        assert (await client.get(OFFERINGS, headers={"Accept": accept})).status_code == 200


async def test_bad_input_14_line_breaks_in_a_path(client: httpx.AsyncClient) -> None:
    refused(await client.get(f"{OFFERINGS}/x%0d%0aSet-Cookie:%20a=b"), 400)
    refused(await client.get(f"{OFFERINGS}/x%00"), 400)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"name": "bad"', b'{"name": "bad",}', b'\xef\xbb\xbf{"name": "bad"}', b'{"name": "bad"} x', b"'bad'"],
)
async def test_bad_input_16_what_is_no_json(client: httpx.AsyncClient, content: bytes) -> None:
    refused(await post(client, content), 400, "line 1 column")


@pytest.mark.parametrize("content", [b"[]", b'"bad"', b"1", b"null"])
async def test_bad_input_16_json_that_is_no_object(client: httpx.AsyncClient, content: bytes) -> None:
    refused(await post(client, content), 400, "object")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "1e99999999999"])
async def test_bad_input_17_what_is_no_number(client: httpx.AsyncClient, number: str) -> None:
    refused(await post(client, f'{{"name": "bad", "x": {number}}}'), 400)


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\udc00\\ud800"', b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\xaf"'])
async def test_bad_input_18_what_is_no_text(client: httpx.AsyncClient, text: bytes) -> None:
    refused(await post(client, b'{"name": "bad", "x": ' + text + b"}"), 400)


@pytest.mark.parametrize("text", ["\\u0000", "a\\u0007", "\\u001b[31m", "\\u202egpj.exe", "\\u2066x"])
async def test_bad_input_19_control_characters(client: httpx.AsyncClient, text: str) -> None:
    refused(await post(client, f'{{"name": "bad", "x": "{text}"}}'), 400)
    refused(await post(client, f'{{"name": "bad", "{text}": 1}}'), 400)


@pytest.mark.parametrize("depth", [32, 900, 100_000])
async def test_bad_input_20_depth(client: httpx.AsyncClient, depth: int) -> None:
    refused(await post(client, '{"name": "bad", "x": ' + "[" * depth + "]" * depth + "}"), 400)


@pytest.mark.parametrize(
    "value", ["[" + "1," * 1_000 + "1]", '"' + "a" * 10_241 + '"', "9" * 31, "0." + "1" * 31, "9" * 5_000]
)
async def test_bad_input_21_size(client: httpx.AsyncClient, value: str) -> None:
    refused(await post(client, f'{{"name": "bad", "x": {value}}}'), 400)


async def test_bad_input_22_duplicate_keys(client: httpx.AsyncClient) -> None:
    refused(await post(client, b'{"name": "bad", "name": "good"}'), 400)
    refused(await post(client, b'{"name": "bad", "validFor": {"a": 1, "a": 2}}'), 400)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("isBundle", "1"),
        ("isBundle", '"true"'),
        ("name", "1"),
        ("validFor", '"2026"'),
        ("category", "{}"),
        ("name", "null"),
        ("bundledProductOffering", '[{"id":"1","bundledProductOfferingOption":{"numberRelOfferLowerLimit":true}}]'),
        ("bundledProductOffering", '[{"id":"1","bundledProductOfferingOption":{"numberRelOfferLowerLimit":"1"}}]'),
        ("bundledProductOffering", '[{"id":"1","bundledProductOfferingOption":{"numberRelOfferLowerLimit":1.5}}]'),
    ],
)
async def test_bad_input_23_wrong_types(client: httpx.AsyncClient, attribute: str, value: str) -> None:
    name = "" if attribute == "name" else '"name": "bad", '
    refused(await post(client, f'{{{name}"{attribute}": {value}}}'), 400, attribute, "must be of type")


async def test_bad_input_24_an_unknown_attribute_is_kept(client: httpx.AsyncClient) -> None:
    assert (await post(client, b'{"name": "good", "colour": "red"}')).json()["colour"] == "red"


@pytest.mark.parametrize("parties", [5, {}, "x", [None], [{"role": 5}], [{"role": "customer", "id": []}], [[]]])
async def test_bad_input_24_an_extension_of_any_shape(client: httpx.AsyncClient, parties: Any) -> None:
    created = await client.post(OFFERINGS, json={"name": "good", "relatedParty": parties})
    assert (created.status_code, created.json()["relatedParty"]) == (201, parties)


@pytest.mark.parametrize("path", [OFFERINGS, OFFERINGS_V5])
@pytest.mark.parametrize("value", [1, "x", [], {"name": 5, "id": "other"}])
async def test_bad_input_24_an_attribute_with_a_name_of_ours(client: httpx.AsyncClient, path: str, value: Any) -> None:
    body = {
        "@type": "ProductOffering",
        "name": "good",
        "lifecycleStatus": "Active",
        "lastUpdate": "2026-01-01T00:00:00Z",
    }
    created = await client.post(path, json={**body, "@aside": value})
    assert created.status_code == 201
    for shown in (OFFERINGS, OFFERINGS_V5):
        read = await client.get(f"{shown}/{created.json()['id']}")
        assert (read.status_code, read.json()["id"]) == (200, created.json()["id"])


@pytest.mark.parametrize("instant", ["2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "yesterday", ""])
async def test_bad_input_26_an_impossible_instant(client: httpx.AsyncClient, instant: str) -> None:
    answer = await client.post(OFFERINGS, json={"name": "bad", "validFor": {"startDateTime": instant}})
    refused(answer, 400, "validFor.startDateTime")


@pytest.mark.parametrize(
    "callback",
    [
        "http://apps.example.org/x", "file:///etc/passwd", "gopher://x.example.org", "ftp://x.example.org/",
        "https://user:pass@x.example.org/", "https://user@x.example.org/", "https://x.example.org/#f",
        "https://x.example.org/#", "", "x", "https://", "https:///x", "https://x.example.org:99999/",
        "https://x.example.org/\r\nHost: y", "https://x.example.org\\@127.0.0.1/",
    ],
)  # fmt: skip
async def test_bad_input_62_a_callback_that_is_none(client: httpx.AsyncClient, callback: str) -> None:
    refused(await client.post(HUB, json={"callback": callback}), 400, "callback")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "[::1]", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254",
        "[fc00::1]", "100.64.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0177.0.0.1", "[::]",
        "metadata.google.internal", "localhost", "localhost.", "gateway", "224.0.0.1", "[2002:7f00:1::]",
        "[fe80::1%25eth0]",
    ],
)  # fmt: skip
async def test_bad_input_63_a_callback_into_the_house(build: Build, host: str) -> None:
    async with speaking_to(build(listeners=Rules(frozenset()))) as client:
        refused(await client.post(HUB, json={"callback": f"https://{host}/x"}), 400, "callback")


async def test_bad_input_63_hosts_of_the_allow_list_may_be_named(build: Build) -> None:
    async with speaking_to(build(listeners=Rules(frozenset({"localhost", "::1"}), resolve=public))) as client:
        for callback in ("http://localhost:9/x", "http://[::1]:9/x", "https://apps.example.org/x", "https://8.8.8.8/x"):
            assert (await client.post(HUB, json={"callback": callback})).status_code == 201
        refused(await client.post(HUB, json={"callback": "http://127.0.0.1/"}), 400)


async def test_bad_input_an_error_says_nothing_of_what_was_sent(client: httpx.AsyncClient, store: Store) -> None:
    del store
    answer = await post(client, b'{"name": {"msisdn": "4917012345678"}}')
    refused(answer, 400)
    assert "4917012345678" not in answer.text
