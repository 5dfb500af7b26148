"""Two versions of a WSDL: what an adapter of the old one stumbles over, and what it does not notice."""

from pathlib import Path

import pytest

from banyan.scaffold.differ import compare
from banyan.soap import SoapContract
from banyan.soap.sampled import sampled_reply
from banyan.soap.survey import survey
from banyan.soap.vendor import gather
from contracts.errors import Garbled

CARE = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
  xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:x="http://www.w3.org/2001/XMLSchema"
  xmlns:t="urn:care" targetNamespace="urn:care">
<types><x:schema targetNamespace="urn:care" elementFormDefault="qualified">
<x:simpleType name="Code"><x:restriction base="x:string"><x:maxLength value="20"/></x:restriction></x:simpleType>
<x:complexType name="Base" abstract="true"><x:sequence>
  <x:element name="w" type="x:string"/></x:sequence></x:complexType>
<x:complexType name="Line"><x:complexContent><x:extension base="t:Base"><x:sequence>
  <x:element name="z" type="x:string"/></x:sequence></x:extension></x:complexContent></x:complexType>
<x:complexType name="Pair"><x:all>
  <x:element name="x" type="x:int"/><x:element name="y" type="x:int"/></x:all></x:complexType>
<x:complexType name="Tree"><x:sequence><x:element name="leaf" type="x:string"/>
  <x:element name="tree" type="t:Tree" minOccurs="0"/></x:sequence></x:complexType>
<x:element name="Open"><x:complexType><x:sequence>
  <x:element name="prio" type="x:int"/><x:element name="code" type="t:Code"/>
  <x:element name="tag" type="x:string" minOccurs="0" maxOccurs="5"/></x:sequence>
  <x:attribute name="lang" type="x:string"/><x:attribute name="zone" type="x:string"/></x:complexType></x:element>
<x:element name="Opened"><x:complexType><x:sequence>
  <x:element name="count" type="x:int"/><x:element name="pair" type="t:Pair" minOccurs="0" maxOccurs="9"/>
  <x:element name="thing" type="t:Base"/><x:element name="tree" type="t:Tree"/>
  <x:choice><x:element name="a" type="x:string"/><x:element name="b" type="x:string"/></x:choice>
</x:sequence></x:complexType></x:element>
<x:element name="Bad"><x:complexType><x:sequence>
  <x:element name="code" type="x:string"/></x:sequence></x:complexType></x:element>
<x:element name="Key"><x:complexType><x:sequence>
  <x:element name="key" type="x:string"/></x:sequence></x:complexType></x:element>
</x:schema></types>
<message name="In"><part name="body" element="t:Open"/></message>
<message name="Head"><part name="h" element="t:Key"/></message>
<message name="Out"><part name="body" element="t:Opened"/></message>
<message name="No"><part name="no" element="t:Bad"/></message>
<portType name="Care"><operation name="Open"><input message="t:In"/><output message="t:Out"/>
  <fault name="Bad" message="t:No"/></operation></portType>
<binding name="Soap" type="t:Care"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="Open"><soap:operation soapAction="open"/>
  <input><soap:header message="t:Head" part="h" use="literal"/><soap:body use="literal"/></input>
  <output><soap:body use="literal"/></output><fault name="Bad"><soap:fault name="Bad" use="literal"/></fault>
  </operation></binding>
<service name="Care"><port name="Care" binding="t:Soap"><soap:address location="http://old.example/"/></port></service>
</definitions>"""
SECOND = """<binding name="Soap12" type="t:Care"><soap12:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="Open"><soap12:operation soapAction="open"/><input><soap12:body use="literal"/></input>
  <output><soap12:body use="literal"/></output></operation></binding><service"""
X, Y = '<x:element name="x" type="x:int"/>', '<x:element name="y" type="x:int"/>'
A, B = '<x:element name="a" type="x:string"/>', '<x:element name="b" type="x:string"/>'
LANG, ZONE = '<x:attribute name="lang" type="x:string"/>', '<x:attribute name="zone" type="x:string"/>'
LONGER = '<x:complexType name="Long"><x:complexContent><x:extension base="t:Line"/></x:complexContent></x:complexType>'

SENT = {
    "a wider number": ('"prio" type="x:int"', '"prio" type="x:long"', False),
    "a narrower number": ('"prio" type="x:int"', '"prio" type="x:short"', True),
    "a shorter text": ('value="20"', 'value="10"', True),
    "a longer text": ('value="20"', 'value="30"', False),
    "a pattern": ("<x:maxLength", '<x:pattern value="[A-Z]+"/><x:maxLength', True),
    "fewer times": ('maxOccurs="5"', 'maxOccurs="3"', True),
    "more times": ('maxOccurs="5"', 'maxOccurs="unbounded"', False),
    "attributes in another order": (LANG + ZONE, ZONE + LANG, None),
    "another element": ('element="t:Open"', 'element="t:Key"', True),
    "another header": ('element="t:Key"', 'element="t:Bad"', True),
    "only a part's name": ('name="body"', 'name="parameters"', None),
    "only a header part's name": ('"h"', '"header"', None),
    "only the address": ("old.example", "new.example", None),
    "a second binding": ("<service", SECOND, False),
}
READ = {
    "a narrower number": ('"count" type="x:int"', '"count" type="x:short"', False),
    "a list of one": (' maxOccurs="9"', "", False),
    "xsd:all in another order": (X + Y, Y + X, None),
    "a choice in another order": (A + B, B + A, None),
    "one more to choose": (A, f'{A}<x:element name="c" type="x:string"/>', True),
    "a part of a type that stands in": ('<x:element name="z" type="x:string"/>', "", True),
    "one more type that stands in": ('<x:complexType name="Line"', f'{LONGER}<x:complexType name="Line"', True),
    "deep in a type that holds itself": (
        'name="leaf" type="x:string"',
        'name="leaf" type="x:string" minOccurs="0"',
        True,
    ),
}
FAULT = {"a part of a fault": ('<x:element name="code" type="x:string"/>', "", True)}


def changed(old: str, new: str, folder: Path) -> tuple[Path, Path]:
    made = CARE.replace(old, new)
    assert made != CARE
    (folder / "old.wsdl").write_text(CARE)
    (folder / "new.wsdl").write_text(made)
    return folder / "old.wsdl", folder / "new.wsdl"


@pytest.mark.parametrize(("old", "new", "breaking"), [*SENT.values(), *READ.values(), *FAULT.values()])
def test_a_change_breaks_or_does_not(old: str, new: str, breaking: bool | None, tmp_path: Path) -> None:
    before, after = changed(old, new, tmp_path)
    found = compare(survey(gather(before)), survey(gather(after)))
    assert (any(each.breaking for each in found) if found else None) == breaking, found


@pytest.mark.parametrize("change", READ)
def test_an_old_contract_stumbles_where_it_is_said(change: str, tmp_path: Path) -> None:
    """Not over what is called harmless, and over what is called breaking in one sample at least."""
    old, new, breaking = READ[change]
    before, after = (SoapContract.load(path) for path in changed(old, new, tmp_path))
    stumbled = False
    for seed in range(20):
        reply = sampled_reply(after, "Open", seed=seed)
        try:
            before.read("Open", after.write_reply("Open", reply.body))
        except Garbled:
            stumbled = True
    assert stumbled == bool(breaking)
