"""What the parts of the codec's reading side say to each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from lxml.etree import _Element

from banyan.soap.codec.shapes import Block, Leaf, Part, Wild, keys, leaves
from banyan.soap.codec.simple import Convert

Read = Callable[[_Element], Any]


class Way(NamedTuple):
    """How an element is read. `convert` alone does for one that holds text and has no attributes."""

    read: Read
    convert: Convert | None = None
    hollow: bool = False
    """Whether an empty one is None."""


Fill = Callable[[_Element, dict[str, Any]], bool]
"""Reads the children of an element into a dict; tells whether anything came that the contract knows."""
STRANGERS = 1_000
"""Unknown children of one element; no newer contract adds more."""


@dataclass(frozen=True, slots=True)
class Children:
    """The parts of a block with the readers of their elements."""

    block: Block
    readers: Callable[[Leaf], Mapping[str, Way]]
    """By tag: the element itself, and those that may stand in for it."""
    wild: Callable[[Wild], Read]
    takes: Callable[[str], bool]
    """Whether a wildcard takes this unknown tag; raises Untrusted for one that must not be there."""
    ordered: bool = True


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def blank(block: Block) -> Callable[[], dict[str, Any]]:
    """Makes the value of a block of which nothing came."""
    return _blank([], [block.key]) if block.key is not None else blank_round(block)


def blank_round(block: Block) -> Callable[[], dict[str, Any]]:
    """The same of one round."""
    return _blank(*keys(block))


def _blank(single: list[str], listed: list[str]) -> Callable[[], dict[str, Any]]:
    template = dict.fromkeys((*single, *listed))
    if not listed:
        return template.copy

    def make() -> dict[str, Any]:
        out: dict[str, Any] = template.copy()
        for key in listed:
            out[key] = []
        return out

    return make


def names(part: Part) -> str:
    return ", ".join(dict.fromkeys(leaf.key for leaf in leaves(part))) or "a wildcard"


def emptiable(part: Part) -> bool:
    if isinstance(part, Leaf):
        return not part.least
    if isinstance(part, Wild) or not part.least or part.hollow:
        return True
    inner = [emptiable(each) for each in part.parts if part.kind != "choice" or not isinstance(each, Leaf)]
    # zeep takes every element of a choice for optional, so those do not tell.
    return any(inner) if part.kind == "choice" else all(inner)
