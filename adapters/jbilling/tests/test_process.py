"""The simulator as others run it: a process on sockets of its own, which bills by itself and ends with its input."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.booking import order_record
from adapters.jbilling.config import Config
from adapters.jbilling.simulator import WSDL
from banyan import Call, PortError, Principal, SystemClock, Window
from banyan.model import LineKind, Money, Order, OrderLine
from banyan.soap import SoapContract

START = "import sys; from adapters.jbilling.simulator import main; sys.exit(main(sys.argv[1:]))"
CLOCK = SystemClock()


class Running:
    def __init__(self, process: asyncio.subprocess.Process, ports: dict[str, int]) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{ports['port']}/"
        self.control = f"http://127.0.0.1:{ports['control']}/"

    async def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        async with aiohttp.ClientSession() as http, http.post(self.control + path, json=body) as reply:
            return reply.status, await reply.json()

    async def ledger(self) -> list[dict[str, Any]]:
        async with aiohttp.ClientSession() as http, http.get(self.control + "ledger") as reply:
            return [json.loads(line) for line in (await reply.text()).splitlines()]


@pytest.fixture
async def simulated(tmp_path: Path) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", START, "--bill-run-s", "0.2", "--ledger", str(tmp_path / "ledger")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    yield Running(process, json.loads(await process.stdout.readline()))
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 20) == 0


@pytest.fixture
async def jbilling(simulated: Running) -> AsyncIterator[Jbilling]:
    adapter = await asyncio.to_thread(Jbilling, Config(endpoint=simulated.url), CLOCK)
    yield adapter
    await adapter.aclose()


def call() -> Call:
    return Call(CLOCK.monotonic() + 20, "default", Principal("tester", "tests", "default"))


def an_order(reference: str) -> Order:
    line = OrderLine("a", LineKind.PRODUCT, "203", "Mobile Plus", 1, Money(Decimal("25.00")))
    return Order(reference, "107", (line,), start=datetime(2026, 3, 2, tzinfo=UTC))


async def test_an_order_is_on_one_invoice_even_when_its_answer_was_lost(
    simulated: Running, jbilling: Jbilling, tmp_path: Path
) -> None:
    status, _ = await simulated.post("faults", {"operation": "createOrder", "kind": "lost-answer"})
    assert status == 201
    with pytest.raises(PortError):
        await jbilling.place_order(call(), an_order("r-1"))
    for _ in range(200):
        bills = (await jbilling.bills(call(), "107", Window())).items
        if bills:
            break
        await asyncio.sleep(0.05)
    await simulated.post("bill-run")
    assert [bill.total.amount for bill in bills] == [Decimal("25.00")]
    ledger = await simulated.ledger()
    assert [(line["operation"], line["amount"]) for line in ledger] == [
        ("createOrder", 25.00),
        ("createInvoice", 25.00),
    ]
    assert {line["reference"] for line in ledger} == {"r-1"}
    assert (tmp_path / "ledger").read_text().count("\n") == 2


async def test_a_reset_starts_over(simulated: Running, jbilling: Jbilling) -> None:
    await simulated.post("faults", {"operation": "*", "kind": "refuse", "times": 9})
    await simulated.post("reset")
    await jbilling.place_order(call(), an_order("r-2"))
    await simulated.post("reset")
    assert await simulated.ledger() == []
    assert (await jbilling.subscriptions(call(), "107", Window())).items == []


async def test_an_order_that_nobody_could_bill_is_refused_and_the_bill_run_goes_on(
    simulated: Running, jbilling: Jbilling
) -> None:
    contract = SoapContract.load(WSDL)
    good = order_record(an_order("r-3"), {"203": 203}, Config(endpoint=simulated.url))
    wrong: list[dict[str, Any]] = [{"activeSince": None}, {"orderLines": []}, {"orderLines": [None]}, {"userId": None}]
    for spoilt in wrong:
        status, reply = await soap(simulated, contract.write("createOrder", {"arg0": good | spoilt}))
        assert (status, b"Fault" in reply) == (500, True)
    assert await simulated.ledger() == []
    zoned = good | {"activeSince": datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=2)))}
    assert (await soap(simulated, contract.write("createOrder", {"arg0": zoned})))[0] == 200
    await simulated.post("bill-run")
    assert [line["operation"] for line in await simulated.ledger()] == ["createOrder", "createInvoice"]


async def soap(simulated: Running, envelope: bytes) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as http, http.post(simulated.url, data=envelope) as reply:
        return reply.status, await reply.read()


@pytest.mark.parametrize("what", ["port", "ledger"])
async def test_what_it_cannot_have_it_says_in_one_line(simulated: Running, what: str, tmp_path: Path) -> None:
    wanted = {
        "port": ("--port", simulated.url.rpartition(":")[2].strip("/")),
        "ledger": ("--ledger", f"{tmp_path}/x/y"),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", START, *wanted[what]),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, complaint = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, told, complaint.count(b"\n")) == (1, b"", 1)
