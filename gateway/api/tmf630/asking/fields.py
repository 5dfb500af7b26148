"""`fields`: which attributes of a resource are shown. `id` and `href` always are."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from gateway.api.tmf630.errors import malformed
from gateway.api.tmf630.jsonpath import Place, read_path

MAX_FIELDS = 100
_ALWAYS = ("id", "href")
PATHS = "$"
# A comma inside the brackets or quotes of a JSONPath parts nothing.
_NAME = re.compile(r"(?:\[(?:[^\[\]'\"]|'[^']*'|\"[^\"]*\"|\[[^\]]*\])*\]|[^,\[])+")

Shown = dict[str, "Shown | None"]
"""Attribute -> what is shown of it; None: all of it. Under `$` stand JSONPaths, which show what they find."""


def read_fields(written: str, knows: Callable[[str], bool]) -> Shown | None:
    """What a client asks to see; None: everything. An attribute that the contract does not know is refused by name."""
    shown: Shown = dict.fromkeys(_ALWAYS)
    if written == "none":
        return shown
    names = _names(written)
    if len(names) > MAX_FIELDS:
        raise malformed("query.fields", f"fields names at most {MAX_FIELDS} attributes")
    for name in names:
        if not name:
            raise malformed("query.fields", "fields holds an empty name")
        if name == PATHS:
            return None
        if name.startswith(PATHS):
            path = read_path("fields", name)
            if path.attribute is None:
                _add(shown, [PATHS, name])
                continue
            name = path.attribute  # noqa: PLW2901 - the same said without JSONPath
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
        named = {name: select(inner, shown[name]) for name, inner in value.items() if name in shown}
        paths = shown.get(PATHS)
        return _pruned(value, named, paths) if paths else named
    return value


def _names(written: str) -> list[str]:
    if PATHS not in written:
        return [name.strip() for name in written.split(",")]
    names = [name.strip() for name in _NAME.findall(written)]
    if written.count(",") and ",".join(names).replace(" ", "") != written.replace(" ", ""):
        raise malformed("query.fields", "fields holds an empty name or an open bracket")
    return names


def _pruned(resource: dict[str, Any], named: dict[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """What the paths find stays where it stood, beside what was named."""
    found: dict[Any, Any] = {}
    for path in paths:
        for place in read_path("fields", path).places(resource):
            _mark(found, place)
    kept = _kept(resource, found)
    return {name: named.get(name, kept.get(name)) for name in resource if name in named or name in kept}


def _mark(found: dict[Any, Any], place: Place) -> None:
    for step in place[:-1]:
        found = found.setdefault(step, {})
        if found is _WHOLE:
            return
    if place:
        found[place[-1]] = _WHOLE


def _kept(value: Any, found: dict[Any, Any]) -> Any:
    if found is _WHOLE:
        return value
    if isinstance(value, list):
        return [_kept(item, found[place]) for place, item in enumerate(value) if place in found]
    return {name: _kept(inner, found[name]) for name, inner in value.items() if name in found}


_WHOLE: dict[Any, Any] = {"*": None}


def _add(shown: Shown, steps: list[str]) -> None:
    first, rest = steps[0], steps[1:]
    if not rest:
        shown[first] = None
        return
    inner = shown.setdefault(first, {})
    if inner is not None:
        _add(inner, rest)
