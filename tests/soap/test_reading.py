"""What is read: one small contract for each thing that a schema can say."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from banyan import Garbled
from banyan.soap import Dialect
from tests.soap.small import ENCODING, SOAP12, body, contract, element, envelope, extension, holding, kind, sequence

D = Decimal


TEXTS: list[tuple[str, str, Any]] = [
    ("string", " a  b ", " a  b "),
    ("normalizedString", "a\tb", "a b"),
    ("token", " a \n b ", "a b"),
    ("anyURI", " urn:x ", "urn:x"),
    ("decimal", "-012.500", D("-12.500")),
    ("decimal", ".5", D("0.5")),
    ("decimal", " +7. ", D(7)),
    ("decimal", "0." + "1" * 40, D("0." + "1" * 40)),
    ("integer", "9" * 40, int("9" * 40)),
    ("int", " -2147483648 ", -2147483648),
    ("unsignedByte", "+255", 255),
    ("boolean", " 1 ", True),
    ("boolean", "false", False),
    ("double", "-1.5E-3", -0.0015),
    ("double", "-INF", float("-inf")),
    ("dateTime", "2026-03-02T09:00:00", datetime(2026, 3, 2, 9)),  # noqa: DTZ001 - sent without a zone
    ("dateTime", "2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ("dateTime", "2026-03-02T09:00:00.1234567+01:00", datetime(2026, 3, 2, 8, 0, 0, 123456, UTC)),
    ("dateTime", "2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ("date", "2026-03-02+02:00", date(2026, 3, 2)),
    ("time", "09:00:00.5-05:00", time(9, 0, 0, 500_000, timezone(timedelta(hours=-5)))),
    ("duration", "P1DT2H", timedelta(days=1, hours=2)),
    ("gYearMonth", "2026-03", (2026, 3, None)),
    ("base64Binary", "AQ\n I=", b"\x01\x02"),
    ("hexBinary", "0aFF", "0aFF"),
    ("NMTOKENS", "a b", "a b"),
]


@pytest.mark.parametrize(("name", "text", "value"), TEXTS)
def test_a_text_becomes_its_value(tmp_path: Path, name: str, text: str, value: Any) -> None:
    of = contract(tmp_path, sequence(element("x", f"xs:{name}")))
    assert body(of, f"<x>{text}</x>") == {"x": value}


WRONG = {
    "decimal": ["12,50", "NaN", "1e4", "1e400", "INF", "1_0", "--1", "1.2.3", "", ".", "1" * 100, "\u0661", "1 2"],
    "int": ["1.0", "2147483648", "-", "1_0", "\u0661", "1e3", "", "9" * 5000],
    "unsignedInt": ["-1", "4294967296"],
    "integer": ["9" * 42, "x"],
    "boolean": ["yes", "TRUE", "2", ""],
    "double": ["many", "1,5", "infinity", "1e400", "1_0", "nan", ""],
    "dateTime": [
        "2026-03-02", "2026-03-02 09:00:00", "02.03.2026 09:00", "20260302T090000", "2026-W10-1T09:00:00",
        "2026-02-30T09:00:00", "2026-03-02T09:00", "2026-03-02T09:00:00+0100", "2026-03-02T25:00:00",
        "2026-03-02T24:00:01", "2026-03-02T09:00:00+01", "2026-03-02T09:00+01:00", "",
    ],
    "date": ["02.03.2026", "2026-3-2", "20260302", "2026-02-30", ""],
    "time": ["9:00", "25:00:00", "09:00", ""],
    "duration": ["1 day", "P", "PT", ""],
    "base64Binary": ["A", "*"],
    "hexBinary": ["0", "xy"],
    "gYear": ["26"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_text_of_another_form_is_refused(tmp_path: Path, name: str, text: str) -> None:
    of = contract(tmp_path, sequence(element("x", f"xs:{name}")))
    with pytest.raises(Garbled) as caught:
        body(of, f"<x>{text}</x>")
    assert str(caught.value) == "the reply to Ask cannot be trusted: x has the wrong form"


def test_times_without_a_zone_are_in_that_of_the_system(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    types = sequence(element("at", "xs:dateTime") + element("since", "xs:time"))
    of = contract(tmp_path, types, dialect=Dialect(berlin))
    read = body(of, "<at>2026-07-02T09:00:00</at><since>08:00:00</since>")
    assert read["at"].astimezone(UTC) == datetime(2026, 7, 2, 7, tzinfo=UTC)
    assert read["since"].tzinfo is berlin
    assert body(of, "<at>2026-07-02T09:00:00Z</at><since>08:00:00Z</since>")["at"] == datetime(
        2026, 7, 2, 9, tzinfo=UTC
    )


RESTRICTED = """
<xs:simpleType name="State"><xs:restriction base="xs:token">
  <xs:enumeration value="in use"/><xs:enumeration value="a:b"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Fewer"><xs:restriction base="t:State">
  <xs:enumeration value="in use"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Level"><xs:restriction base="xs:int">
  <xs:enumeration value="1"/><xs:enumeration value="20"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Either"><xs:union memberTypes="t:State t:Level"/></xs:simpleType>
<xs:simpleType name="Many"><xs:list itemType="t:Level"/></xs:simpleType>
"""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("State", "a:b", "a:b"),
        ("State", " in  use ", "in use"),
        ("Level", "020", 20),
        ("Either", "20", "20"),
        ("Many", "1 20 1", [1, 20, 1]),
        ("Many", "", []),
    ],
)
def test_an_enumeration_holds_its_values(tmp_path: Path, name: str, text: str, value: Any) -> None:
    of = contract(tmp_path, RESTRICTED + sequence(element("x", f"t:{name}")))
    assert body(of, f"<x>{text}</x>") == {"x": value}


@pytest.mark.parametrize(
    ("name", "text"),
    [("State", "gone"), ("State", ""), ("Fewer", "a:b"), ("Level", "2"), ("Either", "gone"), ("Many", "1 2")],
)
def test_an_enumeration_holds_no_other_value(tmp_path: Path, name: str, text: str) -> None:
    of = contract(tmp_path, RESTRICTED + sequence(element("x", f"t:{name}")))
    with pytest.raises(Garbled, match="x has the wrong form") as caught:
        body(of, f"<x>{text}</x>")
    assert not text or text not in str(caught.value)


def test_an_unnamed_enumeration_and_those_of_attributes_hold_too(tmp_path: Path) -> None:
    only = '<xs:restriction base="xs:string"><xs:enumeration value="a"/></xs:restriction>'
    unnamed = f"<xs:simpleType>{only}</xs:simpleType>"
    types = sequence(
        f'<xs:element name="x">{unnamed}</xs:element>', attributes=f'<xs:attribute name="y">{unnamed}</xs:attribute>'
    )
    of = contract(tmp_path, types)
    assert body(of, "<x>a</x>", 'y="a"') == {"x": "a", "y": "a"}
    with pytest.raises(Garbled, match="x has the wrong form"):
        body(of, "<x>b</x>")
    with pytest.raises(Garbled, match="y of told has the wrong form"):
        body(of, "<x>a</x>", 'y="b"')


SHAPE = sequence(
    element("n", "xs:int")
    + element("s", "xs:string", 'minOccurs="0" nillable="true"')
    + element("many", "xs:int", "*")
    + element("few", "xs:int", 'minOccurs="2" maxOccurs="3"')
    + element("part", "t:Part", "?")
) + kind(
    "Part",
    element("m", "xs:int", "?"),
    attributes='<xs:attribute name="id" type="xs:int" use="required"/>'
    '<xs:attribute name="m" type="xs:string" default="d"/>',
)
FEW = "<few>1</few><few>2</few>"


def test_what_does_not_come_is_none_and_lists_are_lists(tmp_path: Path) -> None:
    of = contract(tmp_path, SHAPE)
    nothing: dict[str, Any] = {"s": None, "many": [], "part": None}
    assert body(of, f"<n>1</n>{FEW}") == {"n": 1, "few": [1, 2], **nothing}
    assert body(of, f"<n>1</n><s/>{FEW}") == {"n": 1, "few": [1, 2], **nothing}
    assert body(of, f'<n>1</n><s xsi:nil="true"/>{FEW}') == {"n": 1, "few": [1, 2], **nothing}
    assert body(of, f"<n>1</n><many>7</many>{FEW}")["many"] == [7]
    assert body(of, f'<n>1</n>{FEW}<part id="3" m="x"><m>4</m></part>')["part"] == {"id": 3, "attr__m": "x", "m": 4}
    assert body(of, f'<n>1</n>{FEW}<part id="3"/>')["part"] == {"id": 3, "attr__m": "d", "m": None}


BROKEN = [
    (FEW, "n is missing in told"),
    ("<n>1</n>", "few is missing in told"),
    ("<n>1</n><few>1</few>", "few comes 1 times in told"),
    (f"<n>1</n>{FEW}{FEW}", "few comes 4 times in told"),
    (f"<n>1</n><n>2</n>{FEW}", "n comes out of order or more than once in told"),
    (f"{FEW}<n>1</n>", "n comes out of order or more than once in told"),
    (f"<n>1</n><many>1</many>{FEW}<many>2</many>", "many comes out of order or more than once in told"),
    (f'<n xsi:nil="true"/>{FEW}', "n is nil"),
    (f'<n>1</n><s xsi:nil="true">hidden</s>{FEW}', "s is nil and holds something"),
    (f"<n><x>1</x></n>{FEW}", "n has children"),
    (f"<n>1<x/></n>{FEW}", "n has children"),
    (f'<n xmlns="urn:other">1</n>{FEW}', "n is in the wrong namespace"),
    (f'<n>1</n><s xmlns="">1</s>{FEW}', "s is in the wrong namespace"),
    (f"<n>1</n>{FEW}<part><m>1</m></part>", "id is missing in part"),
    (f'<n>1</n>{FEW}<part id="x"/>', "id of part has the wrong form"),
    (f'<n xsi:type="t:Part">1</n>{FEW}', "n is of a type that is unknown or cannot stand in"),
    (f'<n xsi:type="t:gone">1</n>{FEW}', "n is of a type that is unknown or cannot stand in"),
    (f'<n xsi:type="q:int">1</n>{FEW}', "n is of an unknown type"),
    (f"<n>1</n>{FEW}{'<y/>' * 1001}", "told holds more unknown elements than any newer contract has"),
]


@pytest.mark.parametrize(("inner", "why"), BROKEN)
def test_what_the_contract_does_not_allow_is_named(tmp_path: Path, inner: str, why: str) -> None:
    with pytest.raises(Garbled) as caught:
        body(contract(tmp_path, SHAPE), inner)
    assert str(caught.value) == f"the reply to Ask cannot be trusted: {why}"


def test_unknown_elements_are_passed_over_or_refused_by_policy(tmp_path: Path) -> None:
    inner = f"<new><n>x</n></new><n>1</n><newer/>{FEW}"
    assert body(contract(tmp_path, SHAPE), inner)["n"] == 1
    with pytest.raises(Garbled, match="an element that the contract does not know"):
        body(contract(tmp_path, SHAPE, dialect=Dialect(unknown="refuse")), inner)


def test_an_element_may_come_in_any_order_in_an_all(tmp_path: Path) -> None:
    of = contract(tmp_path, holding(f"<xs:all>{element('a', 'xs:int')}{element('b', 'xs:int', '?')}</xs:all>"))
    assert body(of, "<b>2</b><a>1</a>") == {"a": 1, "b": 2}
    with pytest.raises(Garbled, match="a is missing"):
        body(of, "<b>2</b>")
    with pytest.raises(Garbled, match="b comes out of order or more than once"):
        body(of, "<b>2</b><b>2</b><a>1</a>")


PAIR = f"<xs:sequence>{element('b', 'xs:int')}{element('c', 'xs:int')}</xs:sequence>"
CHOICE = sequence(
    element("x", "xs:int")
    + f"<xs:choice>{element('a', 'xs:int')}{PAIR}</xs:choice>"
    + f'<xs:sequence minOccurs="0">{element("d", "xs:int")}{element("e", "xs:int")}</xs:sequence>'
)


def test_one_alternative_of_a_choice_comes_whole(tmp_path: Path) -> None:
    of = contract(tmp_path, CHOICE)
    nothing: dict[str, Any] = dict.fromkeys("abcde")
    assert body(of, "<x>1</x><a>0</a>") == {**nothing, "x": 1, "a": 0}
    assert body(of, "<x>1</x><b>2</b><c>3</c><d>4</d><e>5</e>") == {"x": 1, "a": None, "b": 2, "c": 3, "d": 4, "e": 5}
    for inner, why in (
        ("<x>1</x>", "one of a, b, c is missing"),
        ("<x>1</x><b>2</b>", "c is missing"),
        ("<x>1</x><a>1</a><b>2</b><c>3</c>", "more than one of a, b, c comes"),
        ("<x>1</x><a>1</a><e>5</e>", "d is missing"),
    ):
        with pytest.raises(Garbled, match=why):
            body(of, inner)


def test_a_choice_whose_alternative_may_be_empty_may_be_empty(tmp_path: Path) -> None:
    parts = element("a", "xs:int", 'minOccurs="0"') + element("b", "xs:int")
    of = contract(tmp_path, sequence(f"<xs:choice>{parts}</xs:choice>"))
    assert body(of) == {"a": None, "b": None}


MANY = 'minOccurs="0" maxOccurs="unbounded"'
LAST = element("v", "xs:int", "?")
TWICE = element("o", "xs:int", 'minOccurs="0" maxOccurs="2"')
ROUNDS = (
    sequence(
        element("x", "xs:int", "?")
        + f"<xs:choice {MANY}>{element('a', 'xs:int')}{element('b', 't:P')}</xs:choice>"
        + f'<xs:sequence minOccurs="0" maxOccurs="2">{element("k", "xs:int")}{LAST}</xs:sequence>'
    )
    + '<xs:complexType name="P"><xs:group ref="t:g" maxOccurs="unbounded"/></xs:complexType>'
    + f'<xs:group name="g"><xs:sequence>{element("m", "xs:int")}{TWICE}</xs:sequence></xs:group>'
)


def test_blocks_come_in_rounds(tmp_path: Path) -> None:
    of = contract(tmp_path, ROUNDS)
    assert body(of) == {"x": None, "_value_1": [], "_value_2": []}
    read = body(of, "<a>1</a><b><m>1</m><m>2</m><o>3</o><o>4</o></b><a>2</a><k>1</k><k>2</k><v>3</v>")
    rounds = {"_value_1": [{"m": 1, "o": []}, {"m": 2, "o": [3, 4]}]}
    assert read["_value_1"] == [{"a": 1}, {"b": rounds}, {"a": 2}]
    assert read["_value_2"] == [{"k": 1, "v": None}, {"k": 2, "v": 3}]


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        ("<a>1</a><x>1</x>", "x comes out of order or too often in told"),
        ("<k>1</k><k>1</k><k>1</k>", "k comes out of order or too often in told"),
        ("<v>1</v>", "v comes out of order or too often in told"),
        ("<b/>", "one of m, o is missing in b"),
        ("<b><o>1</o></b>", "one of m, o is missing in b"),
        ("<b><m>1</m><o>1</o><o>1</o><o>1</o></b>", "o comes out of order or too often in b"),
        ("<a>x</a>", "a has the wrong form"),
    ],
)
def test_rounds_are_checked(tmp_path: Path, inner: str, why: str) -> None:
    with pytest.raises(Garbled) as caught:
        body(contract(tmp_path, ROUNDS), inner)
    assert why in str(caught.value)


def test_a_name_may_come_again_in_another_place(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence(element("a", "xs:int") + element("b", "xs:int") + element("a", "xs:int")))
    assert body(of, "<a>1</a><b>2</b><a>3</a>") == {"a": 1, "b": 2, "a__1": 3}
    with pytest.raises(Garbled, match="a__1 is missing"):
        body(of, "<a>1</a><b>2</b>")


KINDS = (
    kind("Base", element("n", "xs:int"), more='abstract="true"')
    + '<xs:complexType name="Mid" abstract="true"><xs:complexContent><xs:extension base="t:Base"/></xs:complexContent>'
    + "</xs:complexType>"
    + extension("Leaf", "t:Mid", element("child", "t:Base", "*"))
    + kind("Other", element("n", "xs:int"))
)
BASES = KINDS + sequence(element("x", "t:Base"))


def test_an_abstract_type_says_which_it_is(tmp_path: Path) -> None:
    of = contract(tmp_path, BASES)
    inner = '<child xsi:type="t:Leaf"><n>2</n></child>'
    leaf = {"@type": "Leaf", "n": 2, "child": []}
    assert body(of, f'<x xsi:type="t:Leaf"><n>1</n>{inner}</x>') == {"x": {"@type": "Leaf", "n": 1, "child": [leaf]}}
    for named in ("", *(f'xsi:type="t:{name}"' for name in ("Base", "Mid", "Other"))):
        with pytest.raises(Garbled, match="x is of a"):
            body(of, f"<x {named}><n>1</n></x>")


def test_a_type_that_holds_itself_ends_somewhere(tmp_path: Path) -> None:
    of = contract(tmp_path, BASES)
    deep = '<child xsi:type="t:Leaf"><n>2</n>' * 120 + "</child>" * 120
    with pytest.raises(Garbled, match="deeper than any reply"):
        body(of, f'<x xsi:type="t:Leaf"><n>1</n>{deep}</x>')


def test_an_element_stands_in_for_the_head_of_its_group(tmp_path: Path) -> None:
    types = (
        '<xs:element name="event" type="t:Event" abstract="true"/>'
        '<xs:element name="alarm" type="t:Alarm" substitutionGroup="t:event"/>'
        + kind("Event", element("at", "xs:int"))
        + extension("Alarm", "t:Event", element("loud", "xs:boolean"))
    )
    of = contract(tmp_path, types + sequence('<xs:element ref="t:event" maxOccurs="unbounded"/>'))
    read = body(of, "<alarm><at>1</at><loud>1</loud></alarm>")
    assert read == {"event": [{"at": 1, "loud": True, "@type": "Alarm"}]}
    with pytest.raises(Garbled, match="event is abstract"):
        body(of, "<event><at>1</at></event>")


def test_text_beside_attributes(tmp_path: Path) -> None:
    types = (
        '<xs:complexType name="Money"><xs:simpleContent><xs:extension base="xs:decimal">'
        '<xs:attribute name="currency" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>'
    )
    of = contract(tmp_path, types + sequence(element("x", "t:Money")))
    assert body(of, '<x currency="EUR">1.50</x>') == {"x": {"_value_1": D("1.50"), "currency": "EUR"}}
    assert body(of, "<x>1</x>") == {"x": {"_value_1": D(1), "currency": None}}
    with pytest.raises(Garbled, match="x has the wrong form"):
        body(of, "<x>1,5</x>")


@pytest.mark.parametrize("contents", ["lax", "skip"])
def test_a_wildcard_holds_elements_and_values_of_declared_ones(tmp_path: Path, contents: str) -> None:
    wild = f'<xs:any namespace="##other" processContents="{contents}" minOccurs="0" maxOccurs="unbounded"/>'
    known = holding(f"<xs:sequence>{element('k', 'xs:int')}</xs:sequence>", "known")
    of = contract(tmp_path, sequence(element("n", "xs:int") + wild.replace("##other", "##any")) + known)
    assert body(of, "<n>1</n>") == {"n": 1, "_value_1": []}
    foreign, told_one = body(of, '<n>1</n><o:x xmlns:o="urn:o">a</o:x><known><k>7</k></known>')["_value_1"]
    assert (foreign.tag, foreign.text) == ("{urn:o}x", "a")
    assert told_one == {"k": 7} if contents == "lax" else isinstance(told_one, etree._Element)
    other = contract(tmp_path, sequence(element("n", "xs:int") + wild))
    assert [each.tag for each in body(other, '<n>1</n><o:n xmlns:o="urn:o"/>')["_value_1"]] == ["{urn:o}n"]
    with pytest.raises(Garbled, match="n is in the wrong namespace"):
        body(other, '<n>1</n><n xmlns="">1</n>')


def test_other_attributes_stand_under_a_key_of_their_own(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence("", attributes='<xs:attribute name="a" type="xs:int"/><xs:anyAttribute/>'))
    assert body(of, "", 'a="1" b="2"') == {"a": 1, "_attr_1": {"b": "2"}}


def test_an_any_type_is_read_by_the_type_that_it_names(tmp_path: Path) -> None:
    of = contract(tmp_path, KINDS + sequence(element("x", "xs:anyType", 'nillable="true"')))
    assert body(of, "<x>text</x>") == {"x": "text"}
    assert body(of, '<x xsi:nil="1"/>') == {"x": None}
    assert body(of, '<x xsi:type="xs:decimal">1.5</x>') == {"x": D("1.5")}
    assert body(of, '<x xsi:type="t:Other"><n>1</n></x>') == {"x": {"n": 1, "@type": "Other"}}
    assert [each.text for each in body(of, "<x><y>1</y></x>")["x"]] == ["1"]
    with pytest.raises(Garbled, match="x is of an unknown type"):
        body(of, '<x xsi:type="t:gone">1</x>')


def test_qualified_and_unqualified_children_are_told_apart(tmp_path: Path) -> None:
    types = sequence(element("q", "xs:int", 'form="qualified"') + element("u", "xs:int"))
    of = contract(tmp_path, types, form="unqualified")
    assert body(of, '<q>1</q><u xmlns="">2</u>') == {"q": 1, "u": 2}
    with pytest.raises(Garbled, match="u is in the wrong namespace"):
        body(of, "<q>1</q><u>2</u>")


def test_an_element_that_comes_empty_has_its_default_and_a_fixed_one_no_other(tmp_path: Path) -> None:
    default = element("d", "xs:int", 'default="5" minOccurs="0"')
    of = contract(tmp_path, sequence(default + element("f", "xs:string", 'fixed="x" minOccurs="0"')))
    assert body(of, "<d/><f>x</f>") == {"d": 5, "f": "x"}
    assert body(of) == {"d": None, "f": None}
    with pytest.raises(Garbled, match="f has the wrong form"):
        body(of, "<f>y</f>")


def test_both_envelopes_are_read_when_the_system_mixes_them(tmp_path: Path) -> None:
    types = sequence(element("n", "xs:int"))
    reply = envelope('<told xmlns="urn:t"><n>1</n></told>', soap=SOAP12)
    assert contract(tmp_path, types, dialect=Dialect(envelope="either")).read("Ask", reply).body == {"n": 1}
    with pytest.raises(Garbled, match=r"no SOAP 1\.1 envelope"):
        contract(tmp_path, types).read("Ask", reply)


@pytest.mark.parametrize("inner", ["", "<told xmlns='urn:t'><n>1</n></told>" * 2, "<n>1</n>", "<told/>"])
def test_an_empty_or_another_body_is_no_answer(tmp_path: Path, inner: str) -> None:
    with pytest.raises(Garbled):
        contract(tmp_path, sequence(element("n", "xs:int", 'minOccurs="0"'))).read("Ask", envelope(inner))


def test_a_body_of_several_parts_and_a_header(tmp_path: Path) -> None:
    types = element("a", "xs:int") + element("b", "xs:string") + element("h", "xs:int")
    parts = "".join(f'<wsdl:part name="p{name}" element="t:{name}"/>' for name in "abh")
    header = '<soap:header message="t:told" part="ph" use="literal"/>'
    of = contract(tmp_path, types, told=parts, header=header)
    reply = of.read("Ask", envelope("<t:a>1</t:a><t:b>x</t:b>", header="<t:h>7</t:h><o:other xmlns:o='urn:o'/>"))
    assert (reply.body, reply.header) == ({"pa": 1, "pb": "x"}, {"ph": 7})
    with pytest.raises(Garbled, match="pb is missing"):
        of.read("Ask", envelope("<t:a>1</t:a>"))


def test_a_reply_without_parts_is_empty_and_nothing_else(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence(""), told="")
    assert of.read("Ask", envelope("")).body == {}
    with pytest.raises(Garbled, match="where the contract has nothing"):
        of.read("Ask", envelope("<told xmlns='urn:t'><n>1</n></told>"))


ITEM = kind("Item", element("n", "xs:int") + element("s", "xs:string", 'nillable="true" minOccurs="0"'))
ARRAY = (
    '<xs:complexType name="Items"><xs:complexContent><xs:restriction base="soapenc:Array">'
    '<xs:attribute ref="soapenc:arrayType" wsdl:arrayType="t:Item[]"/></xs:restriction></xs:complexContent>'
    "</xs:complexType>"
)
PARTS = '<wsdl:part name="count" type="xs:int"/><wsdl:part name="list" type="t:Items"/>'


def test_rpc_literal(tmp_path: Path) -> None:
    parts = PARTS.replace("t:Items", "t:Item")
    of = contract(tmp_path, ITEM, told=parts, style="rpc", form="unqualified")
    good = "<t:AskResponse><count>1</count><list><n>2</n></list></t:AskResponse>"
    assert of.read("Ask", envelope(good)).body == {"count": 1, "list": {"n": 2, "s": None}}
    for wrong in (good.replace("t:AskR", "t:R"), good.replace("t:", ""), good.replace("<count>1</count>", "")):
        with pytest.raises(Garbled):
            of.read("Ask", envelope(wrong))


def rpc_encoded(tmp_path: Path, told: str = PARTS) -> Any:
    return contract(tmp_path, ITEM + ARRAY, told=told, style="rpc", use="encoded", form="unqualified")


ONE = '<item xsi:type="t:Item"><s xsi:type="xs:string">a</s><n xsi:type="xs:int">1</n></item>'
LISTED = f'<list xsi:type="e:Array" e:arrayType="t:Item[2]">{ONE}<item xsi:nil="true"/></list>'


def test_rpc_encoded_arrays(tmp_path: Path) -> None:
    reply = f'<t:AskResponse>{LISTED}<count xsi:type="xs:int">2</count></t:AskResponse>'
    read = rpc_encoded(tmp_path).read("Ask", envelope(reply)).body
    assert read == {"count": 2, "list": [{"n": 1, "s": "a"}, None]}
    empty = '<t:AskResponse><count xsi:nil="1"/><list xsi:type="e:Array" e:arrayType="t:Item[0]"/></t:AskResponse>'
    assert rpc_encoded(tmp_path).read("Ask", envelope(empty)).body == {"count": None, "list": []}


def test_rpc_encoded_references_are_followed(tmp_path: Path) -> None:
    shared = (
        '<t:AskResponse><count href="#c"/>'
        '<list e:arrayType="t:Item[2]"><i href="#i"/><i href="#i"/></list></t:AskResponse>'
        '<multiRef id="i" e:root="0" xsi:type="q:Item" xmlns:q="urn:t"><n href="#c"/><s xsi:nil="true"/></multiRef>'
        '<multiRef id="c" e:root="0" xsi:type="xs:int">3</multiRef>'
    )
    read = rpc_encoded(tmp_path).read("Ask", envelope(shared)).body
    assert read == {"count": 3, "list": [{"n": 3, "s": None}] * 2}
    for wrong in (shared.replace('"#c"', '"#gone"'), shared.replace('<n href="#c"/>', '<n href="#i"/>')):
        with pytest.raises(Garbled, match="refers to something that is not there, or to itself"):
            rpc_encoded(tmp_path).read("Ask", envelope(wrong))


REFERENCE = '<i href="#l{}"/>'


def test_references_that_would_grow_beyond_any_reply_are_refused(tmp_path: Path) -> None:
    levels = "".join(f'<multiRef id="l{n}">{REFERENCE.format(n - 1) * 10}</multiRef>' for n in range(1, 9))
    bomb = f'<t:AskResponse><list href="#l8"/></t:AskResponse>{levels}<multiRef id="l0">1</multiRef>'
    with pytest.raises(Garbled, match="larger than any reply"):
        rpc_encoded(tmp_path).read("Ask", envelope(bomb))


def test_a_single_return_value_of_rpc_encoded_may_be_called_anything(tmp_path: Path) -> None:
    of = rpc_encoded(tmp_path, '<wsdl:part name="result" type="xs:string"/>')
    reply = '<t:AskResponse><s-gensym3 xsi:type="xs:int">49170</s-gensym3></t:AskResponse>'
    assert of.read("Ask", envelope(reply)).body == {"result": "49170"}
    soapenc = '<t:AskResponse><result xsi:type="e:string">a</result></t:AskResponse>'
    assert of.read("Ask", envelope(soapenc)).body == {"result": "a"}
    assert ENCODING in envelope(soapenc).decode()
