"""What zeep forgets of a schema while it reads it: facets, what is abstract or fixed, and what a type extends.

Whoever loads a contract reads its types into the `Schema` of this module; the functions below then answer.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree
from zeep.utils import qname_attr
from zeep.xsd import ComplexType, Element, ListType
from zeep.xsd import Schema as ZeepSchema
from zeep.xsd.elements import Any as AnyElement
from zeep.xsd.elements import Attribute
from zeep.xsd.schema import SchemaDocument
from zeep.xsd.types.any import AnyType
from zeep.xsd.types.unresolved import UnresolvedCustomType, UnresolvedType
from zeep.xsd.visitor import SchemaVisitor, tags

from banyan.soap.codec.extending import extended


@dataclass(frozen=True, slots=True)
class Facets:
    """The restrictions of a simple type and of all types it restricts; limits are written as in the schema."""

    enumeration: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    """All of them hold; alternatives within one step are joined by `|`."""
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    at_least: str | None = None
    above: str | None = None
    at_most: str | None = None
    below: str | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    white_space: str | None = None
    """"collapse" or "replace", where a text type says so itself."""


NONE = Facets()
_TAGS: Any = tags
_NUMBERS = {
    "length": "length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}
_LIMITS = {"minInclusive": "at_least", "minExclusive": "above", "maxInclusive": "at_most", "maxExclusive": "below"}


def facets(kind: Any) -> Facets:
    """Of a simple type as zeep holds it."""
    found: Facets = getattr(kind, "told_facets", NONE)
    return found


def is_abstract(part: Any) -> bool:
    """Whether a type or an element only stands for others."""
    return bool(getattr(part, "told_abstract", False))


def is_prohibited(attribute: Attribute) -> bool:
    return bool(getattr(attribute, "told_prohibited", False))


def may_be_empty(choice: Any) -> bool:
    """Whether an element among the alternatives of a choice may be left out; zeep takes that for granted."""
    return bool(getattr(choice, "told_empty", False))


def heads(element: Element) -> str | None:
    """The name of the element that a global one may stand in for."""
    head: etree.QName | None = getattr(element, "told_head", None)
    return None if head is None else head.text


def fixed(part: Any) -> str | None:
    """The only text that an element or attribute may hold."""
    text: str | None = getattr(part, "told_fixed", None)
    return text


def namespaces(wildcard: AnyElement) -> tuple[str, str | None]:
    """What an xsd:any admits, as the schema writes it, and the namespace that it stands in."""
    admitted: tuple[str, str | None] = getattr(wildcard, "told_namespaces", ("##any", None))
    return admitted


def derived(declared: Any, schema: ZeepSchema) -> Iterator[ComplexType]:
    """The named types that extend or restrict a complex type, at any distance; without the type itself."""
    for kind in schema.types:
        if kind is not declared and isinstance(kind, ComplexType) and descends(kind, declared, schema):
            yield kind


def descends(kind: Any, declared: Any, schema: ZeepSchema) -> bool:
    """Whether one complex type is the other or extends or restricts it."""
    seen = set()
    while kind is not declared:
        base = getattr(kind, "told_base", None)
        if base is None or declared.qname is None or base.text in seen:
            return False
        if base.text == declared.qname.text:
            return True
        seen.add(base.text)
        kind = schema.get_type(base)  # type: ignore[no-untyped-call]  # zeep is typed in part
    return True


class Schema(ZeepSchema):
    """zeep's schema whose types know the above."""

    def create_new_document(self, node: Any, url: Any, base_url: Any = None, target_namespace: Any = None) -> Any:
        namespace = (node.get("targetNamespace") if node is not None else None) or target_namespace
        document = _SchemaDocument(namespace, url, base_url or url)  # type: ignore[no-untyped-call]  # zeep is typed in part
        self.documents.add(document)
        document.load(self, node)
        return document


class _SchemaDocument(SchemaDocument):
    def load(self, schema: Any, node: Any) -> None:
        if node is not None:
            _Visitor(schema, self).visit_schema(node)  # type: ignore[no-untyped-call]  # zeep is typed in part


class _OfHead(UnresolvedType):
    """The type of an element that names none: that of the one which it stands in for."""

    def resolve(self) -> Any:
        return self.schema.get_element(self.qname).resolve().type


class _Restricted(UnresolvedCustomType):
    """A simple type by restriction. One type comes of it however often it is asked for."""

    def __init__(self, unresolved: UnresolvedCustomType, node: etree._Element) -> None:
        self.__dict__.update(unresolved.__dict__)
        self._node = node
        self._kind: Any = None

    def resolve(self) -> Any:
        if self._kind is None:
            base = self.base_type.resolve()
            self._kind = copy.copy(base) if isinstance(base, ListType) else super().resolve()  # type: ignore[no-untyped-call]  # zeep is typed in part
            self._kind.told_facets = _restrict(facets(base), self._node)
        return self._kind


def _restrict(base: Facets, node: etree._Element) -> Facets:
    told: dict[str, Any] = {}
    enumeration, patterns = [], []
    for facet in node.iterchildren("{*}*"):
        name, value = etree.QName(facet).localname, facet.get("value", "")
        if name == "enumeration":
            enumeration.append(value)
        elif name == "pattern":
            patterns.append(value)
        elif name in _NUMBERS:
            told[_NUMBERS[name]] = int(value)
        elif name == "whiteSpace":
            told["white_space"] = value
        elif name in _LIMITS:
            told[_LIMITS[name]] = value.strip()
    if enumeration:
        told["enumeration"] = tuple(enumeration)
    if patterns:
        told["patterns"] = (*base.patterns, "|".join(patterns))
    return replace(base, **told)


class _Visitor(SchemaVisitor):
    """zeep's own reading of a schema, after which each part is told what its node said besides."""

    def visit_element(self, node: etree._Element, parent: etree._Element) -> Any:
        element = super().visit_element(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        if isinstance(element, Element):
            _tell(element, abstract=node.get("abstract") in ("true", "1"), fixed=node.get("fixed"))
            _tell(element, head=qname_attr(node, "substitutionGroup"))
            if heads(element) and not node.get("type") and type(element.type) is AnyType:
                element.type = _OfHead(qname_attr(node, "substitutionGroup"), self.schema)  # type: ignore[no-untyped-call]  # zeep is typed in part
            element.nillable = (node.get("nillable") or "").strip() in ("true", "1")
        return element

    def visit_attribute(self, node: etree._Element, parent: etree._Element) -> Any:
        attribute = super().visit_attribute(node, parent)
        _tell(attribute, prohibited=node.get("use") == "prohibited", fixed=node.get("fixed"))
        return attribute

    def visit_simple_type(self, node: etree._Element, parent: etree._Element) -> Any:
        kind = super().visit_simple_type(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        restriction = node.find(_TAGS.restriction)
        if restriction is None or not isinstance(kind, UnresolvedCustomType):
            return kind
        restricted = _Restricted(kind, restriction)
        if parent.tag == _TAGS.schema:
            self.register_type(restricted.qname, restricted)
        return restricted

    def visit_complex_type(self, node: etree._Element, parent: etree._Element) -> Any:
        kind = super().visit_complex_type(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        base = kind._extension or kind._restriction  # noqa: SLF001 - zeep's only way to ask
        inside = "".join(content.get("mixed", "") for content in node.iterchildren(_TAGS.complexContent))
        # On the class: zeep makes new objects of it when it works the base in.
        _tell(
            type(kind),
            abstract=node.get("abstract") in ("true", "1"),
            base=None if base is None else base.qname,
            mixed=(node.get("mixed") or inside) in ("true", "1"),
        )
        type(kind).extend = extended
        return kind

    def visit_all(self, node: etree._Element, parent: etree._Element) -> Any:
        every = super().visit_all(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        every.min_occurs = int(node.get("minOccurs", "1"))
        return every

    def visit_choice(self, node: etree._Element, parent: etree._Element) -> Any:
        choice = super().visit_choice(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        _tell(choice, empty=any(child.get("minOccurs") == "0" for child in node.iterchildren(_TAGS.element)))
        return choice

    def visit_union(self, node: etree._Element, parent: etree._Element) -> Any:
        """Members by name and those that stand inside; zeep drops these where there are any by name."""
        union = super().visit_union(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        if node.get("memberTypes"):
            union.item_types += [self.visit_simple_type(each, node) for each in node.iterchildren(_TAGS.simpleType)]
        return union

    def visit_any(self, node: etree._Element, parent: etree._Element) -> Any:
        wildcard = super().visit_any(node, parent)  # type: ignore[no-untyped-call]  # zeep is typed in part
        own = self.document._target_namespace  # noqa: SLF001 - zeep's only way to ask
        _tell(wildcard, namespaces=(node.get("namespace", "##any"), own))
        return wildcard

    visitors: Any = {  # noqa: RUF012 - zeep's own table, with ours in front
        **SchemaVisitor.visitors,
        _TAGS.element: visit_element,
        _TAGS.attribute: visit_attribute,
        _TAGS.simpleType: visit_simple_type,
        _TAGS.complexType: visit_complex_type,
        _TAGS.all: visit_all,
        _TAGS.choice: visit_choice,
        _TAGS.union: visit_union,
        _TAGS.any: visit_any,
    }


def _tell(part: Any, **said: Any) -> None:
    for name, value in said.items():
        setattr(part, f"told_{name}", value)
