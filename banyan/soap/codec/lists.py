"""Which lists of a message hold plain records: a sequence of texts, each at most once, without attributes."""

from collections.abc import Callable, Iterator, Mapping

from lxml import etree
from zeep.xsd import ComplexType, Element

from banyan.soap.codec.rows import Field, Rows
from banyan.soap.codec.shapes import Block, Leaf, content
from banyan.soap.codec.ways import Way

DEEP = 4
"""Elements around a list."""
Ways = Callable[[Leaf], Mapping[str, Way]]


def rows_in(element: Element, ways: Ways, path: tuple[str, ...] = ()) -> Iterator[Rows]:
    """Those of all lists of plain records that stand once in this element. Raises NotCompilable."""
    block = _plain(element)
    if block is None or len(path) > DEEP:
        return
    for part in block.parts:
        if not isinstance(part, Leaf):
            continue
        inner = (*path, part.key)
        if not part.many:
            yield from rows_in(part.element, ways, inner)
        elif part.least <= 1 and part.most is None and len(ways(part)) == 1:
            fields = _fields(part.element, ways)
            if fields:
                yield Rows(inner, etree.QName(part.element.qname.text).localname, fields)


def _plain(element: Element) -> Block | None:
    """What stands in an element, where each part has its place."""
    kind = element.type
    if not isinstance(kind, ComplexType) or kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
        return None
    block = content(kind)
    return None if block is None or block.key is not None or block.kind == "choice" else block


def _fields(element: Element, ways: Ways) -> list[Field]:
    """Those of a plain record; none for anything else."""
    block = _plain(element)
    if block is None or block.kind != "sequence" or not block.least or element.type.attributes:
        return []
    fields, namespaces = [], set()
    for part in block.parts:
        found = {} if not isinstance(part, Leaf) or part.many else ways(part)
        if len(found) != 1 or not isinstance(part, Leaf):
            return []
        for tag, way in found.items():
            if way.convert is None:
                return []
            name = etree.QName(tag)
            namespaces.add(name.namespace)
            nillable = part.element.nillable
            fields.append(Field(part.key, name.localname, way.convert, part.least > 0, nillable, way.hollow))
    return fields if len(namespaces) == 1 else []
