"""What a complex type may hold, as a tree: leaves, wildcards and blocks, each under the key that zeep gives it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal

from zeep.xsd import Any as AnyElement
from zeep.xsd import Choice, ComplexType, Element, Group
from zeep.xsd.elements.indicators import All, OrderIndicator

from banyan.soap.codec.dialect import NotCompilable
from banyan.soap.codec.facets import may_be_empty


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element. `most` is None where it may come any number of times."""

    key: str
    element: Element
    least: int
    most: int | None
    many: bool
    """Whether its value is a list."""


@dataclass(frozen=True, slots=True)
class Wild:
    """An xsd:any."""

    key: str
    wildcard: AnyElement
    least: int
    most: int | None
    many: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A sequence, a choice or an xsd:all. One with a key comes in rounds, each of which is a dict under that key."""

    kind: Literal["sequence", "choice", "all"]
    parts: tuple["Part", ...]
    least: int
    most: int | None
    key: str | None
    hollow: bool = False
    """Of a choice: whether one of its alternatives may be empty."""


Part = Leaf | Wild | Block


def content(kind: ComplexType) -> Block | None:
    """The children of a complex type; None when it has none. Raises NotCompilable."""
    inside = kind._element  # noqa: SLF001 - zeep's only way to ask
    if inside is None or isinstance(inside, Element):
        return None
    return _block(inside, "_value_1" if inside.accepts_multiple else None)


def leaves(part: Part) -> Iterator[Leaf]:
    """Every element in a part, in the rounds of its blocks too."""
    if isinstance(part, Leaf):
        yield part
    elif isinstance(part, Block):
        for inner in part.parts:
            yield from leaves(inner)


def wilds(part: Part) -> Iterator[Wild]:
    """Every wildcard in a part."""
    if isinstance(part, Wild):
        yield part
    elif isinstance(part, Block):
        for inner in part.parts:
            yield from wilds(inner)


def keys(block: Block) -> tuple[list[str], list[str]]:
    """The keys of one round of a block: those of single values, and those of lists."""
    single: list[str] = []
    listed: list[str] = []
    for part in block.parts:
        if isinstance(part, Block) and part.key is None:
            ones, lists = keys(part)
            single += ones
            listed += lists
        elif isinstance(part, Block) or part.many:
            listed.append(str(part.key))
        else:
            single.append(part.key)
    return single, listed


def _block(indicator: Any, key: str | None) -> Block:
    inside = indicator
    if isinstance(indicator, Group):
        inside = indicator.child
        if not isinstance(inside, OrderIndicator) or inside.accepts_multiple:
            raise NotCompilable(f"the group {indicator.name} holds something else than one block")
    parts = tuple(_part(name, part) for name, part in inside.elements_nested)
    if not isinstance(inside, Choice):  # alternatives may share a key, but two parts of a sequence may not
        parts = _told_apart(parts)
    return Block(
        "choice" if isinstance(inside, Choice) else "all" if isinstance(inside, All) else "sequence",
        parts,
        min(indicator.min_occurs, inside.min_occurs),
        _most(indicator.max_occurs),
        key,
        may_be_empty(inside),
    )


def _part(name: str | None, part: Any) -> Part:
    if isinstance(part, Element):
        return Leaf(str(name), part, part.min_occurs, _most(part.max_occurs), part.accepts_multiple)
    if isinstance(part, AnyElement):
        return Wild(str(name), part, 0, _most(part.max_occurs), part.accepts_multiple)
    if isinstance(part, OrderIndicator | Group):
        return _block(part, name if part.accepts_multiple else None)
    raise NotCompilable("it carries a schema of its own inside the message")


def _most(occurs: int | str) -> int | None:
    return None if isinstance(occurs, str) else occurs


def _told_apart(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts of a sequence; where two share a key, that of the later one gets a number."""
    made: list[Part] = []
    taken: set[str] = set()
    for part in parts:
        single, listed = keys(Block("sequence", (part,), 1, 1, None))
        mine = {*single, *listed}
        new: dict[str, str] = {}
        for key in sorted(mine & taken):
            new[key] = _numbered(key, taken | mine | {*new.values()})
        made.append(_called(part, new) if new else part)
        taken |= mine | {*new.values()}
    return tuple(made)


def _numbered(key: str, taken: set[str]) -> str:
    stem = "_value_" if key.startswith("_value_") else f"{key}__"
    return next(name for number in count(1) if (name := f"{stem}{number}") not in taken)


def _called(part: Part, new: Mapping[str, str]) -> Part:
    """A part with other keys; what stands in the rounds of a block keeps its own."""
    if isinstance(part, Block) and part.key is None:
        return replace(part, parts=tuple(_called(inner, new) for inner in part.parts))
    key = str(part.key)
    return replace(part, key=new.get(key, key))
