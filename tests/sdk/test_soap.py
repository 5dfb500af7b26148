"""SOAP is read strictly: what is not the expected answer is an error, never an empty answer."""

import asyncio
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from banyan import Call, Garbled, Happened, Principal, Rejected, Unavailable
from banyan.soap import SoapClient, SoapContract, SoapFault, port_error
from banyan.wire import Wire
from tests.clock import FakeClock

WSDL = """<?xml version="1.0"?>
<wsdl:definitions targetNamespace="urn:t" xmlns:t="urn:t" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">
    IMPORT
    <xs:element name="ask"><xs:complexType><xs:sequence>
      <xs:element name="id" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="told"><xs:complexType><xs:sequence>
      <xs:element name="amount" type="xs:decimal"/>
      <xs:element name="rate" type="xs:double" minOccurs="0"/>
      <xs:element name="at" type="xs:dateTime" minOccurs="0"/>
      <xs:element name="open" type="xs:boolean" minOccurs="0"/>
      <xs:element name="note" type="xs:string" minOccurs="0" nillable="true"/>
      <xs:element name="part" type="t:part" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:complexType name="part"><xs:sequence><xs:element name="n" type="xs:int"/></xs:sequence></xs:complexType>
    <xs:complexType name="big"><xs:complexContent><xs:extension base="t:part"><xs:sequence>
      <xs:element name="m" type="xs:int"/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>
    <xs:element name="who"><xs:complexType><xs:sequence>
      <xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
  </xs:schema></wsdl:types>
  <wsdl:message name="ask"><wsdl:part name="b" element="t:ask"/><wsdl:part name="who" element="t:who"/></wsdl:message>
  <wsdl:message name="told"><wsdl:part name="b" element="t:told"/><wsdl:part name="who" element="t:who"/></wsdl:message>
  <wsdl:portType name="p"><wsdl:operation name="Ask"><wsdl:input message="t:ask"/><wsdl:output message="t:told"/>
  </wsdl:operation></wsdl:portType>
  <wsdl:binding name="b" type="t:p"><soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Ask"><soap:operation soapAction="urn:ask"/>
      <wsdl:input><soap:header message="t:ask" part="who" use="literal"/><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:header message="t:told" part="who" use="literal"/><soap:body use="literal"/></wsdl:output>
    </wsdl:operation></wsdl:binding>
</wsdl:definitions>"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> SoapContract:
    path = tmp_path_factory.mktemp("wsdl") / "t.wsdl"
    path.write_text(WSDL.replace("IMPORT", ""))
    return SoapContract.load(path)


def told(
    inner: str, *, root: str = "told", ns: str = "urn:t", soap: str = "http://schemas.xmlsoap.org/soap/envelope/"
) -> bytes:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    body = f'<{root} xmlns="{ns}" {xsi}>{inner}</{root}>'
    return f'<s:Envelope xmlns:s="{soap}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


GOOD = "<amount>12.50</amount>"


def test_a_reply_becomes_plain_values(contract: SoapContract) -> None:
    inner = GOOD + "<at>2026-03-02T09:00:00</at><open>1</open><part><n>1</n></part><part><n>2</n></part>"
    reply = contract.read("Ask", told(inner))
    assert reply.body["amount"] == Decimal("12.50")
    assert reply.body["at"] == datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - the reply has no zone
    assert (reply.body["open"], reply.body["rate"]) == (True, None)
    assert reply.body["part"] == [{"n": 1}, {"n": 2}]


def test_what_a_newer_contract_added_is_passed_over(contract: SoapContract) -> None:
    assert contract.read("Ask", told(GOOD + "<added><x/></added><open>true</open>")).body["open"] is True


def test_a_type_that_stands_in_is_named(contract: SoapContract) -> None:
    reply = contract.read("Ask", told(GOOD + '<part xmlns:t="urn:t" xsi:type="t:big"><n>1</n><m>2</m></part>'))
    assert reply.body["part"] == [{"n": 1, "m": 2, "@type": "big"}]


def test_headers_travel_both_ways(contract: SoapContract) -> None:
    sent = contract.write("Ask", {"id": "7"}, {"who": {"name": "we"}})
    assert contract.read_request(None, sent) == ("Ask", {"id": "7"}, {"who": {"name": "we"}})
    reply = contract.write_reply("Ask", {"amount": Decimal(1)}, {"who": {"name": "they"}})
    assert contract.read("Ask", reply).header == {"who": {"name": "they"}}


DTD = b'<!DOCTYPE s [<!ENTITY e "x">]>'
UNTRUSTED: list[bytes] = [
    b"",
    b"not xml",
    b"<html/>",
    told(GOOD)[:-30],
    DTD + told(GOOD),
    told(GOOD, ns="urn:other"),
    told(GOOD, root="asked"),
    told(GOOD, soap="http://www.w3.org/2003/05/soap-envelope"),
    told(GOOD).replace(b"<s:Body>", b"<s:Body><x/>"),
    told(GOOD).replace(b"s:Body", b"s:Head"),
    told(""),
    told("<amount/>"),
    told('<amount xsi:nil="true"/>'),
    told("<amount>12,50</amount>"),
    told("<amount>" + "</amount><amount>".join("12") + "</amount>"),
    told('<amount xmlns="urn:other">1</amount>'),
    told('<amount xmlns="">1</amount>'),
    told(GOOD + "<rate>many</rate>"),
    told(GOOD + "<at>yesterday</at>"),
    told(GOOD + "<open>maybe</open>"),
    told(GOOD + "<part/>"),
    told(GOOD + "<part><n>x</n></part>"),
    told(GOOD + '<part xsi:type="unheardOf"><n>1</n></part>'),
    told("<open>true</open>" + GOOD),
]


@pytest.mark.parametrize("case", range(len(UNTRUSTED)))
def test_what_is_not_the_answer_is_garbled(contract: SoapContract, case: int) -> None:
    with pytest.raises(Garbled) as caught:
        contract.read("Ask", UNTRUSTED[case])
    assert caught.value.happened is Happened.UNKNOWN


FAULTS = [
    ("<faultcode>s:Server</faultcode><faultstring>+49 170</faultstring><detail><x/></detail>", "Server", Unavailable),
    ("<faultcode>Client</faultcode><faultstring>no</faultstring>", "Client", Rejected),
    ("<s:faultcode>s:MustUnderstand</s:faultcode>", "MustUnderstand", Rejected),
    ("<s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>no</s:Text></s:Reason>", "Sender", Rejected),
    ("", "", Unavailable),
]


@pytest.mark.parametrize("case", range(len(FAULTS)))
def test_a_fault_is_a_fault_whatever_its_status(contract: SoapContract, case: int) -> None:
    inner, code, kind = FAULTS[case]
    reply = told("").replace(b'<told xmlns="urn:t"', b"<s:Fault").replace(b"</told>", inner.encode() + b"</s:Fault>")
    with pytest.raises(SoapFault) as caught:
        contract.read("Ask", reply)
    error = port_error(caught.value)
    assert (caught.value.code, type(error)) == (code, kind)
    assert "+49" not in str(error) + str(caught.value)


async def test_what_soap_cannot_say_is_rejected_before_sending(contract: SoapContract) -> None:
    clock = FakeClock()
    wire = Wire("acme", clock=clock, timeout_s=1, concurrency=1)
    client = SoapClient(contract, wire, "http://127.0.0.1:9/")
    call = Call(100, "default", Principal("tester", "tests", "default"))
    for id in ("nul \x00", "\ud800", None):
        with pytest.raises(Rejected):
            await client.call(call, "Ask", {"id": id})
    await client.aclose()


@pytest.mark.parametrize("place", ["http://127.0.0.1:9/x.xsd", "https://example.org/x.xsd", "../x.xsd", "absent.xsd"])
async def test_a_wsdl_is_loaded_from_its_own_folder_and_nowhere_else(tmp_path: Path, place: str) -> None:
    (tmp_path / "x.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x"/>')
    wsdl = tmp_path / "in" / "t.wsdl"
    wsdl.parent.mkdir()
    wsdl.write_text(WSDL.replace("IMPORT", f'<xs:import namespace="urn:x" schemaLocation="{place}"/>'))
    contract = await asyncio.to_thread(SoapContract.load, wsdl)
    assert any(place in str(problem) for problem in contract.problems)
