"""What a schema declares, by name and by descent."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import ComplexType, Element

from banyan.soap.codec.facets import heads, is_abstract

XSD = "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ENCODING12 = "http://www.w3.org/2003/05/soap-encoding"


class Lineage:
    """Each list is made when it is first asked for."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema

    def kind(self, name: str) -> Any:
        """The type of this name in Clark notation, or None. Most of the SOAP encoding's are the built-in ones."""
        namespace, _, local = name[1:].rpartition("}")
        for space in (XSD, ENCODING) if namespace in (ENCODING, ENCODING12) else (namespace or None,):
            try:
                return self._schema.get_type(etree.QName(space, local))
            except (ZeepError, ValueError):
                continue
        return None

    @cached_property
    def elements(self) -> dict[str, Element]:
        """The global ones."""
        return {each.qname.text: each for each in self._schema.elements if isinstance(each, Element)}

    def descendants(self, kind: ComplexType) -> Iterator[ComplexType]:
        """All types that extend or restrict one, at any distance."""
        return _below(kind.qname.text, self._derived, {kind.qname.text})

    def members(self, head: Element) -> Iterator[Element]:
        """The elements that may stand in for a global one and are not abstract themselves."""
        found = _below(head.qname.text, self._substitutes, {head.qname.text})
        return (element for element in found if not is_abstract(element))

    @cached_property
    def _derived(self) -> dict[str, list[Any]]:
        return _grouped((getattr(kind, "told_base", None), kind) for kind in self._schema.types)

    @cached_property
    def _substitutes(self) -> dict[str, list[Any]]:
        return _grouped((heads(element), element) for element in self.elements.values())


def _grouped(pairs: Iterator[tuple[Any, Any]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for name, part in pairs:
        if name is not None:
            groups.setdefault(getattr(name, "text", name), []).append(part)
    return groups


def _below(name: str, groups: dict[str, list[Any]], seen: set[str]) -> Iterator[Any]:
    for part in groups.get(name, ()):
        if part.qname.text not in seen:
            seen.add(part.qname.text)
            yield part
            yield from _below(part.qname.text, groups, seen)
