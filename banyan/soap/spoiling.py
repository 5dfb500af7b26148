"""Replies that break their contract in one value: what a simulator sends when it is told to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import Any as AnyElement
from zeep.xsd import Choice, ComplexType, Element
from zeep.xsd.types.builtins import Decimal, Double, Float, Integer

from banyan.soap.codec.facets import facets
from banyan.soap.contract import SoapContract

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
Breach = Literal["decimal", "enumeration", "required"]


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of a reply, with its type and whether its parent must have it."""

    node: etree._Element
    kind: Any
    required: bool


def spoil(contract: SoapContract, operation: str, reply: bytes, breach: Breach) -> bytes | None:
    """The reply with its first decimal, enumerated value or required element broken; None when it has none."""
    root = etree.fromstring(reply)
    body = root.find("{*}Body")
    if body is None or len(body) != 1:
        return None
    asked, schema = contract._operations[operation], contract._types  # noqa: SLF001 - nobody else needs them
    output = asked.output.body
    if body[0].tag != output.qname.text:
        return None
    suits, damage = _BREACHES[breach]
    parts = _parts(body[0], output.type, schema)
    if breach == "required" and asked.encoded:  # any part of an encoded message may be left out
        parts = (part for part in parts if part.node.getparent() is not body[0])
    part = next((part for part in parts if suits(part)), None)
    if part is None:
        return None
    damage(part.node)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _parts(node: etree._Element, kind: Any, schema: Any) -> Iterator[_Part]:
    """In the order of the document."""
    if not isinstance(kind, ComplexType):
        return
    known = {str(each.name): (each, required) for each, required in _declared(kind)}
    for child in node.iterchildren("{*}*"):
        declared, required = known.get(etree.QName(child).localname, (None, False))
        if declared is not None:
            named = _named(child, declared.type, schema)
            yield _Part(child, named, required)
            yield from _parts(child, named, schema)


def _declared(indicator: Any, *, required: bool = True) -> Iterator[tuple[Element, bool]]:
    """The elements of a type in whatever group they stand; of a choice none is required."""
    if isinstance(indicator, ComplexType):
        for _, inner in indicator.elements_nested:
            yield from _declared(inner)
        return
    if isinstance(indicator, AnyElement):
        return
    required = required and indicator.min_occurs > 0
    if isinstance(indicator, Element):
        yield indicator, required
        return
    for child in [indicator.child] if hasattr(indicator, "child") else list(indicator):
        yield from _declared(child, required=required and not isinstance(indicator, Choice))


def _named(node: etree._Element, declared: Any, schema: Any) -> Any:
    prefix, _, name = node.get(XSI_TYPE, "").rpartition(":")
    if not name:
        return declared
    try:
        return schema.get_type(etree.QName(node.nsmap.get(prefix or None), name))
    except (ZeepError, ValueError):
        return declared


def _is_decimal(part: _Part) -> bool:
    is_number = isinstance(part.kind, Decimal | Double | Float) and not isinstance(part.kind, Integer)
    return is_number and bool(part.node.text)


def _write(text: str) -> Callable[[etree._Element], None]:
    def write(node: etree._Element) -> None:
        node.text = text

    return write


def _leave_out(node: etree._Element) -> None:
    """All of that name: one of several would not be missed."""
    parent = node.getparent()
    for twin in [] if parent is None else parent.findall(node.tag):
        twin.getparent().remove(twin)  # type: ignore[union-attr]  # a child that was just found


_BREACHES: dict[Breach, tuple[Callable[[_Part], bool], Callable[[etree._Element], None]]] = {
    "decimal": (_is_decimal, _write("12,50")),
    "enumeration": (lambda part: bool(part.node.text and facets(part.kind).enumeration), _write("nobody-knows-this")),
    "required": (lambda part: part.required, _leave_out),
}
