"""Reads the children of an element whose type gives each a different name, and has no rounds: by one table."""

from collections.abc import Callable, Mapping
from typing import Any

from lxml.etree import _Element

from banyan.soap.codec.flat import in_order
from banyan.soap.codec.shapes import Block, Leaf, Part, Wild
from banyan.soap.codec.simple import Convert
from banyan.soap.codec.ways import STRANGERS, Children, Fill, Read, emptiable, local, names
from banyan.soap.strict import Untrusted

MASKS = 1_000
"""Sets of present children that are remembered as good."""
Entry = tuple[str, Read, Convert | None, int, int, bool]
"""Key, reader, text reader, bit, place, and whether it is a list."""
Lacks = Callable[[int], str | None]
"""Says what is wrong with a set of present children."""


def by_table(children: Children) -> Fill:
    table = _Table(children)
    find, foreign = table.entries.get, table.foreign
    ordered, good, bounds, check = table.ordered, table.good, table.bounds, table.check

    def fill(node: _Element, out: dict[str, Any]) -> bool:
        seen = strangers = 0
        last = -1
        for child in node:
            entry = find(child.tag)
            if entry is None:
                entry = foreign(node, child.tag, strangers)
                if entry is None:
                    strangers += 1
                    continue
            key, read, convert, bit, place, many = entry
            if place <= last and (place < last or not many) and (ordered or seen & bit):
                raise Untrusted(f"{key} comes out of order or more than once in {local(node.tag)}")
            last = place
            seen |= bit
            if convert is None or (text := child.text) is None or child.keys() or len(child):
                value = read(child)
            else:
                try:
                    value = text if convert is str else convert(text)
                except (ValueError, ArithmeticError):
                    raise Untrusted(f"{key} has the wrong form") from None
            if many:
                out[key].append(value)
            else:
                out[key] = value
        if seen not in good or bounds:
            check(node, seen, out)
        return last >= 0

    return in_order(children, fill) or fill


class _Table:
    """What a type without rounds holds, by tag.

    Bits tell what came, where that matters: for the required, for alternatives, and for all where there is no order
    by which a repetition would show.
    """

    def __init__(self, children: Children) -> None:
        block = children.block
        self.ordered = children.ordered and block.kind != "all"
        self.takes = children.takes
        self.entries: dict[str, Entry] = {}
        self.wildcard: Entry | None = None
        self.bounds: list[tuple[str, int, int | None]] = []
        parts = _in_order(block)
        plain = not any(isinstance(part, Block) for part in block.parts) and block.kind != "choice" and block.least
        counted = [part for part in parts if not (plain and self.ordered) or (isinstance(part, Leaf) and part.least)]
        bits = dict.fromkeys(map(id, parts), 0) | {id(part): 1 << number for number, part in enumerate(counted)}
        for number, part in enumerate(parts):
            rest = bits[id(part)], number if self.ordered else 0, part.many
            if isinstance(part, Wild):
                self.wildcard = (part.key, children.wild(part), None, *rest)
                continue
            for tag, way in children.readers(part).items():
                self.entries[tag] = (part.key, way.read, way.convert, *rest)
            if part.many and (part.least > 1 or part.most is not None):
                self.bounds.append((part.key, part.least, part.most))
        alone = len(parts) == len(self.entries) == 1
        self._items = next((entry for entry in self.entries.values() if alone and entry[-1]), None)
        """Of an array. Axis 1 calls those of literal arrays after the array, whatever its contract says."""
        self.lacks = _lacks(block, bits)[0]
        self.good: set[int] = set()

    def foreign(self, node: _Element, tag: str, strangers: int) -> Entry | None:
        """What takes an unknown element, if anything does; `strangers`: how many nothing took until now."""
        if self._items is not None and tag == node.tag:
            return self._items
        if self.takes(tag):
            return self.wildcard
        if strangers >= STRANGERS:
            raise Untrusted(f"{local(node.tag)} holds more unknown elements than any newer contract has")
        return None

    def check(self, node: _Element, seen: int, out: dict[str, Any]) -> None:
        """Say what is missing, excludes another, or comes too seldom or often."""
        if seen not in self.good:
            lack = self.lacks(seen)
            if lack is not None:
                raise Untrusted(f"{lack} in {local(node.tag)}")
            if len(self.good) < MASKS:
                self.good.add(seen)
        for key, least, most in self.bounds:
            count = len(out[key])
            if 0 < count < least or (most is not None and count > most):
                raise Untrusted(f"{key} comes {count} times in {local(node.tag)}")


def _in_order(block: Block) -> list[Leaf | Wild]:
    return [inner for part in block.parts for inner in (_in_order(part) if isinstance(part, Block) else (part,))]


def _lacks(part: Part, bits: Mapping[int, int]) -> tuple[Lacks, int]:
    """What is wrong with a set of present children, and the bits of this part."""
    if not isinstance(part, Block):
        mine = bits[id(part)]
        if isinstance(part, Wild) or not part.least:
            return (lambda _: None), mine
        return (lambda seen: None if seen & mine else f"{part.key} is missing"), mine
    inner = [_lacks(each, bits) for each in part.parts]
    mask = 0
    for _, each in inner:
        mask |= each
    if part.kind == "choice":
        return _choice_lacks(part, inner), mask

    def all_of(seen: int) -> str | None:
        if not part.least and not seen & mask:
            return None
        return next((lack for lacks, _ in inner if (lack := lacks(seen)) is not None), None)

    return all_of, mask


def _choice_lacks(block: Block, inner: list[tuple[Lacks, int]]) -> Lacks:
    named = names(block)
    optional = emptiable(block)

    def one_of(seen: int) -> str | None:
        present = [lacks for lacks, mask in inner if seen & mask]
        if len(present) > 1:
            return f"more than one of {named} comes"
        if not present:
            return None if optional else f"one of {named} is missing"
        return present[0](seen)

    return one_of
