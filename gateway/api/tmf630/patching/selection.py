"""TMF630 part 5: a patch whose paths are queries; each operation applies to every place that its query selects.

`/note?author=Jack` and `/productOrderItem/quantity?productOrderItem.id=2` name attributes from the resource on or from
the innermost element on the way; `$.note[?@.author == 'Jack'].text` is a JSONPath.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from contracts.page import Condition
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.jsonpath import read_path
from gateway.api.tmf630.patching.operations import Nowhere, Place, Tree, checked, conflict, equal
from gateway.store.operators import holds

_OPERATORS = frozenset({"gt", "gte", "lt", "lte", "regex"})
_TAIL = re.compile(r"(?P<holder>\$.*?)(?:\.(?P<name>[A-Za-z_]\w*)|\['(?P<quoted>[^'\\]+)'\])")
_LONGEST = 1_000
_PATHS = 50
"""How many JSONPaths one patch may hold: each walks over the whole resource."""

IsList = Callable[[Place], bool]
"""Whether the contract has an array at a place."""


@dataclass(frozen=True, slots=True)
class _Condition:
    names: tuple[str, ...]
    value: str

    def holds(self, tree: Tree, place: Place, first: str) -> bool:
        anchor: Place = () if self.names[0] == first else _innermost(place)
        found = _below(tree, tree.at(anchor), place[len(anchor) :], self.names)
        return any(holds(value, Condition("", "eq", (self.value,))) for value in found)


@dataclass(frozen=True, slots=True)
class _Query:
    steps: tuple[str, ...]
    conditions: tuple[_Condition, ...]

    def places(self, tree: Tree, *, adding: bool) -> Iterator[Place]:
        for place in self._walk(tree, tree.document, (), adding=adding):
            if all(condition.holds(tree, place, self.steps[0]) for condition in self.conditions):
                yield place

    def _walk(self, tree: Tree, value: Any, place: Place, *, adding: bool) -> Iterator[Place]:
        tree.spend()
        left = self.steps[sum(isinstance(step, str) for step in place) :]
        if isinstance(value, list) and (left or (not adding and self._reaches_into(place))):
            for index, inner in enumerate(value):
                yield from self._walk(tree, inner, (*place, index), adding=adding)
        elif not left:
            yield place
        elif isinstance(value, dict) and left[0] in value:
            yield from self._walk(tree, value[left[0]], (*place, left[0]), adding=adding)
        elif isinstance(value, dict) and adding and len(left) == 1:
            yield (*place, left[0])

    def _reaches_into(self, place: Place) -> bool:
        """Whether a condition speaks of the elements of the array that stands there."""
        if place and isinstance(place[-1], int):
            return False
        inside = any(isinstance(step, int) for step in place)
        return any(
            condition.names[: len(self.steps)] == self.steps if condition.names[0] == self.steps[0] else not inside
            for condition in self.conditions
        )


def query_patched(document: dict[str, Any], operations: Any, is_list: IsList) -> Any:
    """The document after all operations; raises Refused where one is none, or selects nothing."""
    operations = checked([operations] if isinstance(operations, dict) else operations)
    if sum(operation["path"].startswith("$") for operation in operations) > _PATHS:
        raise malformed("patch.size", f"a patch may hold {_PATHS} JSONPaths")
    tree = Tree(document)
    for number, operation in enumerate(operations, 1):
        found = _selected(tree, operation, number)
        if not found:
            raise conflict(number, "selects nothing of this resource")
        try:
            _carry_out(tree, operation, found, number, is_list)
        except Nowhere:
            raise conflict(number, "selects one place within another") from None
    return tree.document


def _selected(tree: Tree, operation: Mapping[str, Any], number: int) -> list[Place]:
    op, path = operation["op"], operation["path"]
    if op in ("move", "copy"):
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, "patch.unsupported", f"{op} takes no query")
    if len(path) > _LONGEST:
        raise malformed("patch.size", f"a path is longer than {_LONGEST} characters")
    if not path.startswith("$"):
        return list(_read(path, number).places(tree, adding=op == "add"))
    tail = _TAIL.fullmatch(path) if op == "add" else None
    if tail is None:
        return _places(path, tree)
    name = tail["name"] or tail["quoted"]
    return [(*place, name) for place in _places(tail["holder"], tree) if isinstance(tree.at(place), dict)]


def _places(path: str, tree: Tree) -> list[Place]:
    return read_path("path", path).places(tree.document)


def _carry_out(tree: Tree, operation: Mapping[str, Any], found: Sequence[Place], number: int, is_list: IsList) -> None:
    value = operation.get("value")
    # The last first: what stands behind a removed element moves up.
    for place in sorted(found, reverse=True):
        match operation["op"]:
            case "remove":
                tree.remove(place)
            case "test":
                if not equal(tree.at(place), value):
                    raise conflict(number, "tests for another value than the resource has")
            case "replace":
                tree.replace(place, tree.copied(_part(tree.at(place), value) if isinstance(place[-1], int) else value))
            case _:
                _add(tree, place, tree.copied(value), is_list)


def _part(before: Any, value: Any) -> Any:
    """An element that a query found is replaced attribute by attribute, as in the official examples."""
    return {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def _add(tree: Tree, place: Place, value: Any, is_list: IsList) -> None:
    """To an array comes an element, to an object come attributes; elsewhere the value itself."""
    try:
        before = tree.at(place)
    except Nowhere:
        tree.add(place, [value] if is_list(place) and not isinstance(value, list) else value)
        return
    if isinstance(before, list):
        before.extend(value if isinstance(value, list) else [value])
    elif isinstance(before, dict) and isinstance(value, dict):
        before.update(value)
    else:
        tree.replace(place, value)


def _read(path: str, number: int) -> _Query:
    where, _, conditions = path.partition("?")
    steps = tuple(where.split("/")[1:])
    if not where.startswith("/") or not all(steps):
        raise malformed("patch.operation", f"operation {number} has a path that is neither a query nor a JSONPath")
    read = tuple(_condition(text, number) for text in conditions.split("&")) if "?" in path else ()
    return _Query(steps, read)


def _condition(text: str, number: int) -> _Condition:
    name, equals, value = text.partition("=")
    names = tuple(re.split(r"[./]", name.removeprefix("/")))
    if names[-1] in _OPERATORS or re.search("[<>!~*;]", name):
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, "patch.unsupported", "the query of a patch takes equality only")
    if not equals or not all(names):
        raise malformed("patch.operation", f"operation {number} has a condition that is none")
    quoted = re.fullmatch(r"'(.*)'|\"(.*)\"", value, re.DOTALL)
    return _Condition(names, unquote(quoted[1] or quoted[2] or "" if quoted else value))


def _innermost(place: Place) -> Place:
    """The innermost element on the way to a place; the resource itself where there is none."""
    last = max((at for at, step in enumerate(place, 1) if isinstance(step, int)), default=0)
    return place[:last]


def _below(tree: Tree, value: Any, onward: Place, names: Sequence[str]) -> Iterator[Any]:
    """The values that a dotted name has from here on: along `onward` while it goes there, else everywhere."""
    tree.spend()
    if isinstance(value, list):
        chosen = onward[0] if onward and isinstance(onward[0], int) else None
        for inner in value if chosen is None else value[chosen : chosen + 1]:
            yield from _below(tree, inner, () if chosen is None else onward[1:], names)
    elif not names:
        yield value
    elif isinstance(value, dict) and names[0] in value:
        agrees = bool(onward) and onward[0] == names[0]
        yield from _below(tree, value[names[0]], onward[1:] if agrees else (), names[1:])
