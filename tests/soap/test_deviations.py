"""Where we refuse and zeep does not: each message that is not valid, what zeep makes of it, and what we say."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault as ZeepFault
from zeep.xsd.context import XmlParserContext

from banyan import Garbled
from banyan.soap import SoapContract
from tests.soap.small import SOAP11, contract, element, envelope, extension, kind, sequence, told
from tests.soap.zeep_values import plain

pytestmark = pytest.mark.filterwarnings("ignore")
STATE = (
    '<xs:simpleType name="State"><xs:restriction base="xs:string"><xs:enumeration value="open"/></xs:restriction>'
    "</xs:simpleType>"
)
TYPES = (
    STATE
    + kind("Part", element("m", "xs:int", "?"), more='abstract="true"')
    + extension("Real", "t:Part", element("k", "xs:int", "?"))
    + kind("Other", element("m", "xs:int", "?"), attributes='<xs:attribute name="id" type="xs:int" use="required"/>')
    + sequence(
        element("n", "xs:int", "?")
        + element("d", "xs:double", "?")
        + element("b", "xs:boolean", "?")
        + element("at", "xs:dateTime", "?")
        + element("state", "t:State", "?")
        + element("q", "xs:QName", "?")
        + element("part", "t:Part", "?")
        + element("other", "t:Other", "?")
        + f"<xs:choice>{element('left', 'xs:int')}{element('right', 'xs:int')}</xs:choice>"
        + element("two", "xs:int", 'minOccurs="2" maxOccurs="2"')
    )
)
END = "<left>1</left><two>1</two><two>2</two>"
GOOD: dict[str, Any] = {
    **dict.fromkeys(("n", "d", "b", "at", "state", "q", "part", "other", "right")), "left": 1, "two": [1, 2]
}  # fmt: skip


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> SoapContract:
    return contract(tmp_path_factory.mktemp("wsdl"), TYPES)


def by_zeep(of: SoapContract, reply: bytes) -> Any:
    """The plain value that zeep reads, as a client of it would see the body."""
    element, schema = of.output("Ask")
    node = etree.fromstring(reply)[-1][0]
    context: Any = XmlParserContext(settings=schema.settings)  # type: ignore[no-untyped-call]
    parse: Any = element
    return plain(parse.parse(node, schema, context=context), parse.type)


def test_a_good_reply_is_the_same_to_both(of: SoapContract) -> None:
    assert of.read("Ask", told(END)).body == by_zeep(of, told(END)) == GOOD


DEVIATIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a bad number is nothing": (f"<n>many</n>{END}", {"n": None}, "n has the wrong form"),
    "a bad double is nothing": (f"<d>1,5</d>{END}", {"d": None}, "d has the wrong form"),
    "an underscore in a number": (f"<n>1_0</n>{END}", {"n": 10}, "n has the wrong form"),
    "more than an int holds": (f"<n>3000000000</n>{END}", {"n": 3_000_000_000}, "n has the wrong form"),
    "digits of another script": (f"<n>\u0661</n>{END}", {"n": 1}, "n has the wrong form"),
    "an empty number is nothing": (f"<n/>{END}", {"n": None}, "n has the wrong form"),
    "any other word is false": (f"<b>maybe</b>{END}", {"b": False}, "b has the wrong form"),
    "a bad time is nothing": (f"<at>yesterday</at>{END}", {"at": None}, "at has the wrong form"),
    "an unknown enumeration value": (f"<state>ajar</state>{END}", {"state": "ajar"}, "state has the wrong form"),
    "a qualified name that is none": (f"<q>t: x</q>{END}", {"q": "t: x"}, "q has the wrong form"),
    "children of a number": (f"<n>1<x/></n>{END}", {"n": 1}, "n has children"),
    "nil where nil is not allowed": (f'<n xsi:nil="true"/>{END}', {"n": None}, "n is nil"),
    "an abstract type that says not which": (f"<part><m>1</m></part>{END}", {"part": {"m": 1}}, "abstract type"),
    "a foreign type that stands in": (
        f'<part xsi:type="t:Other" id="1"><m>1</m></part>{END}',
        {"part": {"m": 1, "id": 1, "@type": "Other"}},
        "part is of a type that is unknown or cannot stand in",
    ),
    "an unknown type that stands in": (
        f'<part xsi:type="u:X" xmlns:u="urn:u"><m>1</m></part>{END}',
        {"part": {"m": 1}},
        "part is of a type that is unknown or cannot stand in",
    ),
    "a required attribute that is missing": (
        f"<other><m>1</m></other>{END}",
        {"other": {"m": 1, "id": None}},
        "id is missing in other",
    ),
    "no alternative of a choice": (
        "<two>1</two><two>2</two>",
        {"left": None},
        "one of left, right is missing",
    ),
    "fewer than required": ("<left>1</left><two>1</two>", {"two": [1]}, "two comes 1 times"),
    "what is required last is missing": ("<left>1</left>", {"two": []}, "two is missing"),
    "an unqualified child": (f'<n xmlns="">1</n>{END}', {"n": 1}, "n is in the wrong namespace"),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_we_refuse_what_zeep_reads(of: SoapContract, name: str) -> None:
    inner, zeeps, why = DEVIATIONS[name]
    assert by_zeep(of, told(inner)) == GOOD | zeeps
    with pytest.raises(Garbled) as caught:
        of.read("Ask", told(inner))
    assert why in str(caught.value)


def test_a_qualified_name_is_the_text_that_was_sent_to_both(of: SoapContract) -> None:
    """Whatever namespace its prefix stands for: docs/decisions/0024."""
    reply = told(f'<q xmlns:p="urn:p">p:thing</q>{END}')
    assert of.read("Ask", reply).body == by_zeep(of, reply) == GOOD | {"q": "p:thing"}


def test_a_qualified_name_is_written_as_it_is_given(of: SoapContract) -> None:
    assert of.read("Ask", of.write_reply("Ask", GOOD | {"q": "t:thing"})).body == GOOD | {"q": "t:thing"}
    for wrong in ("{urn:t}thing", "no name", 7):
        with pytest.raises(ValueError, match="q is no qualified name"):
            of.write_reply("Ask", GOOD | {"q": wrong})


def test_an_empty_reply_reads_as_an_answer_without_anything(of: SoapContract) -> None:
    assert by_zeep(of, told()) == GOOD | {"left": None, "two": []}
    with pytest.raises(Garbled, match="is missing in told"):
        of.read("Ask", told())


def test_a_body_in_another_namespace_reads_as_an_answer_without_anything(of: SoapContract) -> None:
    reply = told().replace(b'<told xmlns="urn:t"', b'<told xmlns="urn:other"')
    assert by_zeep(of, reply) == GOOD | {"left": None, "two": []}
    with pytest.raises(Garbled, match="it holds another element than told"):
        of.read("Ask", reply)


@pytest.mark.parametrize("text", ["12,50", "NaN", "1e4", "1_0"])
def test_a_decimal_is_written_as_one(tmp_path: Path, text: str) -> None:
    of = contract(tmp_path, sequence(element("x", "xs:decimal")))
    if text == "12,50":
        with pytest.raises(ArithmeticError):  # leaks out of zeep
            by_zeep(of, told(f"<x>{text}</x>"))
    else:
        assert str(by_zeep(of, told(f"<x>{text}</x>"))["x"]) in ("NaN", "1E+4", "10")
    with pytest.raises(Garbled, match="x has the wrong form"):
        of.read("Ask", told(f"<x>{text}</x>"))


def test_two_where_one_is_allowed_are_refused_by_both(tmp_path: Path) -> None:
    of = contract(tmp_path, sequence(element("x", "xs:int")))
    with pytest.raises(ZeepError):
        by_zeep(of, told("<x>1</x><x>2</x>"))
    with pytest.raises(Garbled, match="x comes out of order or more than once"):
        of.read("Ask", told("<x>1</x><x>2</x>"))


def test_both_alternatives_of_a_choice_are_refused_by_both(of: SoapContract) -> None:
    reply = told("<left>1</left><right>2</right><two>1</two><two>2</two>")
    with pytest.raises(TypeError):  # leaks out of zeep, with the whole signature
        by_zeep(of, reply)
    with pytest.raises(Garbled, match="more than one of left, right comes"):
        of.read("Ask", reply)


def test_a_page_is_no_fault(of: SoapContract) -> None:
    """zeep makes a Fault without a code of every document that came with another status than 200."""
    page = b"<html><body>Please log in</body></html>"
    binding = of._operations["Ask"].zeep.binding
    with pytest.raises(ZeepFault, match="Unknown fault"):
        binding.process_error(etree.fromstring(page), None)
    with pytest.raises(Garbled, match=r"no SOAP 1\.1 envelope"):
        of.read("Ask", page)


def test_an_empty_body_is_no_answer(of: SoapContract) -> None:
    """zeep stumbles over it."""
    operation = of._operations["Ask"].zeep
    with pytest.raises(IndexError):
        operation.process_reply(etree.fromstring(envelope("")))
    with pytest.raises(Garbled, match="its body holds 0 elements"):
        of.read("Ask", envelope(""))
    assert SOAP11.encode() in envelope("")


NIL = '<part xsi:nil="true"/>'


def test_nil_is_none_and_not_a_row_of_nothing(tmp_path: Path) -> None:
    """Valid, and zeep's reading is not ours: this is how Axis sends an empty array."""
    types = kind("Part", element("m", "xs:int", "?")) + sequence(
        element("part", "t:Part", 'nillable="true" maxOccurs="unbounded"')
    )
    of = contract(tmp_path, types)
    assert by_zeep(of, told(NIL)) == {"part": [{"m": None}]}
    assert of.read("Ask", told(NIL)).body == {"part": [None]}


def test_a_zero_that_was_chosen_comes(tmp_path: Path) -> None:
    """Valid, and zeep's reading is not ours: it takes a chosen 0 for nothing chosen."""
    choice = f"<xs:choice>{element('left', 'xs:int')}{element('right', 'xs:int')}</xs:choice>"
    of = contract(tmp_path, f'<xs:element name="told"><xs:complexType>{choice}</xs:complexType></xs:element>')
    assert by_zeep(of, told("<left>0</left>")) == {}
    assert of.read("Ask", told("<left>0</left>")).body == {"left": 0, "right": None}


LIMITS = {
    "a date before our era, which Python has not": ("date", "-0044-03-15"),
    "a date after the year 9999": ("date", "12024-01-01"),
    "the end of the year 9999": ("dateTime", "9999-12-31T24:00:00"),
    "more than 40 digits": ("integer", "0" * 60 + "1"),
    "a number that no double holds": ("double", "1e400"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_few_valid_texts_have_no_value_here(tmp_path: Path, name: str) -> None:
    """Valid, and refused: better than the nothing or the infinity that zeep makes of most."""
    kind, text = LIMITS[name]
    of = contract(tmp_path, sequence(element("x", f"xs:{kind}")))
    assert by_zeep(of, told(f"<x>{text}</x>"))["x"] in (None, float("inf"), 1)
    with pytest.raises(Garbled, match="x has the wrong form"):
        of.read("Ask", told(f"<x>{text}</x>"))


MIXED = kind("Note", element("b", "xs:string", "?"), more='mixed="true"')


def test_text_between_children_is_passed_over(tmp_path: Path) -> None:
    """Valid, and read without that text, as by zeep: plain values have no place for it."""
    of = contract(tmp_path, MIXED + sequence(element("x", "t:Note")))
    reply = told("<x>one <b>two</b> three</x>")
    assert of.read("Ask", reply).body == by_zeep(of, reply) == {"x": {"b": "two"}}


def test_an_unqualified_namesake_is_refused_though_a_wildcard_would_take_it(tmp_path: Path) -> None:
    """Valid where the wildcard is for unqualified elements; far more often a system forgot the namespace."""
    wild = '<xs:any namespace="##local" processContents="skip" minOccurs="0"/>'
    of = contract(tmp_path, sequence(element("a", "xs:int") + wild))
    assert of.read("Ask", told('<a>1</a><b xmlns="">2</b>')).body["_value_1"].text == "2"
    with pytest.raises(Garbled, match="a is in the wrong namespace"):
        of.read("Ask", told('<a>1</a><a xmlns="">2</a>'))
