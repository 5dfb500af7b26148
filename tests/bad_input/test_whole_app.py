"""Bad input at every served path of the whole gateway: an error in TM Forum's words, nothing sent to the legacy."""

import copy
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.edge import SERVED
from tests.house import CUSTOMERS, ORDERS
from tests.whole import Whole, line, order_of, whole

JSON = {"Content-Type": "application/json"}
FLOWS = {"TMF620", "TMF622", "TMF629", "TMF635", "TMF637", "TMF677", "TMF678", "TMF679"}
"""Behind the others stands the document store, whose answers tests/conformance/test_negative.py asks for."""
ROUTES = [
    (f"{contract.bases[0]}/{resource.name}", resource)
    for contract in SERVED
    if contract.api in FLOWS
    for resource in (*contract.resources.values(), *filter(None, [contract.hub]))
]
BODIES = [
    b"",
    b"{",
    b'{"name": "x"',
    b'{"name": "x",}',
    b"\xef\xbb\xbf{}",
    b"[]",
    b"null",
    b'{"name": NaN}',
    b'{"name": -Infinity}',
    b'{"x": 1e400}',
    b'{"x": -1e400}',
    b'{"x": 1e-400}',
    b'{"x": ' + b"9" * 5_000 + b"}",
    b'{"x": "\\ud800"}',
    b'{"\\ud800": 1}',
    b'{"x": "\xff"}',
    b'{"x": 1, "x": 2}',
    b'{"x": "a\\u0000"}',
    b'{"x": ' + b"[" * 33 + b"]" * 33 + b"}",
    b'{"x": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
    b'{"x": [' + b"1," * 1_000 + b"1]}",
]
MEDIA = ["", "text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data"]
IDS = ["a%2Fb", "..%2F..%2Fetc", "%00", "x%0d%0aX-Evil:%201", "%ff", "x" * 7_000, "'%20OR%201=1%20--", "%E2%80%AE"]
QUERIES = [
    "limit=abc",
    "limit=-1",
    "limit=0",
    "limit=1&limit=2",
    "offset=1e18",
    "fields=../..",
    "fields=name%00",
    "nothing.of.this=1",
    "%ff=1",
    "=1",
    "id%20or%201=1",
    "&".join(f"id{number}=1" for number in range(500)),
]
WRONG = [None, [], {}, [None], [{}], {"id": None}, -1, 1.5, "", "elsewhere", "x" * 300, True]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path) as house:
        yield house


def refused(answer: httpx.Response, *statuses: int) -> None:
    told = (answer.request.method, str(answer.request.url)[:200], answer.status_code, answer.text[:300])
    assert answer.status_code in (statuses or range(400, 500)), told
    body = answer.json()
    assert body["code"], told
    assert body["reason"], told
    assert (body["@type"], body["status"]) == ("Error", str(answer.status_code))
    assert len(answer.headers["X-Trace-Id"]) == 32
    assert answer.headers["traceparent"].split("-")[1] == answer.headers["X-Trace-Id"]


def writes(house: Whole) -> dict[str, int]:
    """What the legacy systems were asked beside the reads of the mirror."""
    asked = house.billing.received + house.network.received
    return {operation: count for operation, count in asked.items() if not operation.startswith("get")}


async def test_whatever_is_sent_to_any_path(house: Whole) -> None:
    http = house.http
    for path, resource in ROUTES:
        written = [("POST", path)] * ("POST" in resource.collection) + [("PATCH", f"{path}/1")] * (
            "PATCH" in resource.item
        )
        for method, at in written:
            for body in BODIES:
                refused(await http.request(method, at, content=body, headers=JSON), 400)
            for media in MEDIA:
                refused(await http.request(method, at, content=b"{}", headers={"Content-Type": media}), 415)
            packed = {**JSON, "Content-Encoding": "gzip"}
            refused(await http.request(method, at, content=gzip.compress(b"{}"), headers=packed), 415)
            refused(await http.request(method, at, content=b" " * 2_000_000, headers=JSON), 413)
            refused(await http.request(method, at, content=_chunks(), headers=JSON), 413)
        for method in {"TRACE", "PUT", "BREW", "CONNECT"} - resource.item:
            for at in (path, f"{path}/1"):
                refused(await http.request(method, at), 405)
        for id in IDS:
            refused(await http.get(f"{path}/{id}"), 400, 404)
        # The v4 documents declare no attributes of a listener, so that none is unknown.
        for query in QUERIES if resource.name != "hub" else QUERIES[:5]:
            refused(await http.get(f"{path}?{query}"), 400)
        for text in ("%25", "_", "' OR 1=1 --", '"', "{$gt:1}", "x*", "1e999", "9" * 400):
            found = await http.get(path, params={"id": text})
            assert (found.status_code, found.json()) == (200, [])
    assert writes(house) == {}
    assert house.effects() == 0


async def test_bad_input_92_and_93_what_is_no_path(house: Whole) -> None:
    for path in ("nothing", "docs", "redoc", "openapi.json", "metrics", "tmf-api/x", "tmf-api/x/v4/y"):
        for method in ("GET", "POST"):
            refused(await house.http.request(method, f"/{path}"), 404)


async def test_bad_input_15_a_malformed_trace_is_a_new_one(house: Whole) -> None:
    known = "4bf92f3577b34da6a3ce929d0e0e4736"
    noise = {"tracestate": "a=b,,=,;;;", "baggage": ",".join(f"key{n}={'v' * 300}" for n in range(200))}
    for parent, continued in (
        (f"00-{known}-00f067aa0ba902b7-01", True),
        (f"00-{known}-00f067aa0ba902b7-03", True),
        ("garbage", False),
        (f"ff-{known}-00f067aa0ba902b7-01", False),
        (f"00-{known}-0000000000000000-01", False),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{known}-00f067aa0ba902b7-01-more", False),
    ):
        answer = await house.http.get(CUSTOMERS, headers={"traceparent": parent, **noise})
        assert answer.status_code == 200
        assert (answer.headers["X-Trace-Id"] == known) is continued, parent


async def test_bad_input_23_a_wrong_value_anywhere_in_an_order(house: Whole) -> None:
    http = house.http
    [customer, *_] = (await http.get(CUSTOMERS)).json()
    order = order_of(customer["id"], await line(http))
    order |= {"requestedStartDate": "2036-01-01T00:00:00Z", "note": [{"id": "1", "text": "x"}]}
    order |= {"billingAccount": {"id": customer["account"][0]["id"]}}
    order["productOrderItem"][0]["product"] = {"productCharacteristic": [{"name": "msisdn", "value": "491701"}]}
    for body in _mutated(order):
        answer = await http.post(ORDERS, json=body)
        if answer.status_code != 201:
            refused(answer, 400, 404, 422)
        else:
            assert (await http.get(answer.headers["Location"])).json()["state"] == "acknowledged"
    assert writes(house) == {}


def _mutated(body: Any) -> Iterator[Any]:
    """The body with each of its attributes, at every depth, of each wrong shape in turn."""
    for path in _paths(body):
        for wrong in WRONG:
            changed = at = copy.deepcopy(body)
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = wrong
            if json.dumps(changed) != json.dumps(body):
                yield changed


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield (*path, step)
        yield from _paths(each, (*path, step))


async def _chunks() -> AsyncIterator[bytes]:
    for _ in range(20):
        yield b" " * 100_000
