"""RFC 6902: operations on a copy of a document, at places that a pointer names."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from gateway.api.tmf630.errors import Refused, malformed

Place = tuple[str | int, ...]
MOST = 200_000
"""How many values one patch may look at or copy: a copy of copies doubles with each operation."""

_INDEX = re.compile(r"0|[1-9]\d{0,8}")


class Tree:
    """The document that operations are carried out on, one after the other."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._left = MOST
        self._root: list[Any] = [self.copied(document)]

    @property
    def document(self) -> Any:
        return self._root[0]

    def spend(self, values: int = 1) -> None:
        self._left -= values
        if self._left < 0:
            raise malformed("patch.size", "the patch does more than one request may ask for")

    def copied(self, value: Any) -> Any:
        self.spend()
        if isinstance(value, dict):
            return {name: self.copied(inner) for name, inner in value.items()}
        return [self.copied(inner) for inner in value] if isinstance(value, list) else value

    def at(self, place: Place) -> Any:
        """What stands there; raises Nowhere."""
        holder, key = self._held(place)
        return holder[key]

    def add(self, place: Place, value: Any) -> None:
        """Set an attribute, or insert before an element; `-` is the end of an array."""
        holder, last = self._holder(place)
        if isinstance(holder, dict):
            holder[str(last)] = value
        elif not place:
            holder[0] = value
        else:
            holder.insert(len(holder) if last == "-" else _index(last, len(holder)), value)

    def replace(self, place: Place, value: Any) -> None:
        holder, key = self._held(place)
        holder[key] = value

    def remove(self, place: Place) -> Any:
        if not place:
            raise malformed("patch.operation", "the whole resource cannot be removed by a patch")
        holder, key = self._held(place)
        return holder.pop(key)

    def _held(self, place: Place) -> tuple[Any, Any]:
        """The object or array that holds a place, and under which key."""
        holder, last = self._holder(place)
        return holder, _key(holder, last)

    def _holder(self, place: Place) -> tuple[Any, str | int]:
        value: Any = self._root
        steps: Place = (0, *place)
        for step in steps[:-1]:
            value = value[_key(value, step)]
        if not isinstance(value, dict | list):
            raise Nowhere
        return value, steps[-1]


class Nowhere(LookupError):
    """The document has no such place."""


def conflict(number: int, why: str) -> Refused:
    """The resource is not in the state that an operation of the patch counts on."""
    return Refused(HTTPStatus.CONFLICT, "patch.conflict", f"operation {number} of the patch {why}")


def patched(document: dict[str, Any], operations: Any) -> Any:
    """The document after all operations; raises Refused where one is none or cannot be carried out."""
    tree = Tree(document)
    for number, operation in enumerate(checked(operations), 1):
        try:
            _carry_out(tree, operation, number)
        except Nowhere:
            raise conflict(number, "names a place that the resource does not have") from None
    return tree.document


def checked(operations: Any) -> list[Mapping[str, Any]]:
    """The operations of a patch; refuses what is none."""
    if not isinstance(operations, list):
        raise malformed("patch.operation", "the body must be an array of operations")
    for number, operation in enumerate(operations, 1):
        wanted: tuple[str, ...] = ()
        if isinstance(operation, dict):
            wanted = _MEMBERS.get(_text(operation.get("op")), ())
        if not wanted:
            raise malformed("patch.operation", f"operation {number} must have op: {', '.join(_MEMBERS)}")
        for member in wanted:
            if member not in operation or (member != "value" and not isinstance(operation[member], str)):
                raise malformed("patch.operation", f"operation {number} needs {member}")
    return operations


_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "add": ("path", "value"),
    "remove": ("path",),
    "replace": ("path", "value"),
    "move": ("from", "path"),
    "copy": ("from", "path"),
    "test": ("path", "value"),
}


def _carry_out(tree: Tree, operation: Mapping[str, Any], number: int) -> None:
    place = pointer(operation["path"], number)
    match operation["op"]:
        case "add":
            tree.add(place, tree.copied(operation["value"]))
        case "replace":
            tree.replace(place, tree.copied(operation["value"]))
        case "remove":
            tree.remove(place)
        case "test":
            if not equal(tree.at(place), operation["value"]):
                raise conflict(number, "tests for another value than the resource has")
        case "copy":
            tree.add(place, tree.copied(tree.at(pointer(operation["from"], number))))
        case _:
            source = pointer(operation["from"], number)
            if place[: len(source)] == source and place != source:
                raise malformed("patch.operation", f"operation {number} moves a value into itself")
            value = tree.at(source)
            if place != source:
                tree.remove(source)
                tree.add(place, value)


def pointer(text: str, number: int) -> Place:
    """RFC 6901."""
    if text and (not text.startswith("/") or re.search("~(?![01])", text)):
        raise malformed("patch.operation", f"operation {number} has a path that is no JSON pointer")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def equal(one: Any, other: Any) -> bool:
    """Equality of JSON values: 1 is 1.0 and never true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(inner, other[name]) for name, inner in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _key(holder: Any, step: str | int) -> str | int:
    if isinstance(holder, dict):
        if step not in holder:
            raise Nowhere
        return step
    if not isinstance(holder, list):
        raise Nowhere
    return _index(step, len(holder) - 1)


def _index(step: str | int, highest: int) -> int:
    if isinstance(step, str):
        if not _INDEX.fullmatch(step):
            raise Nowhere
        step = int(step)
    if step > highest:
        raise Nowhere
    return step


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
