"""The checks that zeep leaves out: names, namespaces, requiredness and lexical form, before anything is decoded."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import local
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import Any as AnyElement
from zeep.xsd import Choice, ComplexType, Element
from zeep.xsd.types.any import AnyType
from zeep.xsd.types.builtins import Boolean, Decimal, Integer, String
from zeep.xsd.types.simple import AnySimpleType

XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL, TYPE = f"{{{XSI}}}nil", f"{{{XSI}}}type"
ENCODINGS = frozenset(
    {"UTF-8", "UTF8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII", "ASCII", "ISO-8859-1", "ISO-8859-15"}
)
ELEMENTS, ATTRIBUTES = 500_000, 1_000
UNDECLARED = re.compile(r"Namespace prefix (\S+) .*is not defined")
"""As libxml2 says it."""
ENVELOPE = re.compile(rb"<(?:[\w.-]+:)?Envelope(?=[\s>])")
BLANKS = (b" ", b"\t", b"\r", b"\n")
LONG_TAG = 5 * ATTRIBUTES
"""Bytes that so many attributes take at least."""
NUMBERS = {
    Integer: re.compile(r"[+-]?[0-9]{1,40}"),
    Decimal: re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})"),
}
"""As XML Schema writes them; Python would also read NaN, 1e400, 1_000 and the digits of other scripts."""


class Untrusted(Exception):
    """An XML document that is not what its contract says; the message names elements, never their content."""


class _Here(local):
    """What a thread keeps: making a parser costs as much as a small reply, and one at a time may use it."""

    def __init__(self) -> None:
        self.parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


_HERE = _Here()


def parse(document: bytes, depth: int) -> etree._Element:
    """Parse without network, entities, or document types. `depth`: how many elements may stand inside each other."""
    root = _root(document)
    told = root.getroottree().docinfo
    if told.internalDTD is not None:
        raise Untrusted("it carries a document type")
    if told.encoding and told.encoding.upper() not in ENCODINGS:
        raise Untrusted("it is in an unusual encoding, which [backend] code_page would have to name")
    # Counting elements costs more than parsing. In each of these encodings one takes this byte, and most take two.
    tags = document.count(b"<")
    if tags > ELEMENTS and root.xpath(f"count(/descendant::*) > {ELEMENTS}"):
        raise Untrusted("it is larger than any reply")
    if _has_long_tag(document) and root.xpath(f"boolean(/descendant::*[@*[{ATTRIBUTES + 1}]])"):
        raise Untrusted("it is larger than any reply")
    if tags > 2 * depth and _deeper_than(depth)(root):
        raise Untrusted("it is nested deeper than any reply")
    return root


def _root(document: bytes) -> etree._Element:
    try:
        # Pages that are programs send blanks before the declaration, where XML has none.
        return etree.fromstring(document.lstrip() if document[:1] in BLANKS else document, _HERE.parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        if document[:100].lstrip().startswith(b"--"):
            raise Untrusted("it comes as a message of several parts, with attachments, which are not read") from None
        undeclared = UNDECLARED.match(str(wrong))
        if undeclared is None:
            raise Untrusted("it is not well-formed XML") from wrong
        prefix, envelope = undeclared[1], ENVELOPE.search(document)
        if prefix != "xsi" or b"xmlns:xsi" in document or envelope is None:
            raise Untrusted(f"it uses the prefix {prefix}, which it does not declare") from None
        # So writes node's soap, whose own readers know no namespaces.
        return _root(b'%b xmlns:xsi="%b"%b' % (document[: envelope.end()], XSI.encode(), document[envelope.end() :]))


@lru_cache(maxsize=16)
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


def _has_long_tag(document: bytes) -> bool:
    """Whether a tag, or the text behind one, is that long; looks at one byte in thousands, since it holds the lock."""
    at = document.find(b"<")
    while at + LONG_TAG < len(document):
        at = document.rfind(b"<", at + 1, at + LONG_TAG)
        if at < 0:
            return True
    return False


def check(node: etree._Element, element: Element, schema: Any) -> None:
    """Compare one element with its declaration, and drop what a newer contract may have added.

    An unknown child is dropped; one that has a known name in a foreign namespace is an error, since it would
    otherwise be read as an absence.
    """
    kind = _type_of(node, element, schema)
    if node.get(NIL) in ("true", "1"):
        if not element.nillable:
            raise Untrusted(f"{element.name} is nil")
    elif isinstance(kind, AnySimpleType):
        _check_text(node, element, kind)
    elif isinstance(kind, ComplexType):
        shape = _shape(kind)
        if shape.text is not None:
            _check_text(node, element, shape.text)
        else:
            _check_children(node, element, shape, schema)


def _type_of(node: etree._Element, element: Element, schema: Any) -> Any:
    named = node.get(TYPE)
    if named is None:
        return element.type
    prefix, _, name = named.rpartition(":")
    try:
        kind = schema.get_type(etree.QName(node.nsmap.get(prefix or None), name))
    except (ZeepError, ValueError) as wrong:
        raise Untrusted(f"{element.name} is of an unknown type") from wrong
    if not _stands_in(kind, element.type):
        raise Untrusted(f"{element.name} is of a type that cannot stand in")
    return kind


def _stands_in(kind: Any, declared: Any) -> bool:
    """Whether a value of this type has what the declared one must have; zeep forgets what a type extends."""
    if not isinstance(declared, ComplexType):
        return type(declared) is AnyType or isinstance(kind, type(declared))
    return isinstance(kind, ComplexType) and set(_shape(declared).required) <= set(_shape(kind).known)


def _check_text(node: etree._Element, element: Element, kind: Any) -> None:
    if len(node):
        raise Untrusted(f"{element.name} has children")
    text = (node.text or "").strip()
    if isinstance(kind, String) or type(kind) is AnySimpleType:
        return
    if isinstance(kind, Boolean) and text not in ("true", "false", "1", "0"):
        raise Untrusted(f"{element.name} is no boolean")
    for number, form in NUMBERS.items():
        if isinstance(kind, number) and not form.fullmatch(text):
            raise Untrusted(f"{element.name} has the wrong form")
    try:
        kind.pythonvalue(text)
    except Exception as wrong:  # zeep's converters leak whatever they stumble over
        raise Untrusted(f"{element.name} has the wrong form") from wrong


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a type may hold and must hold, worked out once."""

    known: Mapping[str, Any]
    repeatable: frozenset[str]
    required: tuple[str, ...]
    open_ended: bool
    text: Any
    """The type of the text in an element that has attributes and no children, which zeep shows as a nameless child."""


@lru_cache(maxsize=4096)
def _shape(kind: ComplexType) -> _Shape:
    inside = list(particles(kind))
    only: Any = inside[0][0] if len(inside) == 1 else None
    return _Shape(
        known={str(child.name): child for child, _ in inside if isinstance(child, Element)},
        repeatable=frozenset(str(child.name) for child, again in inside if again and isinstance(child, Element)),
        required=tuple(_required(kind)),
        open_ended=any(isinstance(child, AnyElement) for child, _ in inside),
        text=only.type if getattr(only, "name", None) == "_value_1" else None,
    )


def _check_children(node: etree._Element, element: Element, shape: _Shape, schema: Any) -> None:
    seen: dict[str, int] = {}
    for child in list(node):
        tag = etree.QName(child)
        declared = shape.known.get(tag.localname)
        if declared is None:
            if not shape.open_ended:
                node.remove(child)
            continue
        if child.tag != declared.qname.text and not _substitute(child, declared):
            raise Untrusted(f"{declared.name} is in the wrong namespace")
        seen[declared.name] = seen.get(declared.name, 0) + 1
        check(child, declared, schema)
    for name in shape.required:
        if name not in seen:
            raise Untrusted(f"{name} is missing in {element.name}")
    for name, count in seen.items():
        if count > 1 and name not in shape.repeatable:
            raise Untrusted(f"{name} comes {count} times")


def _substitute(child: etree._Element, declared: Element) -> bool:
    return child.tag == etree.QName(declared.qname).localname and declared.qname.namespace is None


def _required(indicator: Any) -> list[str]:
    """The elements that no instance may lack; of a choice nobody can say which."""
    if isinstance(indicator, Element):
        return [str(indicator.name)] if indicator.min_occurs else []
    if isinstance(indicator, Choice | AnyElement):
        return []
    if isinstance(indicator, ComplexType):
        return [name for _, inner in indicator.elements_nested for name in _required(inner)]
    if not indicator.min_occurs:
        return []
    children = [indicator.child] if hasattr(indicator, "child") else list(indicator)
    return [name for child in children for name in _required(child)]


def particles(indicator: Any, *, around: bool = False) -> Iterator[tuple[Any, bool]]:
    """The elements and wildcards of a type in whatever group they stand, and whether each may come again.

    zeep's own list stops at a group that repeats as a whole.
    """
    if isinstance(indicator, ComplexType):
        for _, inner in indicator.elements_nested:
            yield from particles(inner)
        return
    around = around or indicator.accepts_multiple
    if isinstance(indicator, Element | AnyElement):
        yield indicator, around
        return
    for child in [indicator.child] if hasattr(indicator, "child") else list(indicator):
        yield from particles(child, around=around)
