"""`fields`: which attributes of a resource are shown. `id` and `href` always are."""

from collections.abc import Callable
from typing import Any

from gateway.api.tmf630.errors import malformed

MAX_FIELDS = 100
_ALWAYS = ("id", "href")

Shown = dict[str, "Shown | None"]
"""Attribute -> what is shown of it; None: all of it."""


def read_fields(written: str | None, knows: Callable[[str], bool]) -> Shown | None:
    """What a client asks to see; None: everything. An attribute that the contract does not know is refused by name."""
    if written is None:
        return None
    shown: Shown = dict.fromkeys(_ALWAYS)
    if written == "none":
        return shown
    names = [name.strip() for name in written.split(",")]
    if len(names) > MAX_FIELDS:
        raise malformed("query.fields", f"fields names at most {MAX_FIELDS} attributes")
    for name in names:
        if not knows(name):
            raise malformed("query.fields", f"fields names an attribute that this resource does not have: {name[:80]}")
        _add(shown, name.split("."))
    return shown


def select(value: Any, shown: Shown | None) -> Any:
    if shown is None:
        return value
    if isinstance(value, list):
        return [select(item, shown) for item in value]
    if isinstance(value, dict):
        return {name: select(inner, shown[name]) for name, inner in value.items() if name in shown}
    return value


def _add(shown: Shown, steps: list[str]) -> None:
    first, rest = steps[0], steps[1:]
    if not rest:
        shown[first] = None
        return
    inner = shown.setdefault(first, {})
    if inner is not None:
        _add(inner, rest)
