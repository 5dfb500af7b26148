"""A reply of 20,000 rows is read and mapped beside the loop, in pieces that never hold it for long."""

import asyncio
import threading
import time
from typing import Any

import httpx
import pytest

from banyan import Call, Garbled, Principal, Rejected
from banyan.soap import Reply, SoapClient, SoapContract, SoapFault
from banyan.soap.client import LARGE
from banyan.wire import Wire
from tests.clock import FakeClock
from tests.soap.small import contract, element, envelope, kind, sequence, told

CALL = Call(100, "default", Principal("tester", "tests", "default"))
COLUMNS = [f"c{number}" for number in range(8)]
ROWS, MOST = 20_000, 0.020


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> SoapContract:
    row = kind("Row", "".join(element(name, "xs:decimal", "?") for name in COLUMNS) + element("at", "xs:dateTime", "?"))
    return contract(tmp_path_factory.mktemp("wsdl"), row + sequence(element("row", "t:Row", "*")))


def client(of: SoapContract, body: bytes, status: int = 200) -> SoapClient:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body, headers={"content-type": "text/xml"})

    transport = httpx.MockTransport(answer)
    wire = Wire("acme", clock=FakeClock(), timeout_s=5, concurrency=4, transport=transport)
    return SoapClient(of, wire, "http://acme.invalid/")


def rows(count: int) -> bytes:
    row = "".join(f"<{name}>12.50</{name}>" for name in COLUMNS) + "<at>2026-03-02T09:00:00</at>"
    return told(f"<row>{row}</row>" * count)


def mapped(reply: Reply) -> tuple[int, bool]:
    """How many rows, and whether it was mapped on the loop."""
    return len([sum(row[name] for name in COLUMNS) for row in reply.body["row"]]), in_main()


def in_main() -> bool:
    return threading.current_thread() is threading.main_thread()


async def test_a_small_reply_is_mapped_at_once_and_a_large_one_in_a_thread(of: SoapContract) -> None:
    assert len(rows(2)) < LARGE < len(rows(500))
    assert await client(of, rows(2)).call(CALL, "Ask", {}, then=mapped) == (2, True)
    assert await client(of, rows(500)).call(CALL, "Ask", {}, then=mapped) == (500, False)


@pytest.mark.parametrize("count", [1, 500])
async def test_what_a_mapping_raises_comes_out(of: SoapContract, count: int) -> None:
    def refuse(_: Reply) -> None:
        raise Rejected("no")

    with pytest.raises(Rejected, match="no"):
        await client(of, rows(count)).call(CALL, "Ask", {}, then=refuse)


async def test_only_an_answer_is_mapped(of: SoapContract) -> None:
    def never(_: Reply) -> Any:
        raise AssertionError

    with pytest.raises(Garbled, match="a success with status 500"):
        await client(of, rows(500), status=500).call(CALL, "Ask", {}, then=never)
    fault = envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring/></s:Fault>")

    def meaning(told: SoapFault) -> Rejected:
        return Rejected("as told", code=told.code)

    with pytest.raises(Rejected, match="as told"):
        await client(of, fault, status=500).call(CALL, "Ask", {}, fault=meaning, then=never)


async def longest_stretch(of: SoapContract, body: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[float, int]:
    """The most CPU time that the reading thread had between two turns of the loop, in s, and the number of turns."""
    clocks: list[int] = []
    started: list[float] = []
    original = SoapClient._read

    def reading(self: SoapClient, *values: Any) -> Any:
        started.append(time.thread_time())
        clocks.append(time.pthread_getcpuclockid(threading.get_ident()))
        return original(self, *values)

    monkeypatch.setattr(SoapClient, "_read", reading)
    asking = asyncio.create_task(client(of, body).call(CALL, "Ask", {}, then=mapped))
    turns, longest, before = 0, 0.0, None
    while not asking.done():
        await asyncio.sleep(0)
        if clocks and not asking.done():
            now = time.clock_gettime(clocks[0])
            longest = max(longest, now - (started[0] if before is None else before))
            before, turns = now, turns + 1
    monkeypatch.undo()
    assert await asking == (ROWS, False)
    return longest, turns


async def test_twenty_thousand_rows_never_hold_the_loop(of: SoapContract, monkeypatch: pytest.MonkeyPatch) -> None:
    body, longest = rows(ROWS), 1.0
    for _ in range(6):  # where others keep the loop's thread from running, the reading one has the longer turns
        longest, turns = min((longest, 0), await longest_stretch(of, body, monkeypatch))
        if longest < MOST:
            break
    assert longest < MOST, f"{longest * 1e3:.1f} ms of reading between two turns of the loop"
    assert turns > 100
