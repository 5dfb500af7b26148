"""What is read of whole messages: envelopes, several parts, and both kinds of rpc."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from banyan import Garbled
from banyan.soap import Dialect, SoapContract
from tests.soap.small import (
    ENCODING,
    SOAP11,
    SOAP12,
    XSI,
    body,
    contract,
    element,
    envelope,
    holding,
    kind,
    sequence,
    told,
)

D = Decimal


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


@pytest.mark.parametrize("use", ["literal", "encoded"])
def test_parts_of_an_rpc_reply_may_stand_in_the_namespace_of_their_wrapper(tmp_path: Path, use: str) -> None:
    """As node's soap writes them. In any other namespace they are somebody else's."""
    of = contract(tmp_path, ITEM, told=PARTS.replace("t:Items", "t:Item"), style="rpc", use=use, form="unqualified")
    reply = "<t:AskResponse><t:count>1</t:count><t:list><n>2</n></t:list></t:AskResponse>"
    assert of.read("Ask", envelope(reply)).body == {"count": 1, "list": {"n": 2, "s": None}}
    elsewhere = reply.replace("t:c", "u:c").replace("t:l", "u:l").replace("Response>", 'Response xmlns:u="urn:u">', 1)
    with pytest.raises(Garbled, match="it holds none of its parts"):
        of.read("Ask", envelope(elsewhere))


def test_parts_in_the_default_namespace_of_a_literal_wrapper_are_none(tmp_path: Path) -> None:
    """Axis writes so, and calls the items of arrays otherwise than its contract: they would be read as absent."""
    items = kind("Items", element("item", "xs:int", "*"))
    of = contract(tmp_path, items, told='<wsdl:part name="r" type="t:Items"/>', style="rpc", form="unqualified")
    with pytest.raises(Garbled, match="it holds none of its parts"):
        of.read("Ask", envelope('<AskResponse xmlns="urn:t"><r><r>1</r><r>2</r></r></AskResponse>'))


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


def test_what_cannot_be_compiled_is_left_to_zeep_and_named(tmp_path: Path) -> None:
    """No such schema is valid: the next name does not tell which alternative it begins."""
    pairs = [f"<xs:sequence>{element('a', 'xs:int')}{element(last, 'xs:decimal')}</xs:sequence>" for last in "bc"]
    of = contract(tmp_path, holding(f"<xs:choice>{''.join(pairs)}</xs:choice>"))
    assert of.fallbacks == {"Ask": "more than one alternative begins with a"}
    read = of.read("Ask", of.write_reply("Ask", {"a": 1, "b": D("2.5")})).body
    assert {name: value for name, value in read.items() if value is not None} == {"a": 1, "b": D("2.5")}
    for inner in ("<a>1</a><b>2,5</b>", "<o:a xmlns:o='urn:o'>1</o:a><b>1</b>"):
        with pytest.raises(Garbled):
            body(of, inner)


TWO = """<?xml version="1.0"?>
<wsdl:definitions targetNamespace="urn:t" xmlns:t="urn:t" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types><xs:schema targetNamespace="urn:t"><xs:element name="e" type="xs:int"/></xs:schema></wsdl:types>
  <wsdl:message name="m"><wsdl:part name="b" element="t:e"/></wsdl:message>
  <wsdl:portType name="p"><wsdl:operation name="Ask"><wsdl:input message="t:m"/><wsdl:output message="t:m"/>
  </wsdl:operation></wsdl:portType>
  BINDINGS
  <wsdl:service name="s"><wsdl:port name="Old" binding="t:b11"><soap:address location="http://x.invalid/"/></wsdl:port>
  <wsdl:port name="New" binding="t:b12"><soap12:address location="http://x.invalid/"/></wsdl:port></wsdl:service>
</wsdl:definitions>"""
BINDING = """<wsdl:binding name="b{0}" type="t:p"><soap{1}:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Ask"><soap{1}:operation soapAction="urn:{0}"/>
    <wsdl:input><soap{1}:body use="literal"/></wsdl:input>
    <wsdl:output><soap{1}:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>"""


def test_an_operation_of_two_bindings_is_called_by_its_binding_or_chosen_by_port(tmp_path: Path) -> None:
    path = tmp_path / "two.wsdl"
    path.write_text(TWO.replace("BINDINGS", BINDING.format("11", "") + BINDING.format("12", "12")))
    both = SoapContract.load(path)
    assert both.operations == ["b11.Ask", "b12.Ask"]
    assert "soapaction" in both.http_headers("b11.Ask")
    assert 'action="urn:12"' in both.http_headers("b12.Ask")["content-type"]
    for operation, soap in (("b11.Ask", SOAP11), ("b12.Ask", SOAP12)):
        sent = both.write(operation, 7)  # type: ignore[arg-type]  # an element without children is its value
        assert soap.encode() in sent
        request = both.read_request(None, sent)
        assert (request.operation, str(request.parameters)) == (operation, "7")
        assert both.read(operation, sent).body == 7
    one = SoapContract.load(path, port="New")
    assert (one.operations, one.version) == (["Ask"], "1.2")
    with pytest.raises(ValueError, match=r"two\.wsdl has no SOAP port Other"):
        SoapContract.load(path, port="Other")


def test_nil_and_types_are_understood_where_nobody_declares_their_prefix(tmp_path: Path) -> None:
    """So writes node's soap, whose own readers know no namespaces."""
    of = contract(tmp_path, ITEM + sequence(element("i", "t:Item", "*")))
    reply = told('<i xsi:type="t:Item"><n>1</n></i>' + 9 * '<i><n>2</n><s xsi:nil="true"></s></i>')
    bare = reply.replace(f' xmlns:xsi="{XSI}"'.encode(), b"")
    assert bare != reply
    for _ in range(3):
        assert of.read("Ask", bare).body == of.read("Ask", reply).body
    declared_too_late = bare.replace(b"<s xsi", f'<s xmlns:xsi="{XSI}" xsi'.encode())
    for wrong in (declared_too_late, bare.replace(b"xsi:", b"x:")):
        with pytest.raises(Garbled, match=r"uses the prefix (xsi|x), which it does not declare"):
            of.read("Ask", wrong)


def test_blanks_before_the_declaration_are_passed_over(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence(element("n", "xs:int")))
    reply = b'\r\n <?xml version="1.0" encoding="utf-8"?>' + envelope("<t:told><t:n>1</t:n></t:told>")
    assert of.read("Ask", reply).body == {"n": 1}


def test_utf_8_may_lack_its_hyphen(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence(element("s", "xs:string")))
    reply = b'<?xml version="1.0" encoding="utf8"?>' + envelope("<t:told><t:s>ä</t:s></t:told>")
    assert of.read("Ask", reply).body == {"s": "ä"}


@pytest.mark.parametrize(
    ("reply", "way_out"),
    [
        (envelope("<t:told><t:n>1</t:n></t:told>", soap=SOAP12), 'envelope = "either"'),
        (b'<?xml version="1.0" encoding="windows-1252"?>' + envelope("<t:told><t:n>1</t:n></t:told>"), "code_page"),
    ],
)
def test_what_the_manifest_can_allow_is_refused_with_the_way_out(tmp_path: Path, reply: bytes, way_out: str) -> None:
    with pytest.raises(Garbled, match=way_out):
        contract(tmp_path, sequence(element("n", "xs:int"))).read("Ask", reply)
