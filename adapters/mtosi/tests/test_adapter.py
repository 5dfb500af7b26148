"""What the suites cannot know: typed faults, replies of somebody else, events that tell of failure."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from lxml import etree

from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.config import Config
from adapters.mtosi.faults import typed
from adapters.mtosi.mapping import name, receipt
from adapters.mtosi.simulator import WSDL
from banyan import (
    Call,
    Clock,
    Conflict,
    Garbled,
    Happened,
    NotFound,
    PortError,
    Rejected,
    Unavailable,
    Unsupported,
    Window,
)
from banyan.model import Activation
from banyan.simulate import Simulator
from banyan.soap import SoapContract, SoapFault
from banyan.wire import seam

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MSG = "http://www.tmforum.org/mtop/fmw/xsd/msg/v1"
LINE = Activation("t.1", "101", "mobile-line")
ROOT = {"serviceRequestRef": "R", "productName": name("PRODUCT", "t.1")}


@pytest.mark.parametrize(
    ("kind", "error", "happened"),
    [
        ("entityNotFound", NotFound, Happened.NO),
        ("objectInUse", Rejected, Happened.NO),
        ("invalidInput", Rejected, Happened.NO),
        ("unableToComply", Rejected, Happened.NO),
        ("notInValidState", Conflict, Happened.NO),
        ("notImplemented", Unsupported, Happened.NO),
        ("capacityExceeded", Unavailable, Happened.NO),
        ("commLoss", Unavailable, Happened.UNKNOWN),
        ("internalError", Unavailable, Happened.UNKNOWN),
    ],
)
def test_typed_faults_have_a_meaning(kind: str, error: type[PortError], happened: Happened) -> None:
    detail = etree.Element("detail")
    etree.SubElement(etree.SubElement(detail, "activateException"), f"{{{MSG}}}{kind}").text = "Anna, 49151234567"
    meant = typed(SoapFault("Server", "Anna, 49151234567", detail), "c-1")
    assert type(meant) is error
    assert (meant.happened, meant.code) == (happened, kind)
    assert "Anna" not in str(meant)


def test_a_fault_without_detail_is_read_by_its_code() -> None:
    assert type(typed(SoapFault("Client", ""), "c-1")) is Rejected
    assert typed(SoapFault("Server", ""), "c-1").happened is Happened.UNKNOWN


@pytest.mark.parametrize(("answered", "error"), [("c-1", NotFound), ("c-2", Garbled), ("", NotFound)])
def test_a_fault_that_answers_another_request_is_garbled(answered: str, error: type[PortError]) -> None:
    detail = etree.Element("detail")
    failure = etree.SubElement(etree.SubElement(detail, "activateException"), f"{{{MSG}}}entityNotFound")
    header = etree.SubElement(failure, "{http://www.tmforum.org/mtop/fmw/xsd/hdr/v1}header")
    etree.SubElement(header, "{http://www.tmforum.org/mtop/fmw/xsd/hdr/v1}correlationId").text = answered
    assert type(typed(SoapFault("Server", "", detail), "c-1")) is error


async def test_faults_of_the_simulator_tell_whom_they_answer(
    oss: Mtosi, call: Call, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[SoapFault] = []
    write = simulator.contract.write_fault

    def listening(fault: SoapFault) -> bytes:
        written.append(fault)
        return write(fault)

    monkeypatch.setattr(simulator.contract, "write_fault", listening)
    with pytest.raises(NotFound):
        await oss.modify(call, LINE)
    [fault] = written
    assert fault.detail is not None
    assert [node.text for node in fault.detail.iter("{*}correlationId")] != [None]


@pytest.mark.parametrize(
    ("events", "error"),
    [
        ([{"initialResponse": {**ROOT, "accept": False}}], Rejected),
        ([{"serviceCreationFailureEvent": {"cfsName": name("CFS", "1")}}], Rejected),
        ([{"initialResponse": {**ROOT, "accept": True}}], Garbled),
        ([{"cfsCreation": {**ROOT, "productName": name("PRODUCT", "t.2"), "cfsCreationEvents": [{}]}}], Garbled),
        ([{"cfsCreation": {**ROOT, "cfsCreationEvents": [{}]}}], Garbled),
        ([], Garbled),
    ],
)
def test_events_that_are_no_success(events: list[dict[str, Any]], error: type[PortError]) -> None:
    with pytest.raises(error):
        receipt(events, "t.1", NOW)


async def test_an_oss_that_is_down_is_unavailable_and_nothing_happened(clock: Clock, call: Call) -> None:
    adapter = Mtosi(Config(endpoint="http://127.0.0.1:1", timeout_s=1), clock)
    for work in (adapter.probe(call), adapter.activate(call, LINE), adapter.services(call, "101", Window())):
        with pytest.raises(Unavailable) as down:
            await work
        assert down.value.happened is Happened.NO
    await adapter.aclose()


async def test_it_probes(oss: Mtosi, call: Call, simulator: Simulator) -> None:
    await oss.probe(call)
    assert simulator.ledger.lines == []


async def test_a_service_that_comes_back_keeps_its_number(oss: Mtosi, call: Call, simulator: Simulator) -> None:
    first = await oss.activate(call, LINE)
    await oss.deactivate(call, LINE)
    other = await oss.activate(call, replace(LINE, reference="t.2"))
    again = await oss.activate(call, LINE)
    assert (again.native_id, again.facts["msisdn"]) == (first.native_id, first.facts["msisdn"])
    assert other.facts["msisdn"] != first.facts["msisdn"]
    assert [line["operation"] for line in simulator.ledger.lines] == ["activate", "deactivate", "activate", "activate"]


async def test_the_service_is_listed_with_its_number(oss: Mtosi, call: Call) -> None:
    receipt = await oss.activate(call, LINE)
    service = await oss.service(call, receipt.native_id)
    assert (service.reference, service.state) == ("t.1", "active")
    assert service.characteristics == {"msisdn": receipt.facts["msisdn"]}


async def test_the_ledger_tells_the_trace(oss: Mtosi, call: Call, simulator: Simulator) -> None:
    await oss.activate(call, LINE)
    (line,) = simulator.ledger.lines
    assert set(line) == {"time", "operation", "reference", "nativeId", "amount", "traceparent"}
    assert (line["operation"], line["reference"], line["amount"]) == ("activate", "t.1", None)
    simulator.reset()
    assert (await oss.activate(call, LINE)).native_id == line["nativeId"]


Tamper = Callable[[str], str]
TAMPERED: list[Tamper] = [
    lambda reply: reply.replace("sir/v1", "sir/v9"),
    lambda reply: re.sub(r"<(\w+):correlationId>[^<]*", r"<\1:correlationId>other", reply),
    lambda reply: re.sub(r"<soap:Header>.*</soap:Header>", "", reply),
    lambda reply: reply.replace("PROVISIONED_ACTIVE", "HUMMING"),
    lambda reply: reply.replace(">101<", ">102<"),
    lambda reply: reply.replace("svc/v1", "svc/v9"),
    lambda reply: reply[: len(reply) // 2],
    lambda _: "<html><body>Please log in</body></html>",
    lambda _: "",
]


@pytest.mark.parametrize("number", range(len(TAMPERED)))
async def test_bad_reply(clock: Clock, call: Call, simulator: Simulator, number: int) -> None:
    contract = SoapContract.load(WSDL)

    def answer(request: httpx.Request) -> httpx.Response:
        asked = contract.read_request(None, request.content)
        cfs = {
            "name": name("CFS", "7"),
            "hasStarted": True,
            "isMandatory": True,
            "startMode": "ANY",
            "isStateful": True,
            "adminState": "UNLOCKED",
            "serviceState": "PROVISIONED_ACTIVE",
            "operationalState": "ENABLED",
            "subscriberRef": name("SUBSCRIBER", "101"),
            "sapList": [{}],
        }
        header = {"mtopHeader": {"correlationId": asked.header["mtopHeader"]["correlationId"]}}
        body = contract.write_reply(asked.operation, {"inventoryData": {"cfsList": {"cfs": [cfs]}}}, header)
        text = body.decode() if sound else TAMPERED[number](body.decode())
        return httpx.Response(200, content=text.encode(), headers={"content-type": "text/xml"})

    with seam.installed(lambda: httpx.MockTransport(answer)):
        adapter = Mtosi(Config(endpoint="http://oss.invalid"), clock)
    sound = True
    assert len((await adapter.services(call, "101", Window())).items) == 1
    sound = False
    with pytest.raises(Garbled) as garbled:
        await adapter.services(call, "101", Window())
    assert garbled.value.happened is Happened.UNKNOWN
    await adapter.aclose()
