"""Readers made of zeep's types: from an element of lxml to plain values, strictly.

An element is read by one closure that looks for nil and for a type that stands in, and then by that of its type.
"""

from collections import Counter
from collections.abc import Mapping
from threading import RLock
from typing import Any

from lxml.etree import _Element
from zeep.xsd import ComplexType, Element, Schema
from zeep.xsd.types.builtins import Base64Binary, String
from zeep.xsd.types.simple import AnySimpleType

from banyan.soap.codec.attributes import attributes_reader, empty_value
from banyan.soap.codec.dialect import Dialect, NotCompilable
from banyan.soap.codec.facets import descends, fixed, is_abstract, namespaces
from banyan.soap.codec.lineage import ENCODING, ENCODING12, XSD, Lineage
from banyan.soap.codec.lists import rows_in
from banyan.soap.codec.nodes import (
    childish,
    fixed_text,
    hollow,
    nil,
    of_nothing,
    refusing,
    takes_nothing,
    text_of,
    type_name,
    with_text,
)
from banyan.soap.codec.rounds import part_by_part
from banyan.soap.codec.rows import Rows
from banyan.soap.codec.shapes import Block, Leaf, Wild, content, leaves, wilds
from banyan.soap.codec.simple import Convert, binary, text_reader
from banyan.soap.codec.table import by_table
from banyan.soap.codec.ways import Children, Fill, Read, Way, blank, local
from banyan.soap.codec.wildcards import taking
from banyan.soap.strict import NIL, TYPE, Untrusted

ARRAYS = (f"{{{ENCODING}}}Array", f"{{{ENCODING12}}}Array")
ARRAY_TYPE, ITEM_TYPE = f"{{{ENCODING}}}arrayType", f"{{{ENCODING12}}}itemType"
"""What an array says of its items, in either version of the encoding."""
TRUE = ("true", "1")


def reader(element: Element, schema: Schema, dialect: Dialect) -> Read:
    """Reads one global element. Raises NotCompilable; what it returns raises Untrusted."""
    return Readers(schema, dialect).whole(element)


class Readers:
    """Makes readers, and remembers those of types; safe from any number of threads."""

    def __init__(self, schema: Schema, dialect: Dialect, *, ordered: bool = True) -> None:
        """`ordered`: whether the order of elements is that of the schema; in the SOAP encoding it says nothing."""
        self._schema = schema
        self._ordered = ordered
        self._dialect = dialect
        self._lineage = Lineage(schema)
        self._lock = RLock()
        # By identity: zeep's types compare by value and do not hash. Each is kept, so that no other takes its place.
        self._kinds: dict[int, tuple[Any, Read]] = {}
        self._stand_ins: dict[int, dict[str, Read]] = {}
        self._global: dict[str, Read | None] = {}

    def whole(self, element: Element) -> Read:
        """Reads an element that stands for itself: the body of a message or a part of its header."""
        with self._lock:
            known = len(self._kinds), len(self._stand_ins)
            try:
                read, empty = self._element(element).read, empty_value(element.type)
            except NotCompilable:
                # What was made on the way may lead to the type that failed.
                _forget(self._kinds, known[0])
                _forget(self._stand_ins, known[1])
                raise

        def whole(node: _Element) -> Any:
            value = read(node)
            return empty() if value is None else value

        return whole

    def lists(self, element: Element) -> list[Rows]:
        """The lists of plain records in a message. Raises NotCompilable."""
        with self._lock:
            return [*rows_in(element, self._ways)] if self._ordered else []

    def _element(self, element: Element) -> Way:
        kind, name = element.type, str(element.name)
        if is_abstract(element):
            return Way(refusing(f"{name} is abstract"))
        if isinstance(kind, AnySimpleType):
            return self._leaf(name, kind, element)
        if not isinstance(kind, ComplexType):
            return Way(self._anything(name, nillable=self._may_be_nil(element)))
        return Way(self._complex_element(name, kind, nillable=self._may_be_nil(element)))

    def _may_be_nil(self, element: Element) -> bool:
        """In the SOAP encoding everything may."""
        return element.nillable or not self._ordered

    def _leaf(self, name: str, kind: AnySimpleType, element: Element | None = None) -> Way:
        convert, nillable = text_reader(kind, self._dialect), element is None or self._may_be_nil(element)
        must_be, default = (None, None) if element is None else (fixed(element), element.default)
        try:
            if must_be is not None:
                convert = fixed_text(convert, convert(must_be))
            empty = of_nothing(convert, default or must_be)
        except (ValueError, ArithmeticError):
            raise NotCompilable(f"the default of {name} is none of its values") from None
        hollow = default is None and must_be is None and takes_nothing(convert)
        if self._dialect.empty == "absent" and not hollow and default is None and _may_lack(element):
            empty, hollow = _nothing, True

        def read(node: _Element) -> Any:
            if node.keys():
                if node.get(NIL) in TRUE:
                    return nil(node, name, nillable=nillable)
                named = node.get(TYPE)
                if named is not None:
                    return self._typed_text(node, named, kind, convert)
            if len(node):
                raise childish(node, name)
            text = node.text
            try:
                return empty() if text is None else convert(text)
            except (ValueError, ArithmeticError):
                raise Untrusted(f"{name} has the wrong form") from None

        return Way(read, convert, hollow)

    def _typed_text(self, node: _Element, named: str, kind: AnySimpleType, convert: Convert) -> Any:
        """A built-in type that some libraries guess from the value says nothing; another one must stand in.

        But for texts in base64, as SOAP::Lite packs what is not ASCII.
        """
        name = type_name(node, named)
        given = self._lineage.kind(name)
        if isinstance(given, ComplexType) and descends(given, kind, self._schema):
            return self._of_kind(given, node)
        built_in = name[1:].partition("}")[0] in (XSD, ENCODING, ENCODING12)
        if not isinstance(given, AnySimpleType) or not (built_in or isinstance(given, type(kind))):
            raise Untrusted(f"{local(node.tag)} is of a type that is unknown or cannot stand in")
        if isinstance(given, type(kind)):
            convert = text_reader(given, self._dialect)
        elif isinstance(given, Base64Binary) and isinstance(kind, String):
            return text_of(node, lambda text: convert(binary(text).decode()))
        return text_of(node, convert)

    def _complex_element(self, name: str, kind: ComplexType, *, nillable: bool) -> Read:
        read_kind, stand_ins, abstract = self._kind(kind), self._those_that_stand_in(kind), is_abstract(kind)

        def read(node: _Element) -> Any:
            if node.keys():
                if node.get(NIL) in TRUE:
                    return nil(node, name, nillable=nillable)
                named = node.get(TYPE)
                if named is not None:
                    stand_in = stand_ins.get(type_name(node, named))
                    if stand_in is None:
                        raise Untrusted(f"{name} is of a type that is unknown or cannot stand in")
                    return stand_in(node)
            if abstract:
                raise Untrusted(f"{name} is of an abstract type and does not say of which it is")
            return read_kind(node)

        return read

    def _those_that_stand_in(self, kind: ComplexType) -> dict[str, Read]:
        """The type itself and all that extend or restrict it, by name; those of arrays are arrays to SOAP."""
        table = self._stand_ins.get(id(kind))
        if table is not None:
            return table
        table = self._stand_ins[id(kind)] = {}
        if kind.qname is None:
            return table
        if not is_abstract(kind):
            table[kind.qname.text] = self._kind(kind)
        if kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
            table |= dict.fromkeys(ARRAYS, self._kind(kind))
        family = [kind, *self._lineage.descendants(kind)]
        times = Counter(each.qname.localname for each in family)
        for derived in family[1:]:
            if not is_abstract(derived):
                whole = times[derived.qname.localname] > 1
                table[derived.qname.text] = self._standing_in(derived, whole=whole)
        return table

    def _standing_in(self, kind: ComplexType, *, whole: bool = False) -> Read:
        """`whole`: whether its name alone could mean another type too."""
        read, name = self._kind(kind), kind.qname.text if whole else kind.qname.localname

        def named(node: _Element) -> Any:
            value = read(node)
            if isinstance(value, dict):
                value["@type"] = name
            return value

        return named

    def _anything(self, name: str, *, nillable: bool) -> Read:
        def read(node: _Element) -> Any:
            if node.get(NIL) in TRUE:
                return nil(node, name, nillable=nillable)
            named = node.get(TYPE)
            if named is not None:
                return self._of_type(node, type_name(node, named))
            return list(node) if len(node) else node.text

        return read

    def _of_type(self, node: _Element, name: str) -> Any:
        """An element of whatever type it says it is of."""
        if name in ARRAYS:
            return self._loose_array(node)
        kind = self._lineage.kind(name)
        if kind is None:
            raise Untrusted(f"{local(node.tag)} is of an unknown type")
        if isinstance(kind, AnySimpleType):
            return text_of(node, text_reader(kind, self._dialect))
        if isinstance(kind, ComplexType):
            return self._of_kind(kind, node)
        return list(node) if len(node) else node.text

    def _of_kind(self, kind: ComplexType, node: _Element) -> Any:
        if is_abstract(kind):
            raise Untrusted(f"{local(node.tag)} is of an abstract type")
        try:
            with self._lock:
                read = self._standing_in(kind)
        except NotCompilable:
            raise Untrusted(f"{local(node.tag)} is of a type that cannot be read") from None
        return read(node)

    def _kind(self, kind: ComplexType) -> Read:
        known = self._kinds.get(id(kind))
        if known is not None:
            return known[1]
        made: list[Read] = []

        def later(node: _Element) -> Any:
            """For a type that holds itself; documents are not deeper than the dialect says."""
            return made[0](node)

        self._kinds[id(kind)] = kind, later
        made.append(self._complex(kind))
        self._kinds[id(kind)] = kind, made[0]
        return made[0]

    def _complex(self, kind: ComplexType) -> Read:
        if kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
            return self._array(kind)
        inside: Any = kind._element  # noqa: SLF001
        attributes, make = attributes_reader(kind, self._dialect), empty_value(kind)
        if isinstance(inside, Element) and isinstance(inside.type, AnySimpleType):
            return with_text(inside.attr_name, text_reader(inside.type, self._dialect), make, attributes)
        block = content(kind)
        fill = hollow if block is None else self._filling(block)
        if block is None and attributes is None and not isinstance(inside, Element):
            return lambda _: {}  # that it came is all it says

        def read(node: _Element) -> Any:
            out = make()
            if attributes is not None:
                attributes(node, out)
            return out if fill(node, out) or node.keys() else None

        return read

    def _filling(self, block: Block) -> Fill:
        ways = {id(leaf): self._ways(leaf) for leaf in leaves(block)}
        tags = [tag for each in ways.values() for tag in each]
        wildcards = list(wilds(block))
        takes = taking(
            frozenset(map(local, tags)),
            [namespaces(each.wildcard) for each in wildcards],
            refuse=self._dialect.unknown == "refuse",
        )
        children = Children(block, lambda leaf: ways[id(leaf)], self._wild, takes, ordered=self._ordered)
        plain = len(tags) == len(set(tags)) and len(wildcards) <= 1 and not _in_rounds(block)
        return by_table(children) if plain else part_by_part(children)

    def _ways(self, leaf: Leaf) -> Mapping[str, Way]:
        """By tag: the element itself, and those that may stand in for it."""
        element = leaf.element
        ways = {element.qname.text: self._element(element)}
        if not self._ordered:  # the SOAP encoding knows no qualified members
            ways[element.qname.localname] = ways[element.qname.text]
        if element.is_global:
            ways |= {member.qname.text: self._substitute(member, element) for member in self._lineage.members(element)}
        return ways

    def _substitute(self, member: Element, head: Element) -> Way:
        way = self._element(member)
        if not isinstance(member.type, ComplexType) or member.type.qname == head.type.qname:
            return way
        read, name = way.read, member.type.qname.localname

        def named(node: _Element) -> Any:
            value = read(node)
            if isinstance(value, dict):
                value.setdefault("@type", name)
            return value

        return Way(named)

    def _wild(self, wild: Wild) -> Read:
        """What a wildcard holds is read where the contract declares it, and stays an element where not."""
        if wild.wildcard.process_contents == "skip":
            return lambda node: node

        def read(node: _Element) -> Any:
            named = node.get(TYPE)
            if named is not None and node.get(NIL) not in TRUE:
                return self._of_type(node, type_name(node, named))
            known = self._known(node.tag)
            return node if known is None else known(node)

        return read

    def _known(self, tag: str) -> Read | None:
        if tag not in self._global:
            with self._lock:
                element = self._lineage.elements.get(tag)
                if element is None:
                    return None
                try:
                    self._global[tag] = self.whole(element)
                except NotCompilable:
                    self._global[tag] = None
        return self._global[tag]

    def _array(self, kind: ComplexType) -> Read:
        """An array of the SOAP encoding, or one that a contract spells out: a list, whatever its items are called."""
        block = None if isinstance(kind._element, Element) else content(kind)  # noqa: SLF001 - zeep's only way to ask
        only = block.parts[0] if block is not None and len(block.parts) == 1 else None
        if block is not None and isinstance(only, Leaf) and only.many:
            fill, key, make = self._filling(block), only.key, blank(block)

            def spelt(node: _Element) -> Any:
                out = make()
                if len(node):  # an array may be empty, whatever its content must hold
                    fill(node, out)
                return out[key]

            return spelt
        items = kind._array_type.array_type  # noqa: SLF001
        if isinstance(items, AnySimpleType):
            read = self._leaf("item", items).read
        elif isinstance(items, ComplexType):
            read = self._complex_element("item", items, nillable=True)
        else:
            return self._loose_array
        return lambda node: [read(item) for item in node]

    def _loose_array(self, node: _Element) -> list[Any]:
        """An array of the SOAP encoding where the contract promises nothing."""
        named = node.get(ARRAY_TYPE) or node.get(ITEM_TYPE)
        items = None if named is None else type_name(node, named.partition("[")[0])
        read = self._anything("item", nillable=True)
        return [
            read(each) if items is None or each.get(TYPE) or each.get(NIL) else self._of_type(each, items)
            for each in node
        ]


def _may_lack(element: Element | None) -> bool:
    return element is not None and (element.nillable or not element.min_occurs)


def _nothing() -> None:
    return None


def _forget(made: dict[int, Any], count: int) -> None:
    while len(made) > count:
        made.popitem()


def _in_rounds(block: Block) -> bool:
    return block.key is not None or any(isinstance(part, Block) and _in_rounds(part) for part in block.parts)
