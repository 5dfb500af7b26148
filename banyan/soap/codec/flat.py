"""Reads the children of an element whose type is a plain record: a sequence of texts, each at most once.

Most rows of most lists are such. One that is not as the contract says is left to the full reading, which tells what is
wrong.
"""

from typing import Any

from lxml.etree import _Element

from banyan.soap.codec.shapes import Leaf
from banyan.soap.codec.simple import Convert
from banyan.soap.codec.ways import STRANGERS, Children, Fill, Read

Entry = tuple[str, Convert, Read, int, int]
"""Key, text reader, element reader, the place of the required element before it, and its own place."""
KEYS = _Element.keys


def in_order(children: Children, fully: Fill) -> Fill | None:
    """None for a type that is no plain record."""
    block = children.block
    if not children.ordered or block.kind != "sequence" or not block.least:
        return None
    entries: dict[str, Entry] = {}
    required = -1
    for place, part in enumerate(block.parts):
        if not isinstance(part, Leaf) or part.many:
            return None
        for tag, way in children.readers(part).items():
            if way.convert is None:
                return None
            entries[tag] = part.key, way.convert, way.read, required, place
        if part.least:
            required = place
    return _filling(entries, required, children, fully)


def _filling(entries: dict[str, Entry], required: int, children: Children, fully: Fill) -> Fill:
    """`required`: the last place that must be taken."""
    find, takes = entries.get, children.takes

    def fill(node: Any, out: dict[str, Any]) -> bool:
        inside: list[_Element] = node[:STRANGERS]
        odd = any(map(len, inside)) or any(map(KEYS, inside))
        last = -1
        for child in inside:
            entry = find(child.tag)
            if entry is None:
                takes(child.tag)
                continue
            key, convert, read, before, place = entry
            if not before <= last < place:
                return fully(node, out)
            last = place
            text = child.text
            try:
                out[key] = read(child) if text is None or (odd and (child.keys() or len(child))) else convert(text)
            except (ValueError, ArithmeticError):
                return fully(node, out)
        return last >= 0 if last >= required and len(inside) < STRANGERS else fully(node, out)

    return fill
