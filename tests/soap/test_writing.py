"""What a compiled writer says, and for which values it has no words. Everything it says is held against libxml2."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from banyan.soap.codec import Dialect
from banyan.soap.codec.reading import reader
from banyan.soap.codec.writing import writer
from banyan.soap.loading import load
from tests.soap.schemas import assemble

WSDL = Path(__file__).parent / "wsdl" / "orders.wsdl"
LONE = ("bind", "log", "notice")
"""Elements that are no request."""
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
ORDER: dict[str, Any] = {"reference": "R-1", "closed": None}
LINE: dict[str, Any] = {"number": 1, "price": {"_value_1": Decimal("9.90"), "currency": "EUR"}}
WEST = timezone(timedelta(hours=-5))
LATE = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
Write = Callable[..., etree._Element]


@cache
def _document() -> Any:
    return load(WSDL).document


def _message(name: str) -> Any:
    bindings: Any = _document().bindings.values()
    return next(binding.all()[name] for binding in bindings if name in binding.all()).input


def _text(name: str, value: Any, dialect: Dialect | None = None) -> str:
    element = _document().types.get_element(f"{{urn:orders}}{name}") if name in LONE else _message(name).body
    return writer(element, _document().types, dialect or Dialect())(value)


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    return assemble(WSDL, WSDL.parent, tmp_path_factory.mktemp("schema"), [_message("count").body])


@pytest.fixture
def write(schema: etree.XMLSchema) -> Write:
    """Writes, has libxml2 judge, and hands back what was written."""

    def said(name: str, value: Any, dialect: Dialect | None = None) -> etree._Element:
        node = etree.fromstring(_text(name, value, dialect))
        schema.assertValid(node)
        return node

    return said


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("reference", "a <b> & \"c\" 'd' ]]> \u00e9 \U0001f333", "a <b> & \"c\" 'd' ]]> \u00e9 \U0001f333"),
        ("reference", "line\r\nend\ttab", "line\r\nend\ttab"),
        ("reference", 5, "5"),
        ("kind", "port: in", "port: in"),
        ("amount", Decimal("1E+3"), "1000"),
        ("amount", Decimal("-0.000000001"), "-0.000000001"),
        ("amount", "12.50", "12.50"),
        ("amount", 7, "7"),
        ("quantity", 99, "99"),
        ("quantity", Decimal(5), "5"),
        ("start", datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "2026-03-02T09:00:00Z"),
        (
            "start",
            datetime(2026, 3, 2, 9, 0, 0, 250000, timezone(timedelta(hours=-5))),
            "2026-03-02T09:00:00.250000-05:00",
        ),
        ("start", datetime(2026, 3, 2, 9, 0), "2026-03-02T09:00:00"),  # noqa: DTZ001 - what a contract without zones takes
        ("start", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        ("due", date(2026, 3, 2), "2026-03-02"),
        ("wait", timedelta(hours=36), "P1DT12H"),
        ("express", True, "true"),
        ("express", False, "false"),
        ("load", 0.1, "0.1"),
        ("load", float("inf"), "INF"),
        ("load", Decimal("2.50"), "2.50"),
        ("seal", b"\x00\xff", "AP8="),
        ("words", ["a", "b"], "a b"),
        ("many", 12, "12"),
        ("many", "new line", "new line"),
        ("year", (2026, None), "2026"),
        ("anything", "text", "text"),
        ("anything", 5, "5"),
    ],
)
def test_a_value_is_said_as_its_type_says_it(write: Write, part: str, value: Any, said: str) -> None:
    node = write("order", {**ORDER, part: value}).find(f"{{urn:orders}}{part}")
    assert node is not None
    assert node.text == said


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("reference", "bell \x07", "reference holds a character that XML cannot carry"),
        ("reference", "\ud800", "reference holds a character that XML cannot carry"),
        ("reference", ["a"], "reference is of the wrong kind"),
        ("reference", None, "reference is missing"),
        ("kind", "secret", "kind is none of the values that its type lists"),
        ("amount", 1.5, "amount is no exact decimal number"),
        ("amount", Decimal("NaN"), "amount is no exact decimal number"),
        ("amount", "12,50", "amount is no exact decimal number"),
        ("quantity", 100, "quantity lies outside the limits of its type"),
        ("quantity", 2**40, "quantity lies outside the limits of its type"),
        ("quantity", True, "quantity is no whole number"),
        ("quantity", Decimal("1.5"), "quantity is no whole number"),
        ("start", date(2026, 3, 2), "start is no date and time"),
        ("start", "yesterday", "start is of the wrong kind"),
        ("due", "2026-13-45", "due is of the wrong kind"),
        ("express", "secret", "express is no boolean"),
        ("load", "secret", "load is of the wrong kind"),
        ("wait", "secret", "wait is no duration"),
        ("short", "secret", "short is too short or too long"),
        ("many", "secret", "many is none of what its type unites"),
        ("words", 5, "words is no list"),
        ("line", [LINE] * 4, "line comes 4 times"),
        ("line", "secret", "line takes a dict of its parts"),
        ("line", {**LINE, "number": None}, "line.number is missing"),
        (
            "line",
            {**LINE, "within": {**LINE, "price": {"_value_1": Decimal(1)}}},
            "line.within.price.currency is missing",
        ),
        ("line", {**LINE, "colour": "secret"}, "line has no part colour"),
        ("colour", "secret", "order has no part colour"),
        ("party", {"id": 1}, "party is of an abstract type: @type must name one that stands in for it"),
        ("party", {"@type": "Stranger", "id": 1}, "party has no type that its @type could mean"),
        ("party", {"@type": "Person", "id": 1}, "party.surname is missing"),
    ],
)
def test_what_cannot_be_said_is_refused_by_the_name_of_its_part(part: str, value: Any, why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        _text("order", {**ORDER, part: value})
    assert str(refused.value).removeprefix("order.") == why
    assert "secret" not in str(refused.value)


def test_an_order_says_only_what_it_has_and_what_it_must_have(write: Write) -> None:
    node = write("order", {**ORDER, "kind": None, "line": [], "words": None})
    assert [etree.QName(child).localname for child in node] == ["reference", "version", "closed"]
    assert node.findtext("{urn:orders}version") == "2.0"
    assert node.find("{urn:orders}closed").get(f"{XSI}nil") == "true"  # type: ignore[union-attr]


def test_attributes_and_text_stand_where_they_belong(write: Write) -> None:
    line = {**LINE, "note": 'a "quote"\n<&\t\u00e9', "within": {**LINE, "number": 2}}
    node = write("order", {**ORDER, "line": [line, LINE]})
    first, second = node.findall("{urn:orders}line")
    assert dict(first.attrib) == {"number": "1", "note": 'a "quote"\n<&\t\u00e9'}
    assert dict(second.attrib) == {"number": "1"}
    price = first.find("{urn:orders}within/{urn:orders}price")
    assert price is not None
    assert (price.text, dict(price.attrib)) == ("9.90", {"currency": "EUR"})


def test_a_lone_line_is_a_list_of_one(write: Write) -> None:
    assert len(write("order", {**ORDER, "line": LINE}).findall("{urn:orders}line")) == 1


@pytest.mark.parametrize("named", ["Person", "{urn:parties}Person"])
def test_a_stand_in_says_its_type_and_its_parts_keep_their_forms(write: Write, named: str) -> None:
    node = write("order", {**ORDER, "party": {"@type": named, "id": 7, "surname": "Doe"}})
    party = node.find("{urn:orders}party")
    assert party is not None
    prefix, _, name = party.get(f"{XSI}type", "").partition(":")
    assert (party.nsmap[prefix], name) == ("urn:parties", "Person")
    assert [child.tag for child in party] == ["id", "{urn:parties}surname"]


def test_a_stand_in_brings_its_own_namespace(write: Write) -> None:
    plain = _text("order", ORDER)
    assert "urn:words" not in plain
    node = write("order", {**ORDER, "party": {"@type": "Robot", "id": 7, "model": "R2"}})
    assert node.findtext("{urn:orders}party/{urn:words}model") == "R2"


def test_a_typed_value_of_zeep_is_a_stand_in_too(write: Write) -> None:
    person = _document().types.get_type("{urn:parties}Person")(id=7, surname="Doe")
    node = write("order", {**ORDER, "party": person})
    assert node.findtext("{urn:orders}party/{urn:parties}surname") == "Doe"
    stranger = _document().types.get_type("{urn:parties}Stranger")(id=7)
    with pytest.raises(ValueError, match="party is of a type that cannot stand in"):
        _text("order", {**ORDER, "party": stranger})


def test_anything_may_be_of_a_named_type_or_hold_elements(write: Write) -> None:
    for value, found in [
        ({"@type": "Line", **LINE}, "{urn:orders}price"),
        ([etree.fromstring("<x xmlns='urn:x'>1</x>")], "{urn:x}x"),
    ]:
        anything = write("order", {**ORDER, "anything": value}).find("{urn:orders}anything")
        assert anything is not None
        assert anything[0].tag == found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"msisdn": "1"}, ["msisdn"]),
        ({"iccid": "1", "pin": "2"}, ["iccid", "pin"]),
        ({"iccid": "1", "msisdn": None, "alias": []}, ["iccid"]),
        ({"alias": ["a", "b"]}, ["alias", "alias"]),
    ],
)
def test_one_alternative_of_a_choice_is_said(write: Write, value: dict[str, Any], said: list[str]) -> None:
    assert [etree.QName(child).localname for child in write("bind", value)] == said


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({}, "bind lacks one of alias, iccid, msisdn, pin"),
        ({"msisdn": "1", "iccid": "2"}, "bind may not have iccid and msisdn together"),
        ({"pin": "1"}, "bind.iccid is missing"),
    ],
)
def test_a_choice_without_exactly_one_alternative_is_refused(value: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        _text("bind", value)
    assert str(refused.value) == why


def test_a_group_comes_in_rounds_and_a_wildcard_takes_elements(write: Write) -> None:
    other = etree.fromstring('<x:y xmlns:x="urn:x" a="1">t</x:y>')
    other.tail = "not said"
    rounds = [{"name": "a", "value": "1"}, {"name": "b"}]
    node = write("extend", {"_value_1": rounds, "from": 1, "to": 2, "_value_2": [other]})
    assert [(etree.QName(child).localname, child.text) for child in node] == [
        ("name", "a"), ("value", "1"), ("name", "b"), ("from", "1"), ("to", "2"), ("y", "t"),
    ]  # fmt: skip
    assert "not said" not in etree.tostring(node, encoding="unicode")
    assert len(write("extend", {})) == 0


def test_attributes_that_no_contract_names_are_said_as_they_are_given(write: Write) -> None:
    given = {"plain": "<1>", "{urn:x}other": '"2"', f"{XSI}nil": "true"}
    node = write("extend", {"_attr_1": given})
    assert dict(node.items()) == {"plain": "<1>", "{urn:x}other": '"2"'}


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"from": 1}, "extend.to is missing"),
        ({"_value_1": [{"value": "1"}]}, "extend.name is missing"),
        ({"_value_1": [{"name": "1", "colour": "red"}]}, "extend has no part colour"),
        ({"_value_1": ["red"]}, "extend._value_1 takes dicts of its parts"),
        ({"_value_2": ["<x/>"]}, "extend._value_2 takes lxml elements"),
    ],
)
def test_a_broken_group_is_refused(value: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        _text("extend", value)
    assert str(refused.value) == why


def test_each_round_of_a_choice_has_one_alternative_which_may_be_nil(write: Write) -> None:
    node = write("log", {"_value_1": [{"text": "a"}, {"opened": None}, {"opened": date(2026, 3, 2), "text": None}]})
    assert [(etree.QName(each).localname, each.text) for each in node] == [
        ("text", "a"), ("opened", None), ("opened", "2026-03-02"),
    ]  # fmt: skip
    for value in ({}, {"_value_1": []}, {"_value_1": [{}]}, {"_value_1": [{"text": None}]}):
        with pytest.raises(ValueError, match="log"):
            _text("log", value)


def test_what_stands_in_for_an_abstract_element_is_said_by_its_own_name(write: Write) -> None:
    moved = {"@type": "Moved", "at": LATE, "event": {"at": LATE}}
    node = write("notice", {"event": [{"@type": "Event", "at": LATE}, moved]})
    assert [etree.QName(each).localname for each in node.iter("{urn:orders}seen", "{urn:orders}moved")] == [
        "seen", "moved", "seen",
    ]  # fmt: skip
    read = reader(_document().types.get_element("{urn:orders}notice"), _document().types, Dialect())(node)
    assert read == {"event": [{"at": LATE}, moved]}
    with pytest.raises(ValueError, match=r"notice\.event is abstract: @type must name the type"):
        _text("notice", {"event": [{"@type": "Line", "at": LATE}]})


def test_rpc_parts_stand_unqualified_and_an_array_says_what_it_holds(write: Write) -> None:
    node = write("count", {"lines": [LINE, LINE], "limit": 3})
    lines, limit = node
    assert (node.tag, lines.tag, limit.tag, limit.text) == ("{urn:orders}count", "lines", "limit", "3")
    said = lines.get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType", "")
    assert said.endswith(":Line[2]")
    assert lines.nsmap[said.partition(":")[0]] == "urn:orders"
    assert [(item.tag, item.get("number")) for item in lines] == [("item", "1"), ("item", "1")]


def test_times_are_written_in_the_zone_of_the_system(write: Write) -> None:
    berlin = Dialect(zone=ZoneInfo("Europe/Berlin"))
    value = {
        **ORDER,
        "start": datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        "due": datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
    }
    node = write("order", value, berlin)
    assert node.findtext("{urn:orders}start") == "2026-07-02T00:30:00"
    assert node.findtext("{urn:orders}due") == "2026-07-02"
    read = reader(_message("order").body, _document().types, berlin)(node)
    assert read["start"] == LATE


def test_what_is_written_is_read_again() -> None:
    value = {
        **ORDER,
        "kind": "new line",
        "amount": Decimal("12.50"),
        "start": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "words": ["a", "b"],
        "line": [{**LINE, "note": "x"}],
        "party": {"@type": "Robot", "id": 7, "model": "R2"},
    }
    read = reader(_message("order").body, _document().types, Dialect())(etree.fromstring(_text("order", value)))
    line = read.pop("line")
    assert {name: item for name, item in read.items() if item is not None} == {
        **{name: item for name, item in value.items() if name != "line" and item is not None},
        "version": "2.0",
    }
    assert [{name: item for name, item in each.items() if item is not None} for each in line] == value["line"]
