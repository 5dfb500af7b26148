"""What is read: one small contract for each thing that a schema can say."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from banyan import Garbled
from banyan.soap import Dialect
from tests.soap.small import body, contract, element, extension, holding, kind, sequence

D = Decimal


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


EMPTY = element("at", "xs:dateTime", "?") + element("n", "xs:int", 'nillable="true"') + element("m", "xs:int")


def test_an_empty_value_where_none_is_needed_is_an_absent_one_by_policy(tmp_path: Path) -> None:
    inner = "<at/><n></n><m>1</m>"
    assert body(contract(tmp_path, sequence(EMPTY), dialect=Dialect(empty="absent")), inner) == {
        "at": None,
        "n": None,
        "m": 1,
    }
    with pytest.raises(Garbled, match="m has the wrong form"):
        body(contract(tmp_path, sequence(EMPTY), dialect=Dialect(empty="absent")), "<n>1</n><m/>")
    with pytest.raises(Garbled, match="at has the wrong form"):
        body(contract(tmp_path, sequence(EMPTY)), inner)


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
