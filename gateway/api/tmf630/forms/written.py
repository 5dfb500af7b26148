"""Functions that are written out once, with an `if` for each attribute, as dataclasses are: a loop over them is slower.

For a product's related parties as TMF637 v4 sees them:

    def f8(value):
        if not isinstance(value, dict):
            return [f8(item) for item in value] if isinstance(value, list) else value
        result = value.copy()
        moved = {}
        if 'href' in result:
            del result['href']
        if '@type' in result:
            result['@type'] = f47(result['@type'])
        if 'partyOrPartyRole' in result:
            held = result.pop('partyOrPartyRole')
            if isinstance(held, dict):
                if 'id' in held: moved['id'] = held['id']
        if moved: result |= moved
        if '@aside' in value: del result['@aside']; f48(value, result)
        return result

Only names that the contracts declare stand in the text, each as a literal; all else goes by a name that is given here.
"""

from collections.abc import Callable, Iterable
from textwrap import indent
from typing import Any

Steps = Iterable[tuple[str, str]]
"""Statements, each with the name in the `result` without which there is nothing to do."""
_INNER = "    "


class Written:
    """Functions that call each other: a name may be used before it is known what it stands for."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def name(self, value: Any = None) -> str:
        """A new name, of this value."""
        name = f"f{len(self._known)}"
        self._known[name] = value
        return name

    def write(self, name: str, *parts: str | Steps) -> Callable[[Any], Any]:
        """A function of a `value`, made of statements and steps."""
        body = "\n".join(part if isinstance(part, str) else "\n".join(map(_step, part)) for part in parts)
        exec(compile(f"def {name}(value):\n{indent(body, _INNER)}", f"<{name}>", "exec"), self._known)  # noqa: S102
        written: Callable[[Any], Any] = self._known[name]
        return written


def applied(function: str, value: str) -> str:
    """An expression: the function of a value, or of each where it is a list."""
    return f"[{function}(each) for each in part] if isinstance(part := {value}, list) else {function}(part)"


def _step(step: tuple[str, str]) -> str:
    name, text = step
    return f"if {name!r} in result:\n{indent(text, _INNER)}"
