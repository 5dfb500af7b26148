"""Which lists of a message hold plain records: sequences of texts, records and lists of them, without attributes."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from lxml import etree
from zeep.xsd import ComplexType, Element, ListType

from banyan.soap.codec.columns import Field
from banyan.soap.codec.rows import Rows
from banyan.soap.codec.shapes import Block, Leaf, Part, content
from banyan.soap.codec.ways import Way

DEEP = 4
"""Elements around a list."""
MANY = 500
"""Elements in a row."""
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
            continue
        field = _field(part, ways, ())
        if field is None or not field.fields:
            continue
        namespaces = [*_namespaces(field.fields)]
        if len(set(namespaces)) == 1 and len(namespaces) <= MANY:
            yield Rows(inner, field.name, field.fields)


def _plain(element: Element) -> Block | None:
    """What stands in an element, where each part has its place."""
    kind = element.type
    if not isinstance(kind, ComplexType) or kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
        return None
    block = content(kind)
    return None if block is None or block.key is not None or block.kind == "choice" else block


def _field(part: Part, ways: Ways, above: tuple[int, ...]) -> Field | None:
    """None where it is not plain. `above`: the types that it stands in."""
    if not isinstance(part, Leaf) or (part.many and (part.least > 1 or part.most is not None)):
        return None
    found = ways(part)
    if len(found) != 1 or isinstance(part.element.type, ListType):  # a list is nobody else's
        return None
    ((tag, way),) = found.items()
    fields = [] if way.convert is not None else _fields(part.element, ways, above)
    if way.convert is None and not fields:
        return None
    name = etree.QName(tag)
    nillable = part.element.nillable
    return Field(
        part.key, name.localname, name.namespace, way.convert, fields, part.least > 0, part.many, nillable, way.hollow
    )


def _fields(element: Element, ways: Ways, above: tuple[int, ...]) -> list[Field]:
    """Those of a plain record; none for anything else."""
    block = _plain(element)
    if block is None or block.kind != "sequence" or not block.least or element.type.attributes:
        return []
    if id(element.type) in above or len(above) > DEEP:
        return []
    fields = [_field(part, ways, (*above, id(element.type))) for part in block.parts]
    return [field for field in fields if field is not None] if None not in fields else []


def _namespaces(fields: Sequence[Field]) -> Iterator[str | None]:
    for field in fields:
        yield field.namespace
        yield from _namespaces(field.fields)
