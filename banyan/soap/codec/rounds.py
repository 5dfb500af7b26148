"""Reads the children of an element part by part: where names come again in other places, or blocks come in rounds.

A schema allows no content in which the next name does not tell the way.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lxml.etree import _Element

from banyan.soap.codec.dialect import NotCompilable
from banyan.soap.codec.shapes import Block, Leaf, Part, Wild, leaves
from banyan.soap.codec.ways import STRANGERS, Children, Fill, Read, blank_round, emptiable, local, names
from banyan.soap.strict import Untrusted

WILD, END = "*", ""
Match = Callable[[list[str], list[_Element], int, dict[str, Any]], int]
"""Reads as many children as a part takes, from one index on; returns the next index."""


def part_by_part(children: Children) -> Fill:
    match, _ = _matcher(children, children.block)
    known = {tag for leaf in leaves(children.block) for tag in children.readers(leaf)}
    takes = children.takes

    def fill(node: _Element, out: dict[str, Any]) -> bool:
        tags: list[str] = []
        nodes: list[_Element] = []
        strangers = 0
        for child in node:
            tag = child.tag
            if tag not in known:
                if not takes(tag):
                    strangers += 1
                    if strangers > STRANGERS:
                        raise Untrusted(f"{local(node.tag)} holds more unknown elements than any newer contract has")
                    continue
                tag = WILD
            tags.append(tag)
            nodes.append(child)
        tags.append(END)
        try:
            end = match(tags, nodes, 0, out)
        except _Missing as missing:
            raise Untrusted(f"{missing} is missing in {local(node.tag)}") from None
        if end < len(nodes):
            name = "an unknown element" if tags[end] == WILD else local(tags[end])
            raise Untrusted(f"{name} comes out of order or too often in {local(node.tag)}")
        return end > 0

    return fill


class _Missing(Exception):
    """Said by a part that does not know where it stands."""


def _matcher(children: Children, part: Part) -> tuple[Match, frozenset[str]]:
    """What reads a part, and the tags by which it may begin."""
    if isinstance(part, Leaf):
        readers = {tag: way.read for tag, way in children.readers(part).items()}
        return (_many(part, readers) if part.many else _one(part, readers)), frozenset(readers)
    if isinstance(part, Wild):
        foreign = {WILD: children.wild(part)}
        return (_many(part, foreign) if part.many else _one(part, foreign)), frozenset(foreign)
    once, first = _once(children, part)
    return (once if part.key is None else _rounds(part, once, first)), first


def _one(part: Leaf | Wild, readers: Mapping[str, Read]) -> Match:
    key, find, required = part.key, readers.get, part.least > 0

    def match(tags: list[str], nodes: list[_Element], at: int, out: dict[str, Any]) -> int:
        read = find(tags[at])
        if read is None:
            if required:
                raise _Missing(key)
            return at
        out[key] = read(nodes[at])
        return at + 1

    return match


def _many(part: Leaf | Wild, readers: Mapping[str, Read]) -> Match:
    key, find, least, most = part.key, readers.get, part.least, part.most

    def match(tags: list[str], nodes: list[_Element], at: int, out: dict[str, Any]) -> int:
        values = out.setdefault(key, [])
        while (read := find(tags[at])) is not None and (most is None or len(values) < most):
            values.append(read(nodes[at]))
            at += 1
        if len(values) < least:
            raise _Missing(key)
        return at

    return match


def _once(children: Children, block: Block) -> tuple[Match, frozenset[str]]:
    inner = [(part, *_matcher(children, part)) for part in block.parts]
    if block.kind == "choice":
        return _choice(block, inner)
    if block.kind == "all":
        raise NotCompilable("two elements of an xsd:all have one name")
    first: frozenset[str] = frozenset()
    for part, _, starts in inner:
        first |= starts
        if not emptiable(part):
            break
    matches, optional, begins = [match for _, match, _ in inner], not block.least, first

    def match(tags: list[str], nodes: list[_Element], at: int, out: dict[str, Any]) -> int:
        if optional and tags[at] not in begins:
            return at
        for each in matches:
            at = each(tags, nodes, at, out)
        return at

    return match, first


def _choice(block: Block, inner: list[tuple[Part, Match, frozenset[str]]]) -> tuple[Match, frozenset[str]]:
    routes: dict[str, Match] = {}
    for part, each, starts in inner:
        if routes.keys() & starts:
            raise NotCompilable(f"more than one alternative begins with {local(min(routes.keys() & starts))}")
        alternative = _with_blank(part, each) if isinstance(part, Block) and part.key is None else each
        routes.update(dict.fromkeys(starts, alternative))
    optional, named = emptiable(block), names(block)

    def match(tags: list[str], nodes: list[_Element], at: int, out: dict[str, Any]) -> int:
        route = routes.get(tags[at])
        if route is not None:
            return route(tags, nodes, at, out)
        if optional:
            return at
        raise _Missing(f"one of {named}")

    return match, frozenset(routes)


def _with_blank(block: Block, match: Match) -> Match:
    """In a round of a choice only the keys of the chosen alternative stand."""
    if block.kind == "choice":
        return match
    make = blank_round(block)

    def matched(tags: list[str], nodes: list[_Element], at: int, out: dict[str, Any]) -> int:
        out.update(make())
        return match(tags, nodes, at, out)

    return matched


def _rounds(block: Block, once: Match, first: frozenset[str]) -> Match:
    key, most, least = str(block.key), block.most, 0 if emptiable(block) else block.least
    make: Callable[[], dict[str, Any]] = dict if block.kind == "choice" else blank_round(block)
    named = names(block)

    def match(tags: list[str], nodes: list[_Element], at: int, out: dict[str, Any]) -> int:
        rounds = out.setdefault(key, [])
        while tags[at] in first and (most is None or len(rounds) < most):
            each = make()
            at = once(tags, nodes, at, each)
            rounds.append(each)
        if len(rounds) < least:
            raise _Missing(f"one of {named}")
        return at

    return match
