"""Places inside a body, by the steps of a dotted path: put there, taken from there, raised and sunk."""

from collections.abc import Sequence
from typing import Any

FIRST = "0"
"""The step into the first of a list."""


def raised(name: str, written: dict[str, Any], risen: frozenset[str], result: dict[str, Any]) -> None:
    """Put the parts that rise into their parent; what remains, or that there was nothing, stays."""
    parts = {part: inner for part, inner in written.items() if part in risen}
    result |= parts
    if len(parts) < len(written) or not parts:
        result[name] = {part: inner for part, inner in written.items() if part not in parts}


def has(value: Any, attributes: frozenset[str]) -> bool:
    return isinstance(value, dict) and not attributes.isdisjoint(value)


def sunk(name: str, risen: frozenset[str], result: dict[str, Any]) -> None:
    parts = {part: result.pop(part) for part in risen & result.keys()}
    if parts:
        result[name] = {**result.get(name, {}), **parts}


def put(holder: Any, steps: Sequence[str], value: Any) -> Any:
    """The holder, copied, with a value at a path."""
    if not steps:
        return value
    first, rest = steps[0], steps[1:]
    if first == FIRST:
        items = holder if isinstance(holder, list) and holder else [None]
        return [put(items[0], rest, value), *items[1:]]
    inner = dict(holder) if isinstance(holder, dict) else {}
    inner[first] = put(inner.get(first), rest, value)
    return inner


def take(holder: Any, steps: Sequence[str]) -> tuple[bool, Any]:
    """Remove and return what stands at a path, with the wrapping that is then empty."""
    first, rest = steps[0], steps[1:]
    if first == FIRST:
        if not isinstance(holder, list) or not holder:
            return False, None
        found, value = take(holder[0], rest)
        if holder == [{}]:
            holder.clear()
        return found, value
    if not isinstance(holder, dict) or first not in holder:
        return False, None
    if not rest:
        return True, holder.pop(first)
    found, value = take(holder[first], rest)
    if found and not holder[first]:
        del holder[first]
    return found, value


def reached(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def found_at(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        value = value[0] if step == FIRST else value[step]
    return value


def copied(value: Any) -> Any:
    if isinstance(value, list):
        return [copied(item) for item in value]
    return {name: copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value
