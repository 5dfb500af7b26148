"""Each kind of fault is on the wire what its name says: a law that meets another one would prove nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import etree

from banyan import SystemClock
from banyan.simulate import Ledger, Simulator, running
from banyan.simulate.faults import Armed
from banyan.suites import Fault
from tests.kit.acme.adapter import KNOWN, simulator

ASKED = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><getBalance xmlns="urn:acme">'
    f"<messageId>m</messageId><password>p</password><msisdn>{KNOWN}</msisdn></getBalance></e:Body></e:Envelope>"
)
BALANCE = ["messageId", "msisdn", "owner", "state", "amount", "until"]
System = tuple[Simulator, httpx.AsyncClient]
"""And who asks it."""


@pytest.fixture
async def system() -> AsyncIterator[System]:
    clock = SystemClock()
    simulated = simulator(Ledger(clock), clock)
    async with running(simulated) as addresses, httpx.AsyncClient(base_url=addresses.url) as client:
        yield simulated, client


async def answer(system: System, kind: Fault) -> httpx.Response:
    simulated, client = system
    simulated.faults.arm(Armed("*", kind, times=1, seconds=0.01))
    headers = {"content-type": "text/xml", "soapaction": "urn:acme:getBalance"}
    return await client.post("balance", content=ASKED, headers=headers)


def told(response: httpx.Response) -> dict[str, str]:
    """The parts of the reply in the body."""
    (reply,) = etree.fromstring(response.content).iterfind("{*}Body/*")
    return {etree.QName(part).localname: part.text or "" for part in reply}


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (Fault.REFUSE, 503, ""),
        (Fault.HTTP_503, 503, "<html>"),
        (Fault.FAULT, 500, ":Fault>"),
        (Fault.FAULT_AS_200, 200, ":Fault>"),
        (Fault.GARBAGE, 200, "<html>"),
        (Fault.LOGIN_PAGE, 200, "Please log in"),
        (Fault.SWAP, 200, "another</"),
        (Fault.DECIMAL_COMMA, 200, "12,50</"),
        (Fault.DELAY, 200, "12.50</"),
        (Fault.SLOW_DRIP, 200, "12.50</"),
    ],
)
async def test_it_answers_what_the_fault_says(system: System, kind: Fault, status: int, body: str) -> None:
    response = await answer(system, kind)
    assert response.status_code == status
    assert body in response.text


async def test_a_lost_answer_ends_the_connection_after_the_work(system: System) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await answer(system, Fault.LOST_ANSWER)
    assert system[0].received.total() == 1


async def test_an_empty_success_has_no_body(system: System) -> None:
    response = await answer(system, Fault.EMPTY_200)
    assert (response.status_code, response.content) == (200, b"")


async def test_half_a_reply_is_no_document(system: System) -> None:
    response = await answer(system, Fault.TRUNCATED)
    assert response.content.startswith(b"<?xml")
    with pytest.raises(etree.XMLSyntaxError):
        told(response)


async def test_another_namespace_has_the_same_names(system: System) -> None:
    response = await answer(system, Fault.WRONG_SCHEMA)
    assert list(told(response)) == BALANCE
    names = [etree.QName(node) for node in etree.fromstring(response.content).iterfind("{*}Body//*")]
    assert {name.namespace for name in names} == {"urn:of-somebody-else"}


async def test_a_missing_part_is_the_only_difference(system: System) -> None:
    assert list(told(await answer(system, Fault.MISSING_ELEMENT))) == BALANCE[1:]


async def test_an_unknown_word_is_in_no_contract(system: System) -> None:
    response = told(await answer(system, Fault.UNKNOWN_ENUMERATION))
    assert response["state"] not in ("ACTIVE", "BLOCKED")
    assert response["amount"] == "12.50"


async def test_latin_1_says_so_and_is_no_utf_8(system: System) -> None:
    response = await answer(system, Fault.LATIN_1)
    assert "Jürgen".encode("iso-8859-1") in response.content
    assert told(response)["owner"] == "Jürgen"
