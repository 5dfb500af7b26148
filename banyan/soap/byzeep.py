"""The messages of an operation that the codec cannot compile: read and written by zeep, and checked beside it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import CompoundValue, Element
from zeep.xsd.context import XmlParserContext

from banyan.soap.messages import header_parts, only
from banyan.soap.strict import Untrusted, check, particles


class ByZeep:
    """As Message."""

    def __init__(self, message: Any, schema: Any) -> None:
        self._element = None if message is None else message.body
        self._headers: list[tuple[str, Any]] = [*header_parts(message)]
        self._types = schema
        self.tag: str | None = None if self._element is None else self._element.qname.text

    def cut(self, document: bytes) -> None:
        """Rows are zeep's to read."""

    def read(self, body: etree._Element, header: etree._Element | None) -> tuple[Any, dict[str, Any]]:
        if self._element is None:
            return {}, {}
        node = only(body)
        if node.tag != self.tag:
            raise Untrusted(f"it holds another element than {self._element.name}")
        value = self._value(node, self._element)
        parts = {}
        for name, part in self._headers:
            found = None if header is None else header.find(part.qname.text)
            if found is not None:
                parts[name] = self._value(found, part)
        return value, parts

    def write(self, envelope: str, value: Any, header: Mapping[str, Any] | None) -> bytes:
        """Raises what zeep raises too."""
        root = etree.Element(f"{{{envelope}}}Envelope", nsmap={"soap": envelope})
        if header:
            node = etree.SubElement(root, f"{{{envelope}}}Header")
            for name, part in self._headers:
                if header.get(name) is not None:
                    part.render(node, part(**header[name]))
        body = etree.SubElement(root, f"{{{envelope}}}Body")
        element = self._element
        if element is not None:
            element.render(body, element(**value) if isinstance(value, Mapping) else element(value))
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    def _value(self, node: etree._Element, element: Any) -> Any:
        context: Any = XmlParserContext(settings=self._types.settings)  # type: ignore[no-untyped-call]  # zeep is typed in part
        try:
            check(node, element, self._types)
            value = plain(element.parse(node, self._types, context=context), element.type)
        except (ZeepError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
            raise Untrusted(f"{element.name} cannot be decoded") from None
        return {} if value is None and hasattr(element.type, "elements") else value


@lru_cache(maxsize=4096)
def _types(kind: Any) -> dict[str, Any]:
    return {str(child.attr_name): child.type for child, _ in particles(kind) if isinstance(child, Element)}


def plain(value: Any, declared: Any) -> Any:
    """Dicts and lists for zeep's values; `@type` names a type that stood in for the declared one."""
    if isinstance(value, list):
        return [plain(item, declared) for item in value]
    if isinstance(value, dict):  # one round of a repeated group; `declared` are then the types around it
        return {name: plain(item, declared.get(name, declared)) for name, item in value.items()}
    if not isinstance(value, CompoundValue):
        return value
    kind = value._xsd_type  # noqa: SLF001 - zeep's only way to ask
    types = _types(kind)
    # A repeated group that does not come is a dict of nothings to zeep, and an empty list to us.
    groups = {name: [] if isinstance(value[name], dict) else value[name] for name in value}
    told = {name: plain(item, types.get(name, types)) for name, item in groups.items()}
    if declared is not None and not isinstance(declared, dict) and kind is not declared and kind.qname is not None:
        told["@type"] = kind.qname.localname
    return told
