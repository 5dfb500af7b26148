"""What real WSDLs get wrong, each in a small one of our own: it loads, or it says why not."""

import socket
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep.exceptions import LookupError as LookupNotDeclared

from banyan.soap import SoapContract
from banyan.soap.loading import Broken, Loaded, NotVendored, Problem, load
from banyan.soap.loading.files import SHARED

XSD = 'xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
SPACES = f'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" {XSD}'
ELEMENTS = '<xsd:element name="ask" type="xsd:string"/><xsd:element name="answer" type="xsd:string"/>'
TEXT = '<xsd:simpleType name="Text"><xsd:restriction base="xsd:string"/></xsd:simpleType>'
MESSAGES = '<message name="ask"><part name="p" element="t:ask"/></message>'
MESSAGES += '<message name="answer"><part name="p" element="t:answer"/></message>'
OPERATION = '<operation name="Ask"><input message="t:ask"/><output message="t:answer"/></operation>'
PORT = f'<portType name="P">{OPERATION}</portType>'
BODY = '<input><soap:body use="literal"/></input><output><soap:body use="literal"/></output>'
STYLE = '<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/>'
BINDING = f'<binding name="B" type="t:P">{STYLE}<operation name="Ask">{BODY}</operation></binding>'
SERVICE = '<service name="S"><port name="B" binding="t:B"><soap:address location="http://h/"/></port></service>'

Put = Callable[..., Path]


def wsdl(*parts: str, space: str = "urn:t") -> str:
    return f'<definitions {SPACES} xmlns:t="urn:t" targetNamespace="{space}">{"".join(parts)}</definitions>'


def schema(*parts: str, space: str = "urn:t") -> str:
    return f'<xsd:schema {XSD} xmlns:t="urn:t" targetNamespace="{space}">{"".join(parts)}</xsd:schema>'


def types(*parts: str) -> str:
    return f"<types>{schema(*parts)}</types>"


def bring(location: str, space: str = "urn:t") -> str:
    return f'<import namespace="{space}" location="{location}"/>'


def include(location: str) -> str:
    return f'<xsd:include schemaLocation="{location}"/>'


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


@pytest.fixture
def put(tmp_path: Path) -> Put:
    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


def callable_in(loaded: Loaded) -> list[str]:
    bindings: Any = loaded.document.bindings.values()
    return sorted(name for binding in bindings for name in binding.all())


def test_a_whole_wsdl_has_no_problems(put: Put) -> None:
    loaded = load(put("a.wsdl", wsdl(types(ELEMENTS), MESSAGES, PORT, BINDING, SERVICE)))
    assert (callable_in(loaded), loaded.problems, loaded.dropped) == (["Ask"], (), {})


def test_a_chain_of_imports_inside_one_namespace_is_followed_to_its_end(put: Put) -> None:
    head = '<message name="head"><part name="h" element="t:ask"/></message>'
    binding = BINDING.replace("<input>", '<input><soap:header message="t:head" part="h" use="literal"/>')
    put("parts/messages.wsdl", wsdl(types(ELEMENTS), MESSAGES, head))
    put("parts/port.wsdl", wsdl(bring("Messages.wsdl"), PORT))
    loaded = load(put("http.wsdl", wsdl(bring("parts/port.wsdl"), binding, SERVICE)))
    why = "imports Messages.wsdl, whose name is written parts/messages.wsdl"
    assert (callable_in(loaded), loaded.problems) == (["Ask"], (Problem("parts/port.wsdl", why),))


def test_a_second_import_of_one_namespace_is_searched_too(put: Put) -> None:
    put("empty.wsdl", wsdl())
    put("messages.wsdl", wsdl(types(ELEMENTS), MESSAGES))
    loaded = load(put("a.wsdl", wsdl(bring("empty.wsdl"), bring("messages.wsdl"), PORT, BINDING, SERVICE)))
    assert callable_in(loaded) == ["Ask"]


def test_circular_imports_of_wsdls_and_schemas_end(put: Put) -> None:
    put("a.xsd", schema(include("b.xsd"), '<xsd:element name="ask" type="t:Text"/>'))
    put("b.xsd", schema(include("a.xsd"), TEXT))
    put("port.wsdl", wsdl(bring("a.wsdl"), PORT))
    whole = types(include("a.xsd"), '<xsd:element name="answer" type="xsd:string"/>')
    loaded = load(put("a.wsdl", wsdl(bring("port.wsdl"), whole, MESSAGES, BINDING, SERVICE)))
    assert (callable_in(loaded), loaded.problems) == (["Ask"], ())


@pytest.mark.parametrize(
    ("written", "lies", "why"),
    [
        ("Types.xsd", "types.xsd", "imports Types.xsd, whose name is written types.xsd"),
        (
            ".\\sub\\types.xsd",
            "sub/types.xsd",
            "imports .\\sub\\types.xsd, a path with backslashes: sub/types.xsd is used",
        ),
        ("../gone/types.xsd", "sub/types.xsd", "imports ../gone/types.xsd, which is not there: sub/types.xsd is used"),
    ],
)
def test_a_slip_with_one_meaning_is_tolerated_and_named(put: Put, written: str, lies: str, why: str) -> None:
    put(lies, schema(ELEMENTS))
    loaded = load(put("a.wsdl", wsdl(types(include(written)), MESSAGES, PORT, BINDING, SERVICE)))
    assert (callable_in(loaded), loaded.problems) == (["Ask"], (Problem("a.wsdl", why),))


def test_a_slip_with_two_meanings_is_not(put: Put) -> None:
    put("types.xsd", schema(ELEMENTS))
    put("TYPES.xsd", schema(ELEMENTS))
    with pytest.raises(NotVendored, match=r"a\.wsdl imports Types\.xsd, which is not there"):
        load(put("a.wsdl", wsdl(types(include("Types.xsd")), MESSAGES, PORT, BINDING, SERVICE)))


def test_what_needs_a_missing_schema_is_dropped_and_the_rest_loads(put: Put) -> None:
    other = '<message name="other"><part name="p" element="t:other"/></message>'
    port = f'<portType name="P">{OPERATION}<operation name="Other"><input message="t:other"/></operation></portType>'
    named = '<operation name="Other"><input><soap:body use="literal"/></input></operation>'
    derived = '<xsd:element name="other"><xsd:complexType><xsd:complexContent><xsd:extension base="x:Gone">'
    derived += '<xsd:sequence><xsd:element name="n" type="xsd:int"/></xsd:sequence>'
    derived += "</xsd:extension></xsd:complexContent></xsd:complexType></xsd:element>"
    inline = types('<xsd:import namespace="urn:x" schemaLocation="gone.xsd"/>', ELEMENTS, derived)
    inline = inline.replace("<xsd:schema", '<xsd:schema xmlns:x="urn:x"')
    binding = BINDING.replace("</binding>", f"{named}</binding>")
    loaded = load(put("a.wsdl", wsdl(inline, MESSAGES, other, port, binding, SERVICE)))
    assert callable_in(loaded) == ["Ask"]
    assert loaded.dropped == {"Other": "its messages need {urn:x}Gone, which nobody declares"}
    assert loaded.problems == (
        Problem("a.wsdl", "imports gone.xsd, which is not there"),
        Problem("a.wsdl", "names {urn:x}Gone, which nobody declares"),
    )


def test_an_operation_whose_message_is_missing_is_dropped_without_a_warning(put: Put) -> None:
    port = PORT.replace("</portType>", '<operation name="Other"><input message="t:nowhere"/></operation></portType>')
    binding = BINDING.replace("</binding>", '<operation name="Other"/><operation name="Third"/></binding>')
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = load(put("a.wsdl", wsdl(types(ELEMENTS), MESSAGES, port, binding, SERVICE)))
    assert callable_in(loaded) == ["Ask"]
    assert loaded.dropped == {
        "Other": "its message nowhere is missing",
        "Third": "the port type P does not name it",
    }


def test_nothing_left_is_an_error_that_names_every_reason(put: Put) -> None:
    with pytest.raises(Broken) as broken:
        load(put("a.wsdl", wsdl(types(ELEMENTS), PORT, BINDING, SERVICE)))
    assert broken.value.problems == (Problem("operation Ask", "its message ask is missing"),)


def test_the_same_operation_in_two_bindings_carries_the_name_of_its_binding(put: Put) -> None:
    second = BINDING.replace('name="B"', 'name="C"').replace('type="t:P"', 'type="t:Gone"')
    loaded = load(put("a.wsdl", wsdl(types(ELEMENTS), MESSAGES, PORT, BINDING, second, SERVICE)))
    assert loaded.dropped == {"C.Ask": "its port type Gone is missing"}


@pytest.mark.parametrize("where", ["a.wsdl", "types.xsd"])
def test_document_types_and_entities_are_refused(put: Put, where: str) -> None:
    secret = put("secret.txt", "secret")
    trick = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ATTLIST d a CDATA "b">]>'
    texts = {
        "a.wsdl": wsdl(types(include("types.xsd")), MESSAGES, PORT, BINDING, SERVICE),
        "types.xsd": schema(ELEMENTS),
    }
    texts[where] = trick + texts[where]
    put("types.xsd", texts["types.xsd"])
    with pytest.raises(Broken, match=rf"{where} carries a document type, which is refused"):
        load(put("a.wsdl", texts["a.wsdl"]))


@pytest.mark.parametrize("name", ["x.xsd", "service.svc?xsd=xsd0"])
def test_the_network_is_never_asked(put: Put, name: str) -> None:
    far = f'<xsd:import namespace="urn:x" schemaLocation="http://schemas.example.com/{name}"/>'
    needs = ELEMENTS.replace("xsd:string", "x:Text").replace("<xsd:element", '<xsd:element xmlns:x="urn:x"')
    path = put("a.wsdl", wsdl(types(far, needs), MESSAGES, PORT, BINDING, SERVICE))
    with pytest.raises(NotVendored, match="which is not on this disk, and the network is never asked"):
        load(path)
    put("vendored/x.xsd", schema(TEXT, space="urn:x"))
    assert callable_in(load(path)) == ["Ask"]


def test_a_vendored_wsdl_is_not_mistaken_for_the_schema_of_its_namespace(put: Put) -> None:
    put("one.xsd", schema(ELEMENTS))
    far = '<xsd:import namespace="urn:t" schemaLocation="http://h/s?xsd=xsd0"/>'
    put("other.wsdl", wsdl(f"<types>{schema(far, space='urn:i')}</types>", MESSAGES, PORT))
    path = put("a.wsdl", wsdl(bring("http://h/s?wsdl=wsdl0"), BINDING, SERVICE, space="urn:b").replace('t:B"', 'b:B"'))
    path.write_text(path.read_text().replace("<definitions", '<definitions xmlns:b="urn:b"'))
    loaded = load(path)
    assert (callable_in(loaded), loaded.problems) == (["Ask"], ())


def test_an_import_of_a_sibling_folder_needs_a_wider_root(put: Put, tmp_path: Path) -> None:
    put("common/types.xsd", schema(ELEMENTS))
    path = put("service/a.wsdl", wsdl(types(include("../common/types.xsd")), MESSAGES, PORT, BINDING, SERVICE))
    with pytest.raises(NotVendored, match=r"\.\./common/types\.xsd, which lies outside the folder of the contracts"):
        load(path)
    assert load(path, tmp_path).problems == ()
    with pytest.raises(NotVendored, match="lies outside"):
        load(path, tmp_path / "common")


@pytest.mark.parametrize(
    ("space", "location", "use"),
    [
        ("http://schemas.xmlsoap.org/soap/encoding/", "http://schemas.xmlsoap.org/soap/encoding/", 'type="x:string"'),
        ("http://schemas.xmlsoap.org/soap/encoding/", None, 'type="x:Array"'),
        ("http://www.w3.org/2005/08/addressing", "http://www.w3.org/2006/03/addressing/ws-addr.xsd", 'ref="x:To"'),
        ("http://www.w3.org/2004/08/xop/include", None, 'ref="x:Include"'),
        ("http://schemas.xmlsoap.org/soap/envelope/", "http://schemas.xmlsoap.org/soap/envelope/", 'ref="x:Header"'),
        (
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
            "../oasis-200401-wss-wssecurity-secext-1.0.xsd",
            'ref="x:Security"',
        ),
        ("http://schemas.xmlsoap.org/ws/2004/08/addressing", None, 'type="x:EndpointReferenceType"'),
        ("http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/TR/x/xmldsig-core-schema.xsd", 'ref="x:Signature"'),
    ],
)
def test_schemas_that_everybody_shares_are_served_from_here(
    put: Put, space: str, location: str | None, use: str
) -> None:
    place = f' schemaLocation="{location}"' if location else ""
    name = "" if use.startswith("ref") else 'name="n" '
    holder = f'<xsd:element name="ask"><xsd:complexType><xsd:sequence><xsd:element {name}{use}/></xsd:sequence>'
    holder += '</xsd:complexType></xsd:element><xsd:element name="answer" type="xsd:string"/>'
    inline = types(f'<xsd:import namespace="{space}"{place}/>', holder)
    inline = inline.replace("<xsd:schema", f'<xsd:schema xmlns:x="{space}"')
    assert callable_in(load(put("a.wsdl", wsdl(inline, MESSAGES, PORT, BINDING, SERVICE)))) == ["Ask"]


@pytest.mark.parametrize(
    ("space", "prefix", "attribute"),
    [
        ("http://www.w3.org/XML/1998/namespace", "xml", "lang"),
        ("http://www.w3.org/1999/xlink", "x", "href"),
        ("http://www.w3.org/2005/05/xmlmime", "x", "contentType"),
    ],
)
def test_attributes_that_everybody_shares_are_served_from_here(
    put: Put, space: str, prefix: str, attribute: str
) -> None:
    bound = f'xmlns:x="{space}"' if prefix == "x" else ""
    holder = f'<xsd:element name="ask"><xsd:complexType {bound}><xsd:attribute ref="{prefix}:{attribute}"/>'
    holder += '</xsd:complexType></xsd:element><xsd:element name="answer" type="xsd:string"/>'
    inline = types(f'<xsd:import namespace="{space}" schemaLocation="http://www.w3.org/2001/x.xsd"/>', holder)
    loaded = load(put("a.wsdl", wsdl(inline, MESSAGES, PORT, BINDING, SERVICE)))
    assert callable_in(loaded) == ["Ask"]
    (attributes,) = loaded.document.types.get_element("{urn:t}ask").type.attributes
    assert attributes[1].qname.namespace == space


def test_attributes_of_xml_need_no_import(put: Put) -> None:
    holder = '<xsd:element name="ask"><xsd:complexType><xsd:attribute ref="xml:base"/></xsd:complexType></xsd:element>'
    inline = types(holder, '<xsd:element name="answer" type="xsd:string"/>')
    loaded = load(put("a.wsdl", wsdl(inline, MESSAGES, PORT, BINDING, SERVICE)))
    assert (callable_in(loaded), loaded.problems) == (["Ask"], ())


def test_our_shared_schemas_are_valid_schemas() -> None:
    files = sorted(SHARED.glob("*.xsd"))
    assert len(files) == 11
    for file in files:
        etree.XMLSchema(etree.parse(file))


def test_once_loaded_an_unknown_type_is_an_error_again(put: Put) -> None:
    types_of: Any = load(put("a.wsdl", wsdl(types(ELEMENTS), MESSAGES, PORT, BINDING, SERVICE))).document.types
    with pytest.raises(LookupNotDeclared):
        types_of.get_type("{urn:t}Gone")


def test_twenty_loads_at_once_do_not_mix(put: Put) -> None:
    port = PORT.replace("t:answer", "t:nowhere")
    paths = [put(f"{n}/a.wsdl", wsdl(types(ELEMENTS), MESSAGES, PORT, BINDING, SERVICE)) for n in range(10)]
    paths += [put(f"{n}/a.wsdl", wsdl(types(ELEMENTS), MESSAGES, port, BINDING, SERVICE)) for n in range(10, 20)]
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(_outcome, paths))
    assert told == ["loaded"] * 10 + ["operation Ask its message nowhere is missing"] * 10


def _outcome(path: Path) -> str:
    try:
        load(path)
    except Broken as broken:
        return str(broken)
    return "loaded"


def test_what_zeep_cannot_read_is_read_as_far_as_it_goes_and_named(put: Put) -> None:
    put("types.xsd", schema(ELEMENTS))
    redefine = '<xsd:redefine schemaLocation="types.xsd"/>'
    binding = BINDING.replace("</binding>", f'<operation name="Ask">{BODY}</operation></binding>')
    port = PORT.replace("</portType>", f"{OPERATION}</portType>")
    loaded = load(put("a.wsdl", wsdl(types(redefine), MESSAGES, port, binding, SERVICE)))
    assert callable_in(loaded) == ["Ask"]
    assert loaded.dropped == {"Ask#2": "the binding names it twice; the first is taken"}
    assert [problem.why for problem in loaded.problems] == [
        "redefines types.xsd, which is read as it was before",
        "holds Ask twice in P; the first is taken",
    ]


def test_the_words_that_zeep_does_not_know_are_spelled_out(put: Put) -> None:
    extra = '<message name="two"><part name="head" element="t:answer"/><part name="p" element="t:ask"/></message>'
    elements = ELEMENTS.replace('name="ask"', 'name="ask" nillable="1"')
    binding = BINDING.replace('<input><soap:body use="literal"/>', '<input><soap:body parts="p"/>')
    port = PORT.replace("t:ask", "t:two")
    loaded = load(put("a.wsdl", wsdl(types(elements), MESSAGES, extra, port, binding, SERVICE)))
    bindings: Any = loaded.document.bindings
    body = bindings["{urn:t}B"].get("Ask").input.body
    assert (body.qname.text, body.nillable) == ("{urn:t}ask", True)


def test_a_type_that_is_named_as_an_element_is_told_from_what_nobody_declares(put: Put) -> None:
    messages = MESSAGES.replace('element="t:answer"', 'element="t:Text"')
    with pytest.raises(Broken, match=r"a\.wsdl names \{urn:t\}Text, which is a type where an element is meant"):
        load(put("a.wsdl", wsdl(types(TEXT, ELEMENTS), messages, PORT, BINDING, SERVICE)))


@pytest.mark.parametrize("draft", ["1999", "2000/10"])
def test_a_draft_of_xml_schema_is_read_as_what_became_of_it_and_named(put: Put, draft: str) -> None:
    """Apache SOAP, Axis 1 and Microsoft's toolkit wrote these."""
    text = wsdl(types(ELEMENTS), MESSAGES, PORT, BINDING, SERVICE).replace("2001/XMLSchema", f"{draft}/XMLSchema")
    loaded = load(put("a.wsdl", text))
    why = "is written by a draft of XML Schema, which is read as the XML Schema of 2001"
    assert (callable_in(loaded), loaded.problems) == (["Ask"], (Problem("a.wsdl", why),))


def test_an_rpc_wrapper_in_an_empty_namespace_has_none(put: Put) -> None:
    rpc = BINDING.replace("soap/http", 'soap/http" style="rpc').replace('use="literal"', 'use="encoded" namespace=""')
    plain = MESSAGES.replace('element="t:ask"', 'type="xsd:int"').replace('element="t:answer"', 'type="xsd:int"')
    of = SoapContract(load(put("a.wsdl", wsdl(plain, PORT, rpc, SERVICE))))
    assert b"<Ask " in of.write("Ask", {"p": 1})


def test_a_schema_that_cannot_be_read_to_its_end_takes_only_what_needs_it(put: Put) -> None:
    put("x.xsd", schema("<xsd:riddle/>", TEXT, space="urn:x"))
    broken = '<xsd:import namespace="urn:x" schemaLocation="x.xsd"/>'
    loaded = load(put("a.wsdl", wsdl(types(broken, ELEMENTS), MESSAGES, PORT, BINDING, SERVICE)))
    assert callable_in(loaded) == ["Ask"]
    assert [problem.file for problem in loaded.problems] == ["x.xsd"]
    assert "can only be read in part" in loaded.problems[0].why
