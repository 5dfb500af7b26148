"""Bad input at the TM Forum edge, by the numbers of the catalogue: an error body, never a 500, nothing written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.kernel import Limits
from gateway.store import Store
from tests.edge import Build, speaking_to

OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
OFFERINGS_V5 = "/tmf-api/productCatalogManagement/v5/productOffering"
HUB = "/tmf-api/productCatalogManagement/v4/hub"
JSON = {"Content-Type": "application/json"}


def refused(answer: httpx.Response, status: int, *said: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["@type"] == "Error"
    assert body["status"] == str(status)
    assert body["code"]
    for word in said:
        assert word in body["reason"], body


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


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "OPTIONS", "BREW"])
async def test_bad_input_11_a_method_that_is_not_there(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, OFFERINGS)
    refused(answer, 405)
    assert answer.headers["Allow"] == "GET, POST"


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
    "query",
    [
        "limit=-1",
        "limit=0",
        "limit=abc",
        "limit=1e9",
        "limit=",
        "limit=1.5",
        "offset=-1",
        "offset=abc",
        f"offset={10**18}",
    ],
)
async def test_bad_input_28_a_page_that_is_none(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400, query.partition("=")[0])


async def test_bad_input_28_a_limit_above_the_highest_is_capped(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{OFFERINGS}?limit=1000000000")
    assert (answer.status_code, answer.headers["X-Result-Count"]) == (200, "0")


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1&limit=1", "offset=0&offset=1", "fields=id&fields=name"])
async def test_bad_input_29_a_page_given_twice(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400, "more than once")


@pytest.mark.parametrize("fields", ["colour", "../../", "name,", "id.x.y", ",".join(["name"] * 5_000), "name%00"])
async def test_bad_input_30_fields_that_are_none(client: httpx.AsyncClient, fields: str) -> None:
    answer = await client.get(f"{OFFERINGS}?fields={fields}")
    refused(answer, 414 if len(fields) > 8_192 else 400)


@pytest.mark.parametrize("value", ["' OR 1=1 --", "*)(uid=*", "'] | //x", "\\", "%", "_", '"', "'", "{$gt:1}"])
async def test_bad_input_31_and_33_a_filter_is_data(client: httpx.AsyncClient, value: str) -> None:
    await client.post(OFFERINGS, json={"name": "good"})
    answer = await client.get(OFFERINGS, params={"name": value})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    "query", ["name'--=1", "name)=1", "%00=1", "name=%ff", "=1", "name", "name.gt", "x" * 200 + "=1"]
)
async def test_bad_input_31_a_condition_that_is_none(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400)


async def test_bad_input_34_too_many_conditions(client: httpx.AsyncClient) -> None:
    refused(await client.get(f"{OFFERINGS}?" + "&".join(f"validFor.x{n}=1" for n in range(500))), 400)


@pytest.mark.parametrize("key", ["", "k" * 256, "a b", "\tx", "k\u00e9"])
async def test_bad_input_53_a_key_that_is_none(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post(OFFERINGS, json={"name": "bad"}, headers={"Idempotency-Key": key.encode("latin-1")})
    refused(answer, 400)


async def test_bad_input_54_and_55_a_key_again(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    first = await client.post(OFFERINGS, json={"name": "good", "version": "1"}, headers=key)
    again = await client.post(OFFERINGS, content=b'{"version":"1","name":"good"}', headers={**JSON, **key})
    other = await client.post(OFFERINGS, json={"name": "bad"}, headers=key)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    refused(other, 422)
    assert len((await client.get(OFFERINGS)).json()) == 1


async def test_bad_input_57_a_key_of_somebody_else(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post(path, json=body, headers={"Idempotency-Key": "k", "X-Client-Id": app})
        for app in ("one", "two")
        for path, body in ((OFFERINGS, {"name": app}), (OFFERINGS.replace("Offering", "Specification"), {"name": app}))
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 4


async def test_bad_input_58_a_refused_body_is_not_remembered(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "k"}
    refused(await client.post(OFFERINGS, json={"name": 1}, headers=key), 400)
    assert (await client.post(OFFERINGS, json={"name": "good"}, headers=key)).status_code == 201


@pytest.mark.parametrize("tag", ['"1"', '"99"', '"x"', "1", ""])
async def test_bad_input_59_a_stale_revision(client: httpx.AsyncClient, tag: str) -> None:
    href = (await client.post(OFFERINGS, json={"name": "good"})).json()["href"]
    await client.patch(href, json={"name": "better"})
    refused(await client.patch(href, json={"name": "bad"}, headers={"If-Match": tag}), 412)
    refused(await client.delete(href, headers={"If-Match": tag}), 412)
    assert (await client.get(href)).json()["name"] == "better"


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
    async with speaking_to(build(hub_allow=())) as client:
        refused(await client.post(HUB, json={"callback": f"https://{host}/x"}), 400, "callback")


async def test_bad_input_63_hosts_of_the_allow_list_may_be_named(build: Build) -> None:
    async with speaking_to(build(hub_allow=("localhost", "::1"))) as client:
        for callback in ("http://localhost:9/x", "http://[::1]:9/x", "https://apps.example.org/x", "https://8.8.8.8/x"):
            assert (await client.post(HUB, json={"callback": callback})).status_code == 201
        refused(await client.post(HUB, json={"callback": "http://127.0.0.1/"}), 400)


async def test_bad_input_an_error_says_nothing_of_what_was_sent(client: httpx.AsyncClient, store: Store) -> None:
    del store
    answer = await post(client, b'{"name": {"msisdn": "4917012345678"}}')
    refused(answer, 400)
    assert "4917012345678" not in answer.text
