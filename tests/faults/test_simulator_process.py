"""The simulators as the demo and a stranger meet them: processes with two addresses and a standard input."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.config import Config as JbillingConfig
from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.config import Config as MtosiConfig
from contracts.call import Call, Principal
from contracts.clock import SystemClock
from contracts.errors import Happened, PortError
from contracts.faults import BECOMES, REFUSED, SLOW, WORKLESS, Fault
from contracts.model import Activation, LineKind, Money, Order, OrderLine

MAIN = """
import sys
from gateway import registry
sys.exit(registry.named(registry.discover()[sys.argv[1]].simulator)(sys.argv[2:]))
"""
PATIENCE_S = 15


@dataclass
class Running:
    process: Process
    url: str
    control: httpx.AsyncClient
    adapter: Any
    work: Callable[[str], Awaitable[Any]]
    """Makes one effect with this reference."""
    operation: str

    async def ledger(self) -> list[dict[str, Any]]:
        reply = await self.control.get("/ledger")
        assert reply.status_code == 200
        return [json.loads(line) for line in reply.text.splitlines()]

    async def effects(self, reference: str) -> list[dict[str, Any]]:
        """Of the operation alone: a bill run makes effects of its own."""
        lines = await self.ledger()
        return [line for line in lines if (line["reference"], line["operation"]) == (reference, self.operation)]

    async def arm(self, kind: Fault, **more: Any) -> httpx.Response:
        return await self.control.post("/faults", json={"operation": self.operation, "kind": kind, **more})


def _mtosi(url: str) -> tuple[Mtosi, Callable[[str], Awaitable[Any]], str]:
    clock = SystemClock()
    adapter = Mtosi(MtosiConfig(endpoint=url, timeout_s=1), clock)

    async def work(reference: str) -> Any:
        return await adapter.activate(_call(clock, reference), Activation(reference, "101", "mobile-line"))

    return adapter, work, "activate"


def _jbilling(url: str) -> tuple[Jbilling, Callable[[str], Awaitable[Any]], str]:
    clock = SystemClock()
    adapter = Jbilling(JbillingConfig(endpoint=url, timeout_s=1), clock)
    line = OrderLine("line", LineKind.PRODUCT, "202", "Mobile Classic", 1, Money(Decimal("20.00")))

    async def work(reference: str) -> Any:
        order = Order(reference, "103", (line,), start=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        return await adapter.place_order(_call(clock, reference), order)

    return adapter, work, "createOrder"


def _call(clock: SystemClock, key: str) -> Call:
    return Call(clock.monotonic() + PATIENCE_S, "default", Principal("tester", "tests", "default"), key=key)


@pytest.fixture(params=["jbilling", "mtosi"])
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MAIN, request.param, stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE_S)
        addresses = json.loads(line)
        assert set(addresses) == {"port", "control"}
        url = f"http://127.0.0.1:{addresses['port']}/"
        make = {"jbilling": _jbilling, "mtosi": _mtosi}[request.param]
        adapter, work, operation = await asyncio.to_thread(make, url)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{addresses['control']}", trust_env=False) as control:
            yield Running(process, url, control, adapter, work, operation)
        await adapter.aclose()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_it_ends_when_its_input_closes(simulator: Running) -> None:
    assert simulator.process.stdin is not None
    simulator.process.stdin.close()
    assert await asyncio.wait_for(simulator.process.wait(), PATIENCE_S) == 0


async def test_it_ends_in_the_middle_of_a_slow_answer(simulator: Running) -> None:
    await simulator.arm(Fault.DELAY, seconds=600)
    slow = asyncio.ensure_future(simulator.work("process-0"))
    for _ in range(1000):
        if await simulator.effects("process-0"):
            break
        await asyncio.sleep(0.01)
    assert simulator.process.stdin is not None
    simulator.process.stdin.close()
    assert await asyncio.wait_for(simulator.process.wait(), PATIENCE_S) == 0
    with pytest.raises(PortError):
        await slow


async def test_its_control_address_tells_what_it_takes(simulator: Running) -> None:
    about = (await simulator.control.get("/")).json()
    assert simulator.operation in about["operations"]
    assert set(about["kinds"]) == set(Fault)


async def test_an_effect_is_one_line_in_the_ledger(simulator: Running) -> None:
    receipt = await simulator.work("process-1")
    (line,) = await simulator.effects("process-1")
    assert set(line) == {"time", "operation", "reference", "nativeId", "amount", "traceparent"}
    assert (line["operation"], line["nativeId"]) == (simulator.operation, receipt.native_id)
    assert datetime.fromisoformat(line["time"]).utcoffset() is not None


@pytest.mark.parametrize("kind", [Fault.REFUSE, Fault.DELAY, Fault.FAULT, Fault.LOST_ANSWER, Fault.GARBAGE, Fault.SWAP])
async def test_it_fails_as_told_and_then_works(simulator: Running, kind: Fault) -> None:
    armed = await simulator.arm(kind, seconds=3) if kind in SLOW else await simulator.arm(kind)
    assert armed.status_code == 201
    with pytest.raises(BECOMES[kind]) as failed:
        await simulator.work("process-2")
    assert failed.value.happened is (Happened.NO if kind in REFUSED else Happened.UNKNOWN)
    assert len(await simulator.effects("process-2")) == (kind not in WORKLESS)
    await simulator.work("process-3")
    assert len(await simulator.effects("process-3")) == 1


async def test_a_no_of_the_system_is_lost_as_a_yes_would_be(simulator: Running) -> None:
    nothing = b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>%s</e:Body></e:Envelope>"
    requests = {
        "createOrder": nothing % b"<j:createOrder xmlns:j='http://jbilling/'/>",
        "activate": nothing % b"<s:activateRequest xmlns:s='http://www.tmforum.org/mtop/sa/xsd/sai/v1'/>",
    }
    async with httpx.AsyncClient(trust_env=False) as client:

        async def ask() -> httpx.Response:
            return await client.post(simulator.url, content=requests[simulator.operation])

        if simulator.operation == "activate":  # its contract demands more than can be said here: refused unread
            assert b"Client" in (await ask()).content
            return
        assert b"Fault" in (await ask()).content
        await simulator.control.post("/faults", json={"operation": "*", "kind": "lost-answer"})
        with pytest.raises(httpx.TransportError):
            await ask()
        await simulator.control.post("/faults", json={"operation": "*", "kind": "garbage"})
        assert b"log in" in (await ask()).content
        await simulator.control.post("/faults", json={"operation": "*", "kind": "delay", "seconds": 0.2})
        assert b"Fault" in (await ask()).content
    assert await simulator.ledger() == []
    assert (await simulator.control.get("/")).json()["armed"] == []


async def test_money_in_the_ledger_is_an_exact_number(simulator: Running) -> None:
    await simulator.work("process-6")
    raw = (await simulator.control.get("/ledger")).text
    assert ('"amount":20.00,' in raw) is (simulator.operation == "createOrder")
    assert ('"amount":null,' in raw) is (simulator.operation == "activate")


async def test_a_fault_waits_and_lasts_as_told(simulator: Running) -> None:
    await simulator.arm(Fault.REFUSE, after=1, times=2)
    outcomes = []
    for number in range(4):
        try:
            await simulator.work(f"process-4-{number}")
            outcomes.append(True)
        except PortError:
            outcomes.append(False)
    assert outcomes == [True, False, False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"operation": "dance", "kind": "refuse"},
        {"operation": "*", "kind": "explode"},
        {"operation": "*"},
        {"operation": "*", "kind": "refuse", "times": 0},
        {"operation": "*", "kind": "refuse", "after": -1},
        {"operation": "*", "kind": "refuse", "times": "2"},
        {"operation": "*", "kind": "refuse", "when": "now"},
        [],
    ],
)
async def test_a_fault_it_does_not_know_is_refused_with_what_it_knows(simulator: Running, wrong: Any) -> None:
    refused = await simulator.control.post("/faults", json=wrong)
    assert refused.status_code == 400
    assert simulator.operation in refused.json()["operations"]
    assert (await simulator.control.get("/")).json()["armed"] == []


async def test_reset_takes_back_state_ledger_and_faults(simulator: Running) -> None:
    first = await simulator.work("process-5")
    await simulator.arm(Fault.REFUSE, times=5)
    assert (await simulator.control.post("/reset")).status_code == 200
    assert await simulator.ledger() == []
    assert (await simulator.control.get("/")).json()["armed"] == []
    assert (await simulator.work("process-5")).native_id == first.native_id


async def test_it_answers_nonsense_with_a_fault(simulator: Running) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for nonsense in (b"", b"<html/>", b"<a", b'<!DOCTYPE x [<!ENTITY e "x">]><x>&e;</x>'):
            reply = await client.post(simulator.url, content=nonsense, headers={"content-type": "text/xml"})
            assert reply.status_code == 500
            assert b"Client" in reply.content
    assert await simulator.ledger() == []
