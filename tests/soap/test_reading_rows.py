# ruff: noqa: E501
"""A long list of plain records is read by columns: as strictly as all else, and as the full reading reads it."""

from typing import Any

import pytest
from lxml import etree

from banyan import Garbled
from banyan.soap import SoapContract, SoapFault
from banyan.soap.codec.rows import SMALL
from tests.soap.small import contract, element, envelope, kind, sequence, told

ROW = (
    element("n", "xs:int")
    + element("o", "xs:string", "?")
    + element("at", "xs:dateTime", 'nillable="true" minOccurs="0"')
    + element("price", "xs:decimal", 'nillable="true"')
    + element("last", "t:kind")
    + element("one", "t:One", "?")
    + element("many", "t:Many", "*")
    + element("word", "xs:string", "*")
    + element("full", "t:Full", "?")
)
FULL = element("k", "xs:int") + element("s", "xs:string") + element("at", "t:At")
ONE = element("a", "xs:int", "?") + element("b", "xs:string", 'nillable="true" minOccurs="0"')
MANY = element("a", "xs:int") + element("one", "t:One", 'nillable="true"') + element("c", "xs:string", "*")
KIND = '<xs:simpleType name="kind"><xs:restriction base="xs:string"><xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType>'
ALONE = element("before", "xs:string", "?") + element("rows", "t:Rows", "?")
BEHIND = element("after", "t:Row", "*")
"""With another list, what stands around the rows could be changed, and is not remembered."""
TYPES = (
    KIND
    + kind("At", element("on", "xs:date"))
    + kind("Full", FULL)
    + kind("One", ONE)
    + kind("Many", MANY)
    + kind("Row", ROW)
    + kind("Rows", element("row", "t:Row", "*") + element("total", "xs:int", "?"))
)
COUNT, AT = 60, 7
"""Rows of a list, and the one that is another."""
ROW_OF = "<t:row><t:n>1</t:n><t:price>1</t:price><t:last>a</t:last>{}</t:row>"
ITEM = "<t:many><t:a>2</t:a><t:one><t:a>3</t:a></t:one><t:c>x</t:c><t:c>y</t:c></t:many>"
PLAIN = (
    "<t:row><t:n>{}</t:n><t:o>x &amp; y</t:o><t:price>{}.50</t:price><t:last>a</t:last>"
    "<t:one><t:b>x</t:b></t:one><t:many><t:a>1</t:a><t:one><t:a>1</t:a></t:one><t:c>z</t:c></t:many></t:row>"
)


@pytest.fixture(scope="module", params=[ALONE, ALONE + BEHIND], ids=["frames are remembered", "frames are not"])
def of(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> SoapContract:
    return contract(tmp_path_factory.mktemp("wsdl"), TYPES + sequence(request.param))


def document(other: str = "", *, at: int = AT, head: str = "", tail: str = "") -> bytes:
    rows = [PLAIN.format(number, number) for number in range(COUNT)]
    if other:
        rows[at] = other
    return told(f"{head}<t:rows>{''.join(rows)}{tail}</t:rows>")


def outcome(of: SoapContract, reply: bytes) -> Any:
    try:
        return repr(of.read("Ask", reply).body)
    except Garbled as wrong:
        return str(wrong)
    except SoapFault as fault:
        return fault.code, [etree.tostring(each) for each in fault.detail]


def in_full(reply: bytes) -> bytes:
    """The same with a character reference where nobody looks: only a parser reads those."""
    return reply.replace(b"</s:Envelope>", b"<s:x>&#65;</s:x></s:Envelope>")


def test_rows_that_look_alike_are_read_without_their_elements(of: SoapContract) -> None:
    reply = of._operations["Ask"].reply
    cut = reply.cut(document())
    assert cut is not None
    assert len(cut.rows) == COUNT
    assert cut.sample.count(b"<t:row>") == 1
    assert reply.cut(in_full(document())) is None
    assert reply.cut(told("<t:rows/>" + " " * SMALL)) is None


def test_what_one_document_proved_holds_for_the_next_of_the_same_frame(of: SoapContract) -> None:
    plain = document(tail="<t:total>60</t:total>")
    first = of.read("Ask", plain).body
    expected = repr(first)
    assert repr(of.read("Ask", plain).body) == expected
    first["rows"]["total"], first["rows"]["row"][:] = None, []
    assert repr(of.read("Ask", plain).body) == expected
    assert of.read("Ask", document(tail="<t:total>61</t:total>")).body["rows"]["total"] == 61
    other = plain.replace(b"urn:t", b"urn:o")
    assert "another element" in outcome(of, other)


def test_a_prefix_that_no_row_had_proves_nothing_about_rows_that_have_it(of: SoapContract) -> None:
    wrong = b' xmlns:xsi="urn:none"'
    tail = '<t:new xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    for row in ("", SAID["nil"], SAID["a text that speaks of nil"] + SAID["nil"]):
        reply = document(row, tail=tail).replace(b"<t:rows>", b"<t:rows" + wrong + b">")
        assert outcome(of, reply) == outcome(of, in_full(reply))


SAID = {
    "alike": PLAIN.format(8, 8),
    "left out": "<t:row><t:n>1</t:n><t:price>1</t:price><t:last>b</t:last></t:row>",
    "all": "<t:row><t:n>1</t:n><t:o>x</t:o><t:at>2026-01-31T12:00:00</t:at><t:price>1</t:price><t:last>a</t:last></t:row>",
    "nil": '<t:row><t:n>1</t:n><t:price xsi:nil="true"/><t:last>a</t:last></t:row>',
    "nil, spelt out": "<t:row><t:n>1</t:n><t:price xsi:nil='1'></t:price><t:last>a</t:last></t:row>",
    "nil in unlike quotes": """<t:row><t:n>1</t:n><t:price xsi:nil="true"/><t:last>a</t:last></t:row>
        <t:row><t:n>1</t:n><t:price xsi:nil="true'/><t:last>a</t:last></t:row>""".replace("\n        ", ""),
    "a text that speaks of nil": '<t:row><t:n>1</t:n><t:o> xsi:nil="true"</t:o><t:price>1</t:price><t:last>a</t:last></t:row>',
    "nil that is not": '<t:row><t:n>1</t:n><t:price xsi:nil="false">1</t:price><t:last>a</t:last></t:row>',
    "nil of another kind": '<t:row><t:n>1</t:n><t:price t:nil="true"/><t:last>a</t:last></t:row>',
    "nil where none may be": '<t:row><t:n xsi:nil="true"/><t:price>1</t:price><t:last>a</t:last></t:row>',
    "empty": "<t:row><t:n>1</t:n><t:o/><t:price>1</t:price><t:last>a</t:last></t:row>",
    "empty, spelt out": "<t:row><t:n>1</t:n><t:o></t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "empty number": "<t:row><t:n/><t:price>1</t:price><t:last>a</t:last></t:row>",
    "empty row": "<t:row/>",
    "hollow row": "<t:row></t:row>",
    "references": "<t:row><t:n>1</t:n><t:o>&lt;&amp;lt;&gt;&quot;&apos;</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "character reference": "<t:row><t:n>1</t:n><t:o>&#65;</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "entity": "<t:row><t:n>1</t:n><t:o>&gone;</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "bare ampersand": "<t:row><t:n>1</t:n><t:o>a & b</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "reference in a number": "<t:row><t:n>&#49;</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "CDATA": "<t:row><t:n>1</t:n><t:o><![CDATA[<x>]]></t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "end of CDATA": "<t:row><t:n>1</t:n><t:o>]]></t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "comment": "<t:row><t:n>1<!-- -->2</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "processing instruction": "<t:row><?x y?><t:n>1</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "attribute": '<t:row id="1"><t:n>1</t:n><t:price>1</t:price><t:last>a</t:last></t:row>',
    "type": '<t:row><t:n xsi:type="xs:long">1</t:n><t:price>1</t:price><t:last>a</t:last></t:row>',
    "missing": "<t:row><t:n>1</t:n><t:last>a</t:last></t:row>",
    "twice": "<t:row><t:n>1</t:n><t:n>1</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "order": "<t:row><t:price>1</t:price><t:n>1</t:n><t:last>a</t:last></t:row>",
    "unknown": "<t:row><t:n>1</t:n><t:new>1</t:new><t:price>1</t:price><t:last>a</t:last></t:row>",
    "children": "<t:row><t:n>1<t:n>2</t:n></t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "text": "<t:row>text<t:n>1</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "text between": "text<t:row><t:n>1</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "no number": "<t:row><t:n>x</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "too large": "<t:row><t:n>99999999999</t:n><t:price>1</t:price><t:last>a</t:last></t:row>",
    "decimal comma": "<t:row><t:n>1</t:n><t:price>1,50</t:price><t:last>a</t:last></t:row>",
    "not listed": "<t:row><t:n>1</t:n><t:price>1</t:price><t:last>c</t:last></t:row>",
    "space": "<t:row><t:n> 1 </t:n><t:o> \t\n</t:o><t:price>\n1</t:price><t:last>a</t:last></t:row>",
    "space between": "\n <t:row>\n <t:n>1</t:n>\r\n <t:price>1</t:price> <t:last>a</t:last></t:row >",
    "carriage return": "<t:row><t:n>1</t:n><t:o>a\r\nb\rc</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "control character": "<t:row><t:n>1</t:n><t:o>\x01</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "no character": "<t:row><t:n>1</t:n><t:o>\uffff</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "other scripts": "<t:row><t:n>\u0661</t:n><t:o>é \U0001f600</t:o><t:price>1</t:price><t:last>a</t:last></t:row>",
    "other prefix": '<u:row xmlns:u="urn:t"><u:n>1</u:n><u:price>1</u:price><u:last>a</u:last></u:row>',
    "unbound prefix": "<u:row><u:n>1</u:n><u:price>1</u:price><u:last>a</u:last></u:row>",
    "other namespace": "<row><n>1</n><price>1</price><last>a</last></row>",
    "inner records": ROW_OF.format("<t:one><t:a>1</t:a></t:one>"),
    "inner lists": ROW_OF.format(
        f"<t:one><t:a>1</t:a><t:b>x</t:b></t:one>{2 * ITEM}<t:word>x &amp; y</t:word><t:word>z</t:word>"
    ),
    "an inner list": ROW_OF.format(ITEM),
    "words": ROW_OF.format("<t:word>x</t:word><t:word/><t:word></t:word>"),
    "an inner record that is hollow": ROW_OF.format("<t:one></t:one>"),
    "an inner record that is empty": ROW_OF.format("<t:one/>"),
    "an inner record of an empty one": ROW_OF.format("<t:one><t:b/></t:one>"),
    "an inner record that is nil": ROW_OF.format('<t:many><t:a>1</t:a><t:one xsi:nil="true"/></t:many>' + ITEM),
    "an inner text that is nil": ROW_OF.format('<t:one><t:b xsi:nil="true"/></t:one>'),
    "an inner record that only some rows have": ROW_OF.format(
        "<t:full><t:k>1</t:k><t:s>x</t:s><t:at><t:on>2026-01-31</t:on></t:at></t:full>"
    ),
    "an inner record that is not whole": ROW_OF.format("<t:full><t:k>1</t:k><t:s>x</t:s></t:full>"),
    "an inner number that is none": ROW_OF.format("<t:one><t:a>x</t:a></t:one>"),
    "inner order": ROW_OF.format("<t:word>x</t:word>" + ITEM),
    "inner twice": ROW_OF.format("<t:one><t:a>1</t:a></t:one><t:one><t:a>1</t:a></t:one>"),
    "inner missing": ROW_OF.format("<t:many><t:a>1</t:a></t:many>"),
    "cut off": "<t:row><t:n>1</t:n>",
    "one too many": "</t:row>",
}


@pytest.mark.parametrize("at", [0, AT, COUNT - 1])
@pytest.mark.parametrize("other", SAID.values(), ids=SAID)
def test_one_row_among_many_means_what_it_means_alone(of: SoapContract, other: str, at: int) -> None:
    reply = document(other, at=at)
    assert outcome(of, reply) == outcome(of, in_full(reply))


ROWS = "".join(PLAIN.format(number, number) for number in range(COUNT))
AROUND_THEM = {
    "total": document(tail="<t:total>60</t:total>"),
    "a head": document(head="<t:before>x</t:before>"),
    "rows of another list before": told(f"<t:new>{ROWS}</t:new><t:rows>{PLAIN.format(0, 0)}</t:rows>"),
    "rows of another list behind": document().replace(b"</t:told>", f"<t:new>{ROWS}</t:new></t:told>".encode()),
    "rows elsewhere and none in the list": told(f"<t:new>{ROWS}</t:new><t:rows><t:total>1</t:total></t:rows>"),
    "rows only elsewhere": told(f"<t:new>{ROWS}</t:new>"),
    "rows outside the list": told(ROWS),
    "rows in a comment": told(f"<!-- {ROWS} --><t:rows/>"),
    "rows in CDATA": told(f"<t:before><![CDATA[{ROWS}]]></t:before><t:rows/>"),
    "rows in a header": envelope(
        f"<t:told><t:rows>{PLAIN.format(0, 0)}</t:rows></t:told>", header=f"<t:h>{ROWS}</t:h>"
    ),
    "rows in a fault": envelope(
        f"<s:Fault><faultcode>s:Server</faultcode><faultstring>x</faultstring><detail>{ROWS}</detail></s:Fault>"
    ),
    "rows in two bodies": document().replace(b"</s:Body>", b"</s:Body><s:Body/>"),
    "an empty list behind": document(tail="<t:row/>"),
    "something between": document().replace(b"</t:row><t:row><t:n>30", b"</t:row><t:new/><t:row><t:n>30"),
    "no end": document()[:-30],
    "too much": document() + b"<s:x/>",
    "a document type": b"<!DOCTYPE s [<!ENTITY e 'x'>]>" + document(),
    "a declaration": b'<?xml version="1.0" encoding="utf-8"?>' + document(),
    "a mark": b"\xef\xbb\xbf" + document(),
    "Latin-1": b'<?xml version="1.0" encoding="ISO-8859-1"?>' + document().replace(b"x &amp;", "é".encode("latin-1")),
    "Latin-1 that could be UTF-8": b"<?xml version='1.0' encoding='ISO-8859-1'?>"
    + document().replace(b"x", "é".encode()),
    "no encoding that it says": document().replace(b"x &amp;", "é".encode("latin-1")),
    "UTF-16": document().decode().encode("utf-16"),
    "default namespace": document().replace(b"t:", b"").replace(b"<told", b'<told xmlns="urn:t"'),
    "indented": document().replace(b"><t:", b">\r\n  <t:").replace(b"</t:row>", b"\n</t:row>"),
    "attributes": document().replace(b"<t:row>", b"<t:row xsi:type='t:Row' other=\"1\">"),
    "an attribute that changes": document().replace(b"<t:row><t:n>9", b"<t:row n='9'><t:n>9"),
    "another type": document().replace(b"<t:row>", b"<t:row xsi:type='t:One'>"),
    "rows that are nil": document().replace(b"<t:row>", b"<t:row xsi:nil='true'>"),
    "a namespace in each": document().replace(b"t:", b"u:").replace(b"<u:row>", b"<u:row xmlns:u='urn:t'>"),
    "rows that end where they begin": document()
    .replace(b"<t:row>", b"<t:row />")
    .replace(b"<t:row />", b"<t:row a='1'><t:row />", 1),
    "nil behind": document(tail='<t:total xsi:nil="true"/>'),
}


@pytest.mark.parametrize("reply", AROUND_THEM.values(), ids=AROUND_THEM)
def test_rows_mean_what_the_document_around_them_makes_of_them(of: SoapContract, reply: bytes) -> None:
    assert outcome(of, reply) == outcome(of, in_full(reply))
