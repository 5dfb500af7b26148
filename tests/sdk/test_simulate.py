"""The control address of a simulator, as whoever tests against it meets it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.jbilling.simulator import simulator
from banyan.simulate import Addresses, Ledger, running
from contracts.faults import Fault
from tests.clock import FakeClock


@pytest.fixture
async def addresses() -> AsyncIterator[Addresses]:
    clock = FakeClock()
    async with running(simulator(Ledger(clock), clock, bill_run_s=0)) as found:
        yield found


async def ask(method: str, url: str, body: bytes | None = None) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http, http.request(method, url, data=body) as reply:
        return reply.status, await reply.text()


async def test_it_says_what_it_can_do(addresses: Addresses) -> None:
    status, text = await ask("GET", addresses.control)
    about = json.loads(text)
    assert status == 200
    assert "createOrder" in about["operations"]
    assert about["kinds"] == list(Fault)
    assert "POST /bill-run" in about["addresses"]


WRONG = [
    b"",
    b"[" * 100_000,
    b'{"operation": "*", "kind": "delay", "seconds": NaN}',
    b"[]",
    b"{",
    b'{"operation": "nothing", "kind": "fault"}',
    b'{"operation": "*", "kind": "fire"}',
    b'{"operation": "*", "kind": "fault", "times": 0}',
    b'{"operation": "*", "kind": "fault", "times": true}',
    b'{"operation": "*", "kind": "fault", "after": -1}',
    b'{"operation": "*", "kind": "fault", "seconds": "long"}',
    b'{"operation": "*", "kind": ["fault"]}',
    b'{"operation": {}, "kind": "fault"}',
    b'{"operation": "*", "kind": "fault", "often": 1}',
]


@pytest.mark.parametrize("case", range(len(WRONG)))
async def test_a_fault_that_cannot_be_is_refused_with_the_list(addresses: Addresses, case: int) -> None:
    status, text = await ask("POST", addresses.control + "faults", WRONG[case])
    assert status == 400
    assert "createOrder" in json.loads(text)["operations"]


async def test_faults_come_after_and_for_as_many_calls_as_told(addresses: Addresses) -> None:
    body = json.dumps({"operation": "getCallerId", "kind": "refuse", "after": 1, "times": 2}).encode()
    assert (await ask("POST", addresses.control + "faults", body))[0] == 201
    soap = b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>%s</e:Body></e:Envelope>"
    caller = soap % b"<j:getCallerId xmlns:j='http://jbilling/'/>"
    others = soap % b"<j:getAllItems xmlns:j='http://jbilling/'/>"
    assert (await ask("POST", addresses.url, others))[0] == 200
    assert [(await ask("POST", addresses.url, caller))[0] for _ in range(4)] == [200, 503, 503, 200]


@pytest.mark.parametrize(
    ("first", "second", "statuses"),
    [
        ({}, {"after": 1}, [503, 500, 200]),
        ({}, {}, [503, 500, 200]),
        ({"times": 2}, {"after": 1}, [503, 503, 500, 200]),
        ({"after": 1}, {}, [500, 503, 200]),
        ({"after": 2}, {"after": 1}, [200, 500, 503, 200]),
    ],
)
async def test_two_faults_count_every_call_and_take_turns(
    addresses: Addresses, first: dict[str, int], second: dict[str, int], statuses: list[int]
) -> None:
    for kind, more in (("refuse", first), ("fault", second)):
        armed = json.dumps({"operation": "getCallerId", "kind": kind, **more}).encode()
        assert (await ask("POST", addresses.control + "faults", armed))[0] == 201
    soap = b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>%s</e:Body></e:Envelope>"
    caller = soap % b"<j:getCallerId xmlns:j='http://jbilling/'/>"
    assert [(await ask("POST", addresses.url, caller))[0] for _ in statuses] == statuses


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<x", b"\x00"])
async def test_a_request_that_is_none_gets_a_fault(addresses: Addresses, body: bytes) -> None:
    status, text = await ask("POST", addresses.url, body)
    assert status == 500
    assert "Client" in text
