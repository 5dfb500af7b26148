"""The SOAP encoding as it is written, what refers to what in both of its versions, and what is said of bad values."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from banyan import Garbled, Rejected
from banyan.soap.codec.lineage import ENCODING12
from banyan.soap.multiref import resolved
from banyan.soap.sampled import sampled_request
from banyan.soap.strict import Untrusted
from tests.soap.small import (
    ENCODING,
    SOAP11,
    XSI,
    contract,
    element,
    envelope,
    extension,
    holding,
    kind,
    sequence,
    told,
)
from tests.soap.test_reading_messages import ARRAY, ITEM, PARTS

TYPE = f"{{{XSI}}}type"
STYLE = f"{{{SOAP11}}}encodingStyle"


def encoded(folder: Path, ask: str = PARTS, types: str = "") -> Any:
    return contract(folder, ITEM + ARRAY + types, ask=ask, told=PARTS, style="rpc", use="encoded", form="unqualified")


def said(node: etree._Element) -> str:
    """The type that an element says, in Clark notation."""
    prefix, _, name = node.get(TYPE, "").rpartition(":")
    return f"{{{node.nsmap[prefix or None]}}}{name}"


def test_an_encoded_request_names_the_encoding_and_all_types(tmp_path: Path) -> None:
    of = encoded(tmp_path)
    value = {"count": 3, "list": [{"n": 1, "s": "a"}, None]}
    written = of.write("Ask", value)
    wrapper = etree.fromstring(written)[0][0]
    assert (wrapper.get(STYLE), wrapper.get(TYPE)) == (ENCODING, None)
    count, items = wrapper
    assert said(count) == "{http://www.w3.org/2001/XMLSchema}int"
    assert said(items[0]) == "{urn:t}Item"
    assert [said(each).rpartition("}")[2] for each in items[0]] == ["int", "string"]
    assert of.read_request("Ask", written).parameters == value


def test_a_type_without_a_name_is_not_said(tmp_path: Path) -> None:
    inner = holding(f"<xs:all>{element('n', 'xs:int')}</xs:all>", "inner")
    part = '<wsdl:part name="box" type="t:Box"/>'
    of = contract(tmp_path, kind("Box", inner), ask=part, told=part, style="rpc", use="encoded", form="unqualified")
    written = of.write("Ask", {"box": {"inner": {"n": 1}}})
    box = etree.fromstring(written)[0][0][0]
    assert [each.get(TYPE) is None for each in (box, box[0], box[0][0])] == [False, True, False]
    assert of.read_request("Ask", written).parameters == {"box": {"inner": {"n": 1}}}


def test_a_type_that_stands_in_is_said_once(tmp_path: Path) -> None:
    types = extension("Big", "t:Item", element("x", "xs:decimal"))
    of = encoded(tmp_path, '<wsdl:part name="item" type="t:Item"/>', types)
    value = {"item": {"@type": "Big", "n": 1, "s": None, "x": "1.5"}}
    written = of.write("Ask", value)
    item = etree.fromstring(written)[0][0][0]
    assert said(item) == "{urn:t}Big"
    assert of.read_request("Ask", written).parameters["item"]["@type"] == "Big"


def test_a_request_without_parts_names_the_encoding(tmp_path: Path) -> None:
    written = encoded(tmp_path, "").write("Ask", {})
    assert etree.fromstring(written)[0][0].get(STYLE) == ENCODING


def test_a_literal_request_names_neither(tmp_path: Path) -> None:
    part = '<wsdl:part name="item" type="t:Item"/>'
    written = contract(tmp_path, ITEM, ask=part, told=part, style="rpc").write("Ask", {"item": {"n": 1}})
    assert b"encodingStyle" not in written
    assert b"type=" not in written


def referring(inner: str) -> list[etree._Element]:
    return resolved(etree.fromstring(f'<body xmlns:enc="{ENCODING12}">{inner}</body>'))


def test_references_of_soap_12_are_followed_to_wherever_they_point() -> None:
    (root,) = referring('<r><a enc:id="x" k="1"><n>1</n></a><b enc:ref="x"/><c enc:ref="x"/></r>')
    assert [etree.tostring(each[0]).split(b">")[1] for each in root] == [b"1</n"] * 3
    assert [each.get("k") for each in root] == ["1"] * 3
    assert [each.get(f"{{{ENCODING12}}}ref") for each in root] == [None] * 3


def test_references_of_soap_11_are_followed_to_where_the_element_came_first() -> None:
    """PHP says what comes again so; an id that nothing refers to is an attribute like any other."""
    (root,) = referring('<r><a id="x" k="1"><n>1</n></a><b><c href="#x"/></b><d id="y"/></r>')
    assert [root[1][0].get("k"), root[1][0].findtext("n"), root[0].get("id"), root[2].get("id")] == ["1", "1", "x", "y"]


def test_phps_references_of_soap_12_are_written_as_those_of_soap_11() -> None:
    (root,) = referring('<r><a enc:id="ref1"><n>1</n></a><b enc:ref="#ref1"/></r>')
    assert root[1].findtext("n") == "1"


@pytest.mark.parametrize(("mine", "its"), [("id", "href"), ("q:id", "q:ref")], ids=["11", "12"])
def test_php_refers_in_literal_messages_too(tmp_path: Path, mine: str, its: str) -> None:
    """It knows no use in which an object that stands twice in a reply is written twice."""
    of = contract(
        tmp_path,
        ITEM
        + kind("L", element("i", "t:Item", "*") + element("n", "xs:int", "?"))
        + sequence(element("one", "t:Item", "?") + element("two", "t:Item", "?") + element("l", "t:L", "?")),
    )
    item = "<n>1</n><s>x</s>"
    first, again = f'<one {mine}="ref1">{item}</one>', f'<two {its}="#ref1"/>'
    rows = f'<l><i {mine}="ref2"><n>2</n><s>y</s></i><i {its}="#ref2"/><i {its}="#ref1"/></l>'
    expected = {"n": 1, "s": "x"}, {"n": 2, "s": "y"}
    for _ in range(3):
        body = of.read("Ask", told(first + again + rows, f'xmlns:q="{ENCODING12}"')).body
        assert (body["one"], body["two"], body["l"]["i"]) == (
            *expected[:1] * 2,
            [expected[1], expected[1], expected[0]],
        )
    with pytest.raises(Garbled, match="not there"):
        of.read("Ask", told(again, f'xmlns:q="{ENCODING12}"'))


@pytest.mark.parametrize("inner", ['<r><a enc:ref="x"/></r>', '<r enc:id="y"><a enc:ref="y"/></r>'])
def test_references_of_soap_12_to_nothing_or_to_themselves_are_refused(inner: str) -> None:
    with pytest.raises(Untrusted, match="not there, or to itself"):
        referring(f"{inner}<s enc:id='z'/>")


def test_a_reply_with_references_of_soap_12(tmp_path: Path) -> None:
    shared = f'<list xmlns:q="{ENCODING12}"><item q:id="i"><n>1</n></item><item q:ref="i"/></list>'
    reply = envelope(f"<t:AskResponse>{shared}<count>2</count></t:AskResponse>")
    of = encoded(tmp_path)
    assert of.read("Ask", reply).body == {"count": 2, "list": [{"n": 1, "s": None}] * 2}
    with pytest.raises(Garbled, match="not there"):
        of.read("Ask", reply.replace(b'q:ref="i"', b'q:ref="gone"'))


def test_an_array_may_be_said_to_be_one_of_soap_12(tmp_path: Path) -> None:
    items = f'xmlns:q="{ENCODING12}" xsi:type="q:Array" q:itemType="t:Item" q:arraySize="1"'
    reply = envelope(
        f'<t:AskResponse><count>2</count><list {items}><i xsi:type="t:Item"><n>1</n></i></list></t:AskResponse>'
    )
    assert encoded(tmp_path).read("Ask", reply).body == {"count": 2, "list": [{"n": 1, "s": None}]}
    loose = '<wsdl:part name="any" type="xs:anyType"/>'
    of = contract(tmp_path, ITEM, told=loose, style="rpc", use="encoded")
    for said, inner, value in (
        ('q:itemType="t:Item"', "<i><n>1</n></i>", [{"n": 1, "s": None, "@type": "Item"}]),
        ('q:itemType="xs:int" q:arraySize="2"', "<i>1</i><i>2</i>", [1, 2]),
        ("", '<i xsi:type="q:string">x</i>', ["x"]),
    ):
        any = f'<any xmlns:q="{ENCODING12}" xsi:type="q:Array" {said}>{inner}</any>'
        assert of.read("Ask", envelope(f"<t:AskResponse>{any}</t:AskResponse>")).body == {"any": value}


def test_an_item_may_be_of_the_base64_that_the_encoding_names_itself(tmp_path: Path) -> None:
    items = '<r xsi:type="e:Array" e:arrayType="e:base64[1]"><i xsi:type="e:base64">AQI=</i></r>'
    types = ARRAY.replace("t:Item[]", "soapenc:base64[]")
    of = contract(tmp_path, types, told='<wsdl:part name="r" type="t:Items"/>', style="rpc", use="encoded")
    assert of.read("Ask", envelope(f"<t:AskResponse>{items}</t:AskResponse>")).body == {"r": [b"\x01\x02"]}


def test_a_part_that_is_none_is_said_to_be_nil_and_one_that_is_forgotten_is_missed(tmp_path: Path) -> None:
    of = encoded(tmp_path, PARTS + '<wsdl:part name="s" type="xs:string"/>')
    written = of.write("Ask", {"count": None, "list": [], "s": None})
    assert [each.get(f"{{{XSI}}}nil") for each in etree.fromstring(written)[0][0]] == ["true", None, "true"]
    assert of.read_request("Ask", written).parameters == {"count": None, "list": [], "s": None}
    with pytest.raises(Rejected, match=r"Ask\.count is missing"):
        of.write("Ask", {"list": [], "s": None})


def test_an_array_that_names_its_items_and_no_type_is_a_list(tmp_path: Path) -> None:
    """As Axis 1 declares arrays of arrays."""

    def array(name: str, kind: str) -> str:
        items = element("alias", kind, 'maxOccurs="unbounded"')
        restricted = f'<xs:restriction base="soapenc:Array"><xs:sequence>{items}</xs:sequence></xs:restriction>'
        return f'<xs:complexType name="{name}"><xs:complexContent>{restricted}</xs:complexContent></xs:complexType>'

    part = '<wsdl:part name="rows" type="t:Rows"/>'
    types = array("Row", "xs:int") + array("Rows", "t:Row")
    of = contract(tmp_path, types, ask=part, told=part, style="rpc", use="encoded", form="unqualified")
    assert of.fallbacks == {}
    written = of.write("Ask", {"rows": [[1, 2], [3]]})
    assert of.read_request("Ask", written).parameters == {"rows": [[1, 2], [3]]}
    assert b'arrayType="n0:Row[2]"' in written
    assert sampled_request(of, "Ask").body["rows"][0][0] >= 0


def test_what_cannot_be_said_is_named_and_no_value_is(tmp_path: Path) -> None:
    types = kind("Line", element("number", "xs:int") + element("text", "xs:string", "?")) + sequence(
        element("line", "t:Line")
    )
    of = contract(tmp_path, types, ask='<wsdl:part name="b" element="t:told"/>')
    for line, why in (
        ({}, "told.line.number is missing"),
        ({"number": "secret"}, "told.line.number is no whole number"),
        ({"number": 2**40}, "told.line.number lies outside the limits of its type"),
        ({"number": 1, "text": "secret\x00"}, "told.line.text holds a character that XML cannot carry"),
        ({"number": 1, "colour": "secret"}, "told.line has no part colour"),
    ):
        with pytest.raises(Rejected) as caught:
            of.write("Ask", {"line": line})
        assert str(caught.value) == f"Ask cannot take these values: {why}"
        assert caught.value.__cause__ is None
        assert "secret" not in str(caught.value)


STRUCT = '<wsdl:part name="r" type="t:S"/>'
MEMBERS = element("v", "xs:int") + element("child", "t:S", "?")


def struct(folder: Path) -> Any:
    return contract(folder, kind("S", MEMBERS), ask=STRUCT, told=STRUCT, style="rpc", use="encoded")


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("<t:AskResponse><r><v>1</v></r></t:AskResponse>", {"v": 1, "child": None}),
        ("<t:AskResponse><r><t:v>1</t:v></r></t:AskResponse>", {"v": 1, "child": None}),
        ('<t:AskResponse><r><v>1</v><child xsi:nil="true"/></r></t:AskResponse>', {"v": 1, "child": None}),
        ('<t:AskResponse><r><v xsi:nil="true"/></r></t:AskResponse>', {"v": None, "child": None}),
        ("<AskResponse><r><v>1</v></r></AskResponse>", {"v": 1, "child": None}),
    ],
    ids=["unqualified", "qualified", "nil struct", "nil number", "wrapper of no namespace"],
)
def test_what_the_encoding_leaves_open_is_read_in_every_form(tmp_path: Path, reply: str, value: Any) -> None:
    assert struct(tmp_path).read("Ask", envelope(reply)).body == {"r": value}


def test_the_default_namespace_of_a_wrapper_says_nothing_of_what_stands_in_it(tmp_path: Path) -> None:
    """As SOAP::Lite writes them."""
    reply = "<AskResponse xmlns='urn:t'><r><v>1</v><child><v>2</v></child></r></AskResponse>"
    of = contract(tmp_path, kind("S", MEMBERS), told=STRUCT, style="rpc", use="encoded", form="unqualified")
    expected = {"r": {"v": 1, "child": {"v": 2, "child": None}}}
    assert of.read("Ask", envelope(reply)).body == expected
    ref = '<xs:element name="v" type="xs:int"/>' + kind("S", '<xs:element ref="t:v"/>' + element("child", "t:S", "?"))
    (tmp_path / "ref").mkdir()
    by_reference = contract(tmp_path / "ref", ref, told=STRUCT, style="rpc", use="encoded")
    assert by_reference.read("Ask", envelope(reply)).body == expected
    foreign = reply.replace("<v>2", "<v xmlns='urn:u'>2")
    with pytest.raises(Garbled, match="v is in the wrong namespace"):
        of.read("Ask", envelope(foreign))


def test_a_text_may_be_said_to_be_base64(tmp_path: Path) -> None:
    """SOAP::Lite packs what is not ASCII, whatever its type."""
    of = contract(tmp_path, "", told='<wsdl:part name="s" type="xs:string"/>', style="rpc", use="encoded")
    for type in ("xs:base64Binary", "e:base64"):
        reply = f'<t:AskResponse><s xsi:type="{type}">R2Viw7xocg==</s></t:AskResponse>'
        assert of.read("Ask", envelope(reply)).body == {"s": "Gebühr"}
        with pytest.raises(Garbled, match="s has the wrong form"):
            of.read("Ask", envelope(reply.replace("R2Viw7xocg==", "R2Vi/GhyCg==")))  # in Latin-1, or anything else


def test_an_encoded_reply_in_a_foreign_namespace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Garbled, match="another element than"):
        struct(tmp_path).read("Ask", envelope('<o:AskResponse xmlns:o="urn:other"><r><v>1</v></r></o:AskResponse>'))


def test_members_of_an_encoded_struct_are_written_without_a_namespace(tmp_path: Path) -> None:
    of = struct(tmp_path)
    written = of.write("Ask", {"r": {"v": 1, "child": {"v": 2}}})
    (part,) = etree.fromstring(written)[0][0]
    assert [each.tag for each in part.iter()] == ["r", "v", "child", "v"]
    assert of.read_request("Ask", written).parameters == {"r": {"v": 1, "child": {"v": 2, "child": None}}}


def test_an_array_that_names_its_items_may_be_empty(tmp_path: Path) -> None:
    items = '<xs:sequence><xs:element name="item" type="xs:int" maxOccurs="unbounded"/></xs:sequence>'
    base = f'<xs:restriction base="soapenc:Array">{items}</xs:restriction>'
    array = f'<xs:complexType name="Ids"><xs:complexContent>{base}</xs:complexContent></xs:complexType>'
    part = '<wsdl:part name="ids" type="t:Ids"/>'
    of = contract(tmp_path, array, told=part, style="rpc", use="encoded", form="unqualified")
    for inner, ids in (("", []), ("<item>1</item><item>2</item>", [1, 2])):
        assert of.read("Ask", envelope(f"<t:AskResponse><ids>{inner}</ids></t:AskResponse>")).body == {"ids": ids}
