"""What zeep reads, as the plain values that the codec promises: an oracle for readers."""

from decimal import Decimal
from typing import Any

from lxml import etree
from zeep import Settings
from zeep.xsd import CompoundValue, Element, Schema
from zeep.xsd.context import XmlParserContext
from zeep.xsd.valueobjects import ArrayValue

from banyan.soap.strict import NIL, particles


def read_by_zeep(element: Any, schema: Schema, settings: Settings, node: etree._Element) -> Any:
    context: Any = XmlParserContext(settings=settings)  # type: ignore[no-untyped-call]  # zeep is typed in part
    value = element.parse(node, schema, context=context)
    return plain(value, element.type)


def plain(value: Any, declared: Any) -> Any:
    """Dicts and lists for zeep's values; `@type` names a type that stood in for the declared one."""
    if isinstance(value, ArrayValue):
        declared = value._xsd_type._array_type.array_type
    if isinstance(value, list):
        return [plain(item, declared) for item in value]
    if isinstance(value, dict):  # one round of a repeated group; `declared` are then the types around it
        return {name: plain(item, declared.get(name, declared)) for name, item in value.items()}
    if not isinstance(value, CompoundValue):
        return value
    kind: Any = value._xsd_type
    types = {str(child.attr_name): child.type for child, _ in particles(kind) if isinstance(child, Element)}
    found = {name: plain(value[name], types.get(name, types)) for name in value}
    if declared is not None and not isinstance(declared, dict) and kind is not declared and kind.qname is not None:
        found["@type"] = kind.qname.localname
    return found


def substance(value: Any) -> Any:
    """A value without what did not come, which zeep says in many ways: None, "", [], {}, a dict of those, no key.

    Elements of lxml become their text, and numbers are told apart by their types. Where a type admits all attributes,
    zeep takes the one that says nil for any other.
    """
    if isinstance(value, etree._Element):
        return etree.tostring(value, method="c14n", exclusive=True, with_tail=False)
    if isinstance(value, list):
        return [substance(item) for item in value] or None
    if isinstance(value, dict):
        found = {name: substance(item) for name, item in value.items() if name != NIL}
        return {name: item for name, item in found.items() if item is not None} or None
    if isinstance(value, bool | int | float | Decimal):
        return type(value).__name__, value
    return None if value == "" else value
