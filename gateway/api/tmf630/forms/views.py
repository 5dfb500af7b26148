"""What a client of an older version sees of the objects of one stored type: steps that are worked out once.

An exact view keeps aside what the older version cannot hold, so that the stored form is found back from it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.api.tmf630.forms.places import copied, has, reached, take
from gateway.api.tmf630.forms.types import ASIDE
from gateway.api.tmf630.forms.ways import as_is
from gateway.api.tmf630.forms.written import Steps, Written, applied

Object = dict[str, Any]
See = Callable[[Any], Any]


class View:
    """Of one stored type, by one older version."""

    def __init__(self, written: Written, *, exact: bool) -> None:
        self.exact = exact
        self._written = written
        self.name = written.name()

    def learn(
        self,
        steps: Steps,
        recall: Callable[[Object, Object], None],
        missed: Sequence[tuple[str, Sequence[str], See]],
    ) -> None:
        """Its types may hold each other: a view is made before it is told what to do.

        What stands elsewhere in the older version is moved, what it cannot hold is the rest.
        """
        steps = tuple(steps)
        moving = any("moved" in text for _, text in steps)
        self.seen = self._written.write(
            self.name,
            "if not isinstance(value, dict):",
            f"    return [{self.name}(item) for item in value] if isinstance(value, list) else value",
            "result = value.copy()",
            *(["moved = {}"] if moving else []),
            *(["rest = {}"] if self.exact else []),
            steps,
            *(["if moved: result |= moved"] if moving else []),
            f"if {ASIDE!r} in value: del result[{ASIDE!r}]; {self._written.name(recall)}(value, result)",
            *([f"if rest: result[{ASIDE!r}] = rest"] if self.exact else map(self._missed, missed)),
            "return result",
        )
        """A stored value, or each of a list, as it is seen."""

    def __call__(self, value: Any) -> Any:
        return self.seen(value)

    def _missed(self, missed: tuple[str, Sequence[str], See]) -> str:
        name, path, see = missed

        def instead(value: Object, result: Object) -> None:
            held = reached(value, path)
            if held is not None:
                result[name] = see(held)

        return f"if {name!r} not in result: {self._written.name(instead)}(value, result)"

    def unseen(self, name: str) -> Steps:
        """It means nothing in the older version."""
        yield name, f"rest[{name!r}] = result.pop({name!r})" if self.exact else f"del result[{name!r}]"

    def typed(self, type: str) -> Steps:
        """An object stored under the older version's own `@type` is not taken for a renamed one."""
        if self.exact:
            yield "@type", f"if result['@type'] == {type!r}: rest['@type'] = {type!r}"

    def straight(self, name: str, see: See) -> Steps:
        """It has the same place in both versions."""
        yield name, f"result[{name!r}] = {self._seeing(see, f'result[{name!r}]')}"

    def taken(self, name: str, path: Sequence[str], see: See) -> Steps:
        """It stands somewhere else."""

        def out(result: Object, moved: Object) -> None:
            found, stored = take(result, path)
            if found:
                moved[name] = see(stored)

        first = path[0]
        if len(path) > 1:
            yield first, f"{self._written.name(out)}(result, moved)"
        else:
            yield first, f"moved[{name!r}] = {self._seeing(see, f'result.pop({first!r})')}"

    def opened(self, wrapper: str, ways: Sequence[tuple[str, str, See]]) -> Steps:
        """All of it that the older version has stands right inside the wrapper: (name, name inside, how it is seen)."""
        parts = "".join(
            f" if {inside!r} in held: moved[{name!r}] = {self._seeing(see, f'held[{inside!r}]')}\n"
            for name, inside, see in ways
        )
        inner = {inside for _, inside, _ in ways}

        def keep(held: Any, rest: Object) -> None:
            left = held
            if isinstance(held, dict):
                left = {inside: value for inside, value in held.items() if inside not in inner}
            if left or not held:
                rest[wrapper] = left

        kept = f"{self._written.name(keep)}(held, rest)" if self.exact else ""
        yield wrapper, f"held = result.pop({wrapper!r})\nif isinstance(held, dict):\n{parts}{kept}"

    def copied(self, wrapper: str) -> Steps:
        """Before something is taken out of what the store keeps."""
        yield from self.straight(wrapper, copied)

    def sunk(self, name: str, risen: frozenset[str]) -> Steps:
        """Parts that rose into this object belong into one inside it."""
        if self.exact:
            mixed = f"{self._written.name(has)}(result[{name!r}], {self._written.name(risen)})"
            yield name, f"if {mixed}: rest[{name!r}] = result.pop({name!r})"
        for part in sorted(risen):
            yield part, f"result[{name!r}] = {{**result.get({name!r}, {{}}), {part!r}: result.pop({part!r})}}"

    def _seeing(self, see: See, value: str) -> str:
        if see is as_is:
            return value
        if isinstance(see, View):
            return applied(see.name, value)
        return f"{self._written.name(see)}({value})"
