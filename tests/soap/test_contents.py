"""Contents that zeep mistakes: what an extension adds to its base, and what a group or an xsd:all may lack."""

from datetime import UTC, time
from pathlib import Path

import pytest
from lxml import etree

from banyan import Garbled
from banyan.soap.sampled import sampled_reply
from tests.soap.small import XSD, body, contract, element, holding, kind, sequence, told

BASE = kind("Base", element("a", "xs:int"))
PAIR = element("b", "xs:int") + element("c", "xs:int")
GROUPS = (
    f'<xs:group name="G"><xs:sequence>{element("g", "xs:int")}{element("h", "xs:int")}</xs:sequence></xs:group>'
    f'<xs:group name="I"><xs:sequence>{element("i", "xs:int")}</xs:sequence></xs:group>'
)
GROUP, OPTIONAL, REPEATED = '<xs:group ref="t:G"/>', 'minOccurs="0"', 'minOccurs="0" maxOccurs="unbounded"'


def block(name: str, inner: str, occurs: str = "") -> str:
    return f"<xs:{name} {occurs}>{inner}</xs:{name}>"


def base(inner: str) -> str:
    return f'<xs:complexType name="Base">{inner}</xs:complexType>'


def added(inner: str, name: str = "T") -> str:
    """A type that adds a content of any kind to Base."""
    inside = f'<xs:complexContent><xs:extension base="t:Base">{inner}</xs:extension></xs:complexContent>'
    return f'<xs:complexType name="{name}">{inside}</xs:complexType>'


TOLD = element("told", "t:T")
ABC = "<a>1</a><b>1</b><c>1</c>"
CHOICE = base(block("choice", element("a", "xs:int") + element("z", "xs:int")))
VALID: dict[str, tuple[str, list[str]]] = {
    "an own sequence that may lack": (BASE + added(block("sequence", PAIR, OPTIONAL)), ["<a>1</a>", ABC]),
    "an own sequence that repeats": (
        BASE + added(block("sequence", PAIR, REPEATED)),
        ["<a>1</a>", ABC, f"{ABC}<b>1</b><c>1</c>"],
    ),
    "a base that may lack": (
        base(block("sequence", element("a", "xs:int"), OPTIONAL)) + added(block("sequence", PAIR)),
        [ABC, "<b>1</b><c>1</c>"],
    ),
    "a base that repeats": (
        base(block("sequence", element("a", "xs:int"), REPEATED)) + added(block("sequence", PAIR)),
        [ABC, f"<a>0</a>{ABC}"],
    ),
    "a choice after a choice": (
        CHOICE + added(block("choice", PAIR)),
        ["<a>1</a><b>1</b>", "<z>1</z><c>1</c>"],
    ),
    "an own group, and another type that adds the same": (
        GROUPS + BASE + added(GROUP) + added(GROUP, "U") + element("other", "t:U"),
        ["<a>1</a><g>1</g><h>1</h>"],
    ),
    "an own group that may lack": (
        GROUPS + BASE + added('<xs:group ref="t:G" minOccurs="0"/>'),
        ["<a>1</a>", "<a>1</a><g>1</g><h>1</h>"],
    ),
    "a base that is a group": (
        GROUPS + base(GROUP) + added(block("sequence", PAIR)),
        ["<g>1</g><h>1</h><b>1</b><c>1</c>"],
    ),
    "a group after a group": (GROUPS + base(GROUP) + added('<xs:group ref="t:I"/>'), ["<g>1</g><h>1</h><i>1</i>"]),
    "an all that may lack": (
        f'<xs:complexType name="T">{block("all", PAIR, OPTIONAL)}</xs:complexType>',
        ["", "<c>1</c><b>1</b>"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", VALID)
def test_what_the_schema_allows_is_read_and_written_again(tmp_path: Path, name: str) -> None:
    types, inners = VALID[name]
    of = contract(tmp_path, types + TOLD)
    schema = declared(types + TOLD)
    assert not of.fallbacks
    for inner in inners:
        value = body(of, inner)
        written = of.write_reply("Ask", value)
        node = etree.fromstring(written)[-1][0]
        schema.assertValid(etree.fromstring(etree.tostring(node)))
        assert [child.text for child in node] == [text.partition("<")[0] for text in inner.split(">")[1::2]]
        assert of.read("Ask", written).body == value


def test_what_such_contents_must_hold_is_still_asked_for(tmp_path: Path) -> None:
    of = contract(tmp_path, GROUPS + base(GROUP) + added(block("sequence", PAIR, OPTIONAL)) + TOLD)
    for inner, why in (
        ("<b>1</b><c>1</c>", "g is missing"),
        ("<g>1</g><h>1</h><b>1</b>", "c is missing"),
        ("<b>1</b><c>1</c><g>1</g><h>1</h>", "g comes out of order"),
    ):
        with pytest.raises(Garbled, match=why):
            body(of, inner)


def test_nillable_may_be_said_by_a_number(tmp_path: Path) -> None:
    of = contract(tmp_path, holding(block("sequence", element("a", "xs:int", 'nillable="1"'))))
    assert body(of, '<a xsi:nil="true"/>') == {"a": None}


def declared(types: str) -> etree.XMLSchema:
    head = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"'
    return etree.XMLSchema(
        etree.fromstring(
            f'<xs:schema {head} targetNamespace="urn:t" elementFormDefault="qualified">{types}</xs:schema>'
        )
    )


UNION = (
    '<xs:simpleType name="Most"><xs:union memberTypes="xs:int"><xs:simpleType><xs:restriction base="xs:string">'
    '<xs:enumeration value="unbounded"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>'
)
TRIMMED = (
    '<xs:simpleType name="Trimmed"><xs:restriction base="xs:string"><xs:whiteSpace value="collapse"/>'
    '<xs:enumeration value="on hold"/></xs:restriction></xs:simpleType>'
)
TEXTS = [
    ("t:Most", "unbounded", "unbounded"),
    ("t:Most", "12", "12"),
    ("t:Trimmed", " on\n  hold ", "on hold"),
    ("xs:time", "24:00:00", time(0)),
    ("xs:time", "24:00:00.0Z", time(0, tzinfo=UTC)),
    ("xs:gYear", "-0044", (-44, None)),
    ("xs:gYearMonth", "-0044-03", (-44, 3, None)),
]


@pytest.mark.parametrize(("type", "text", "value"), TEXTS)
def test_texts_that_the_schema_allows(tmp_path: Path, type: str, text: str, value: object) -> None:
    types = UNION + TRIMMED + sequence(element("v", type))
    of = contract(tmp_path, types)
    assert body(of, f"<v>{text}</v>") == {"v": value}
    written = of.write_reply("Ask", {"v": value})
    declared(types).assertValid(etree.fromstring(etree.tostring(etree.fromstring(written)[-1][0])))
    assert of.read("Ask", written).body == {"v": value}


@pytest.mark.parametrize(("type", "text"), [("t:Most", "many"), ("xs:time", "24:00:01"), ("xs:time", "24:01:00")])
def test_texts_that_it_does_not(tmp_path: Path, type: str, text: str) -> None:
    with pytest.raises(Garbled, match="v has the wrong form"):
        body(contract(tmp_path, UNION + sequence(element("v", type))), f"<v>{text}</v>")


def test_an_element_that_stands_in_and_names_no_type_is_of_that_of_its_head(tmp_path: Path) -> None:
    members = (
        element("head", "t:Base", 'abstract="true"')
        + '<xs:element name="one" substitutionGroup="t:head"/><xs:element name="two" substitutionGroup="t:one"/>'
    )
    of = contract(tmp_path, BASE + members + sequence('<xs:element ref="t:head" maxOccurs="2"/>'))
    assert body(of, "<one><a>1</a></one><two><a>2</a></two>") == {"head": [{"a": 1}, {"a": 2}]}


XOP = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'


def test_attachments_are_not_read_and_the_refusal_says_so(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence(element("v", "xs:base64Binary")))
    with pytest.raises(Garbled, match="v is sent as an attachment, which is not read"):
        body(of, f"<v>{XOP}</v>")
    parts = b"\r\n--b\r\nContent-Type: application/xop+xml\r\n\r\n" + told("<v/>") + b"\r\n--b--"
    with pytest.raises(Garbled, match="several parts, with attachments, which are not read"):
        of.read("Ask", parts)


def test_the_items_of_an_array_may_be_called_after_it(tmp_path: Path) -> None:
    """As Axis 1 writes literal arrays, whatever its own contract says; they would be read as absent."""
    types = kind("Words", element("item", "xs:string", "*")) + kind("Row", element("words", "t:Words", "?"))
    of = contract(tmp_path, types + sequence(element("row", "t:Row", "*")))
    rows = 9 * "<row><words><words>a</words><words>b</words></words></row>"
    for _ in range(3):
        assert body(of, rows) == {"row": 9 * [{"words": {"item": ["a", "b"]}}]}
    assert body(of, "<row><words><new>a</new></words></row>") == {"row": [{"words": None}]}
    assert body(of, "<row><row>a</row></row>") == {"row": [None]}


def test_types_of_one_local_name_are_told_apart(tmp_path: Path) -> None:
    """The name alone would mean the declared type to whoever writes the value again."""
    other = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:o">'
        '<xs:import namespace="urn:t" schemaLocation="base.xsd"/>'
        f"{added(block('sequence', element('o', 'xs:int')), 'Base')}"
        f"{added(block('sequence', element('p', 'xs:int')), 'Only')}</xs:schema>"
    )
    base = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">{BASE}</xs:schema>'
    (tmp_path / "other.xsd").write_text(other)
    (tmp_path / "base.xsd").write_text(base)
    places = '<xs:include schemaLocation="base.xsd"/><xs:import namespace="urn:o" schemaLocation="other.xsd"/>'
    of = contract(tmp_path, places + sequence(element("v", "t:Base", 'maxOccurs="2"')))
    names = {"Base": "o", "Only": "p"}
    rows = (
        f'<v xmlns:o="urn:o" xsi:type="o:{kind}"><a xmlns="">1</a><{name} xmlns="">2</{name}></v>'
        for kind, name in names.items()
    )
    value = body(of, "".join(rows))
    assert value == {"v": [{"@type": "{urn:o}Base", "a": 1, "o": 2}, {"@type": "Only", "a": 1, "p": 2}]}
    assert of.read("Ask", of.write_reply("Ask", value)).body == value


WILD = '<xs:any namespace="##other" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>'


def test_wildcards_of_a_base_and_of_its_extension_are_told_apart(tmp_path: Path) -> None:
    types = base(block("sequence", element("a", "xs:int") + WILD)) + added(
        block("sequence", element("b", "xs:int") + WILD, OPTIONAL)
    )
    of = contract(tmp_path, types + TOLD)
    assert not of.fallbacks
    assert body(of, "<a>1</a>") == {"a": 1, "_value_1": [], "b": None, "_value_2": []}
    inner = '<a>1</a><o:x xmlns:o="urn:o">3</o:x><b>2</b><o:y xmlns:o="urn:o">4</o:y>'
    value = body(of, inner)
    assert [each.text for each in (*value["_value_1"], *value["_value_2"])] == ["3", "4"]
    again = of.read("Ask", of.write_reply("Ask", value)).body
    assert [each.tag for each in again["_value_2"]] == ["{urn:o}y"]


def test_a_group_that_comes_twice_has_two_keys(tmp_path: Path) -> None:
    of = contract(tmp_path, GROUPS + sequence(GROUP + element("z", "xs:int") + GROUP))
    value = body(of, "<g>1</g><h>2</h><z>3</z><g>4</g><h>5</h>")
    assert value == {"g": 1, "h": 2, "z": 3, "g__1": 4, "h__1": 5}
    assert of.read("Ask", of.write_reply("Ask", value)).body == value
    with pytest.raises(Garbled, match="h__1 is missing"):
        body(of, "<g>1</g><h>2</h><z>3</z><g>4</g>")


def test_an_alternative_of_an_empty_type_says_that_it_came(tmp_path: Path) -> None:
    types = '<xs:complexType name="Empty"/>' + sequence(
        block("choice", element("most", "xs:int") + element("any", "t:Empty"))
    )
    of = contract(tmp_path, types)
    value = body(of, "<any/>")
    assert value == {"most": None, "any": {}}
    assert of.read("Ask", of.write_reply("Ask", value)).body == value


def test_a_type_that_adds_only_attributes_to_nothing_holds_nothing(tmp_path: Path) -> None:
    """As .NET writes events and alternatives of one abstract type."""
    types = base("") + added('<xs:attribute name="by" type="xs:string"/>') + added("", "U")
    of = contract(tmp_path, types + sequence(element("t", "t:T") + element("u", "t:U")))
    assert body(of, '<t by="x"/><u/>') == {"t": {"by": "x"}, "u": {}}
    assert of.read("Ask", of.write_reply("Ask", {"t": {"by": "x"}, "u": {}})).body == {"t": {"by": "x"}, "u": {}}


def test_a_schema_that_travels_inside_a_message_is_an_element(tmp_path: Path) -> None:
    """The two parts of each DataSet of .NET."""
    of = contract(tmp_path, sequence('<xs:element ref="xs:schema"/><xs:any/>'))
    assert of.fallbacks == {}
    rows = '<d:diffgram xmlns:d="urn:d"><Table xmlns=""><n>1</n></Table></d:diffgram>'
    read = body(of, f'<xs:schema id="rows"/>{rows}')
    assert [read["_value_1"].get("id"), read["_value_2"].findtext("Table/n")] == ["rows", "1"]
    assert b"<xs:schema" in of.write_reply("Ask", read)
    assert sampled_reply(of, "Ask").body["_value_1"].tag == f"{{{XSD}}}sample"
