"""Faults of both SOAP versions, as they are written and as they are read."""

from pathlib import Path

import pytest
from lxml import etree

from banyan.soap import SoapContract, SoapFault
from banyan.soap.fault import port_error, read_fault, write_fault
from contracts.errors import Rejected
from tests.soap.small import SOAP11, SOAP12, contract, element, envelope, sequence

DETAIL = "<f:reason xmlns:f='urn:f'><f:number>7</f:number></f:reason>"


@pytest.fixture
def of(tmp_path: Path) -> SoapContract:
    return contract(tmp_path, sequence(element("n", "xs:int")))


def said(soap: str, code: str, *, detail: str = "") -> etree._Element:
    fault = SoapFault(code, "no such order", etree.fromstring(detail) if detail else None)
    return etree.fromstring(write_fault(soap, fault))[0][0]


@pytest.mark.parametrize(
    ("code", "value", "closer"),
    [
        ("Client", "soap:Sender", None),
        ("Server", "soap:Receiver", None),
        ("Sender", "soap:Sender", None),
        ("MustUnderstand", "soap:MustUnderstand", None),
        ("Client.Order", "soap:Sender", "Client.Order"),
        ("FailedAuthentication", "soap:Sender", "FailedAuthentication"),
        ("ORA-1", "soap:Receiver", "ORA-1"),
    ],
)
def test_a_fault_of_soap_12_has_its_own_children_and_codes(code: str, value: str, closer: str | None) -> None:
    node = said(SOAP12, code, detail=DETAIL)
    names = {"s": SOAP12}
    assert [child.tag for child in node] == [f"{{{SOAP12}}}{name}" for name in ("Code", "Reason", "Detail")]
    assert node.findtext("s:Code/s:Value", namespaces=names) == value
    assert node.findtext("s:Code/s:Subcode/s:Value", namespaces=names) == closer
    text = node.find("s:Reason/s:Text", namespaces=names)
    assert text is not None
    assert (text.text, text.get("{http://www.w3.org/XML/1998/namespace}lang")) == ("no such order", "en")
    assert node.findtext("s:Detail/f:reason/f:number", namespaces={**names, "f": "urn:f"}) == "7"


def test_a_fault_of_soap_11_has_unqualified_children(of: SoapContract) -> None:
    node = said(SOAP11, "Sender", detail=f"<detail>{DETAIL}</detail>")
    assert [(child.tag, child.text) for child in node][:2] == [
        ("faultcode", "soap:Client"),
        ("faultstring", "no such order"),
    ]
    assert [child.tag for child in node[2]] == ["{urn:f}reason"]
    fault = SoapFault("Client", "no", etree.fromstring(DETAIL))
    for _ in range(2):  # a fault that is written does not lose its detail
        with pytest.raises(SoapFault) as caught:
            of.read("Ask", of.write_fault(fault))
        assert caught.value.detail is not None
        assert [child.tag for child in caught.value.detail] == ["{urn:f}reason"]


def test_a_closer_code_of_security_is_told_in_both_versions() -> None:
    node = said(SOAP12, "FailedAuthentication")
    spoken = envelope(etree.tostring(node, encoding="unicode"), soap=SOAP12)
    told = port_error(read_fault(etree.fromstring(spoken)[0][0]))
    assert isinstance(told, Rejected)
    assert told.code == "FailedAuthentication"


def test_a_fault_is_one_though_elements_stand_behind_it(of: SoapContract) -> None:
    """Axis 1 puts there what the detail refers to."""
    inside = "<faultcode>s:Server</faultcode><faultstring>no</faultstring><detail><a href='#id0'/></detail>"
    with pytest.raises(SoapFault) as caught:
        of.read("Ask", envelope(f"<s:Fault>{inside}</s:Fault><multiRef id='id0'/>"))
    assert caught.value.code == "Server"
