"""Sampled values: valid, the same for the same seed, and of every kind over a few seeds."""

import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lxml import etree

from banyan.soap.codec import Dialect
from banyan.soap.codec.writing import writer
from banyan.soap.loading import load
from banyan.soap.sampling import sample, sample_message
from banyan.soap.sampling.pattern import matching
from tests.soap.schemas import assemble

WSDL = Path(__file__).parent / "wsdl" / "orders.wsdl"
FACETS = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:t="urn:t" targetNamespace="urn:t"><types><xs:schema targetNamespace="urn:t">
  <xs:element name="it"><xs:complexType><xs:sequence>{elements}</xs:sequence></xs:complexType></xs:element>
</xs:schema></types>
<message name="it"><part name="it" element="t:it"/></message>
<portType name="it"><operation name="it"><input message="t:it"/></operation></portType>
<binding name="it" type="t:it" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
  <soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>
  <operation name="it"><input><soap:body use="literal"/></input></operation></binding></definitions>"""
PLAIN = "dateTime date time duration gYear gYearMonth gMonth gMonthDay gDay boolean float double anyURI language NCName"
PATTERNS = [
    r"\d{3}-[A-F]+",
    "(ab|c?d)*x",
    r"[A,S]{1}",
    r"[\w]{2,4}\.",
    r"[+-]?[0-9]{1,3}",
    "a{2}b{0,1}",
    r"\+[^0-9]",
]
RESTRICTED = [
    ("string", '<xs:enumeration value="a b"/><xs:enumeration value="c: d"/>'),
    ("string", '<xs:minLength value="7"/><xs:maxLength value="9"/>'),
    ("string", '<xs:length value="3"/>'),
    ("string", '<xs:pattern value="[0-9]{7,20}"/><xs:maxLength value="10"/>'),
    ("string", '<xs:pattern value="([0][1-9]|[1-2][0-9]|[3][0-1])/([0][1-9]|[1][0-2])/([1-9][0-9][0-9][0-9])"/>'),
    ("string", r"""<xs:pattern value="[a-zA-Z0-9\-'\(\)+,./:=?;!*#@$_%]*"/>"""),
    ("string", '<xs:pattern value="A|[^A-Z]{2}"/>'),
    ("token", '<xs:minLength value="30"/>'),
    ("int", '<xs:minInclusive value="-5"/><xs:maxExclusive value="-3"/>'),
    ("integer", '<xs:totalDigits value="3"/><xs:minExclusive value="998"/>'),
    ("decimal", '<xs:fractionDigits value="1"/><xs:maxInclusive value="0.5"/>'),
    ("decimal", '<xs:totalDigits value="4"/><xs:fractionDigits value="2"/>'),
    ("unsignedByte", ""),
    ("negativeInteger", ""),
    ("hexBinary", '<xs:length value="4"/>'),
    ("base64Binary", '<xs:minLength value="5"/>'),
]


def _kinds() -> str:
    types = [
        f'<xs:element name="e{number}"><xs:simpleType><xs:restriction base="xs:{base}">{facets}</xs:restriction>'
        "</xs:simpleType></xs:element>"
        for number, (base, facets) in enumerate(RESTRICTED)
    ]
    return "".join(types + [f'<xs:element name="{name}" type="xs:{name}"/>' for name in PLAIN.split()])


def _request(document: Any, name: str) -> Any:
    return next(binding.all()[name].input for binding in document.bindings.values() if name in binding.all())


def _assert_valid(wsdl: Path, name: str, folder: Path, seeds: range) -> list[Any]:
    document: Any = load(wsdl).document
    element = _request(document, name).body
    schema, write = assemble(wsdl, wsdl.parent, folder), writer(element, document.types, Dialect())
    values = [sample(element, document.types, seed=seed, full=seed != seeds[-1]) for seed in seeds]
    for value in values:
        schema.assertValid(etree.fromstring(write(value)))
    return values


def test_every_facet_is_respected(tmp_path: Path) -> None:
    wsdl = tmp_path / "facets.wsdl"
    wsdl.write_text(FACETS.replace("{elements}", _kinds()))
    (folder := tmp_path / "schema").mkdir()
    values = _assert_valid(wsdl, "it", folder, range(20))
    assert {value["e0"] for value in values} == {"a b", "c: d"}
    assert {value["e8"] for value in values} == {-5, -4}


def test_orders_of_every_kind_are_valid(tmp_path: Path) -> None:
    *values, least = _assert_valid(WSDL, "order", tmp_path, range(40))
    assert {value.get("kind") for value in values} == {None, "new line", "port: in"}
    assert {len(value["line"]) for value in values} == {0, 1, 2, 3}
    assert {value["party"]["@type"] for value in values if "party" in value} == {"Person", "Robot"}
    assert {value["closed"] is None for value in values} == {True, False}
    assert least.keys() == {"reference", "closed", "version", "line"}
    assert least["line"] == []


def test_every_alternative_and_every_round_comes(tmp_path: Path) -> None:
    values = _assert_valid(WSDL, "extend", tmp_path, range(20))
    assert {len(value["_value_1"]) for value in values} == {0, 1, 2, 3}
    document: Any = load(WSDL).document
    bind = document.types.get_element("{urn:orders}bind")
    chosen = {next(iter(sample(bind, document.types, seed=seed))) for seed in range(20)}
    assert chosen == {"msisdn", "iccid", "alias"}


def test_the_same_seed_gives_the_same_value_and_a_type_that_holds_itself_has_an_end() -> None:
    first: Any = load(WSDL).document
    second: Any = load(WSDL).document
    for seed in range(5):
        values = [
            sample_message(_request(document, "order"), document.types, seed=seed) for document in (first, second)
        ]
        assert values[0] == values[1]
    order = sample(_request(first, "order").body, first.types)
    assert len(order["line"]) == 2
    assert "within" not in order["line"][0]


def test_what_no_value_can_fill_is_left_out_or_refused() -> None:
    document: Any = load(WSDL).document
    notice = document.types.get_element("{urn:orders}notice")
    with pytest.raises(ValueError, match="event is abstract"):
        sample(notice, document.types)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_texts_match_their_pattern(pattern: str) -> None:
    for seed in range(50):
        assert re.fullmatch(pattern, matching(pattern, Random(seed)), re.ASCII)


@pytest.mark.parametrize("pattern", [r"\p{IsGreek}", "(a", "a)"])
def test_an_unknown_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="an unknown pattern"):
        matching(pattern, Random(1))
