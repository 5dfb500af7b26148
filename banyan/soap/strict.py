"""The checks that zeep leaves out: names, namespaces, requiredness and lexical form, before anything is decoded."""

from collections.abc import Iterator
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import Any as AnyElement
from zeep.xsd import Choice, ComplexType, Element
from zeep.xsd.types.any import AnyType
from zeep.xsd.types.builtins import Boolean, String
from zeep.xsd.types.simple import AnySimpleType

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class Untrusted(Exception):
    """An XML document that is not what its contract says; the message names elements, never their content."""


def parse(document: bytes) -> etree._Element:
    """Parse without network, entities, or document types."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise Untrusted("it is not well-formed XML") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise Untrusted("it carries a document type")
    return root


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
        if (text := _text_type(kind)) is not None:
            _check_text(node, element, text)
        else:
            _check_children(node, element, kind, schema)


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
    return isinstance(kind, ComplexType) and set(_required(declared)) <= {
        str(child.name) for child, _ in particles(kind) if isinstance(child, Element)
    }


def _text_type(kind: ComplexType) -> Any:
    """The type of the text in an element that has attributes and no children, which zeep shows as a nameless child."""
    inside = [child for child, _ in particles(kind)]
    return inside[0].type if len(inside) == 1 and getattr(inside[0], "name", None) == "_value_1" else None


def _check_text(node: etree._Element, element: Element, kind: Any) -> None:
    if len(node):
        raise Untrusted(f"{element.name} has children")
    text = (node.text or "").strip()
    if isinstance(kind, String) or type(kind) is AnySimpleType:
        return
    if isinstance(kind, Boolean) and text not in ("true", "false", "1", "0"):
        raise Untrusted(f"{element.name} is no boolean")
    try:
        kind.pythonvalue(text)
    except Exception as wrong:  # zeep's converters leak whatever they stumble over
        raise Untrusted(f"{element.name} has the wrong form") from wrong


def _check_children(node: etree._Element, element: Element, kind: ComplexType, schema: Any) -> None:
    inside = list(particles(kind))
    known: dict[str, Any] = {str(child.name): child for child, _ in inside if isinstance(child, Element)}
    repeatable = {str(child.name) for child, again in inside if again and isinstance(child, Element)}
    open_ended = any(isinstance(child, AnyElement) for child, _ in inside)
    seen: dict[str, int] = {}
    for child in list(node):
        tag = etree.QName(child)
        declared = known.get(tag.localname)
        if declared is None:
            if not open_ended:
                node.remove(child)
            continue
        if child.tag != declared.qname.text and not _substitute(child, declared):
            raise Untrusted(f"{declared.name} is in the wrong namespace")
        seen[declared.name] = seen.get(declared.name, 0) + 1
        check(child, declared, schema)
    for name in _required(kind):
        if name not in seen:
            raise Untrusted(f"{name} is missing in {element.name}")
    for name, count in seen.items():
        if count > 1 and name not in repeatable:
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
