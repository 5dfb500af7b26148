"""The attributes of complex types, which stand in the same dict as the children, and the values of empty ones."""

from collections.abc import Callable
from typing import Any

from lxml.etree import _Element
from zeep.xsd import AnyAttribute, ComplexType, Element
from zeep.xsd.types.simple import AnySimpleType

from banyan.soap.codec.dialect import Dialect, NotCompilable
from banyan.soap.codec.shapes import content
from banyan.soap.codec.simple import Convert, text_reader
from banyan.soap.codec.ways import blank, local
from banyan.soap.strict import TYPE, Untrusted

Put = Callable[[_Element, dict[str, Any]], None]
"""Reads the attributes of an element into a dict."""


class _Declared:
    def __init__(self, kind: ComplexType, dialect: Dialect) -> None:
        self.known: dict[str, tuple[str, Convert]] = {}
        self.required: list[tuple[str, str]] = []
        self.rest: str | None = None
        """The key under which others stand, where the type allows any."""
        for key, attribute in kind.attributes:
            if isinstance(attribute, AnyAttribute):
                self.rest = key
                continue
            convert: Convert = str
            if isinstance(attribute.type, AnySimpleType):
                convert = text_reader(attribute.type, dialect)
            self.known[attribute.qname.text] = key, convert
            if attribute.required:
                self.required.append((attribute.qname.text, attribute.name))


def attributes_reader(kind: ComplexType, dialect: Dialect) -> Put | None:
    """None for a type that has none."""
    if not kind.attributes:
        return None
    declared = _Declared(kind, dialect)
    known, required, rest = declared.known, declared.required, declared.rest

    def read(node: _Element, out: dict[str, Any]) -> None:
        given: Any = node.attrib
        others = {}
        for name, text in given.items():
            entry = known.get(name)
            if entry is None:
                others[name] = text
                continue
            try:
                out[entry[0]] = entry[1](text)
            except (ValueError, ArithmeticError):
                raise Untrusted(f"{local(name)} of {local(node.tag)} has the wrong form") from None
        for name, said in required:
            if name not in given:
                raise Untrusted(f"{said} is missing in {local(node.tag)}")
        if rest is not None and given:
            others.pop(TYPE, None)
            out[rest] = others

    return read


def empty_value(kind: Any) -> Callable[[], Any]:
    """Makes the value of a type of which nothing came, with what its attributes are taken for then."""
    if not isinstance(kind, ComplexType) or kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
        return list if isinstance(kind, ComplexType) else lambda: None
    block = content(kind)
    make: Callable[[], dict[str, Any]] = dict if block is None else blank(block)
    more: dict[str, Any] = {}
    inside = kind._element  # noqa: SLF001
    if isinstance(inside, Element):
        more[inside.attr_name] = None
    for key, attribute in kind.attributes:
        more[key] = _default(attribute)
    return (lambda: {**make(), **more}) if more else make


def _default(attribute: Any) -> Any:
    text = attribute.default_value
    if text is None or not isinstance(attribute.type, AnySimpleType):
        return text
    try:
        return text_reader(attribute.type, Dialect())(text)
    except (ValueError, ArithmeticError):
        raise NotCompilable(f"the default of the attribute {attribute.name} is none of its values") from None
