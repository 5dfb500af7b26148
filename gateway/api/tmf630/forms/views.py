"""What a client of an older version sees of the objects of one stored type: steps that are worked out once.

An exact view keeps aside what the older version cannot hold, so that the stored form is found back from it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from gateway.api.tmf630.forms.places import copied, has, reached, take
from gateway.api.tmf630.forms.types import ASIDE

Object = dict[str, Any]
See = Callable[[Any], Any]
Step = Callable[[Object, Object, Object], None]
"""Changes what is seen so far; what stands elsewhere in the older version goes into the second object, what it cannot
hold into the third."""
Steps = Iterator[tuple[str, Step]]
"""Each by the name in the object without which there is nothing to do."""


class View:
    """Of one stored type, by one older version."""

    def __init__(self, *, exact: bool) -> None:
        self.exact = exact

    def learn(
        self,
        steps: Iterable[tuple[str, Step]],
        recall: Callable[[Object, Object], None],
        missed: Sequence[tuple[str, Sequence[str], See]],
    ) -> None:
        """Its types may hold each other: a view is made before it is told what to do."""
        self._steps = tuple(steps)
        self._touched = frozenset(name for name, _ in self._steps)
        self._recall = recall
        self._missed = () if self.exact else tuple(missed)

    def of(self, value: Any) -> Any:
        """A stored value, or each of a list, as it is seen; itself where nothing about it differs."""
        if isinstance(value, dict):
            return self._seen(value)
        if isinstance(value, list):
            return [self._seen(item) if isinstance(item, dict) else self.of(item) for item in value]
        return value

    def _seen(self, value: Object) -> Object:
        if self._touched.isdisjoint(value) and not self._missed:
            return value
        result = value.copy()
        moved: Object = {}
        rest: Object = {}
        for name, step in self._steps:
            if name in result:
                step(result, moved, rest)
        if moved:
            result |= moved
        if ASIDE in value:
            self._recall(value, result)
        if rest and self.exact:
            result[ASIDE] = rest
        for name, path, see in self._missed:
            held = None if name in result else reached(value, path)
            if held is not None:
                result[name] = see(held)
        return result

    def unseen(self, name: str) -> Steps:
        """It means nothing in the older version."""

        def dropped(result: Object, _moved: Object, _rest: Object) -> None:
            del result[name]

        def kept(result: Object, _moved: Object, rest: Object) -> None:
            rest[name] = result.pop(name)

        yield name, kept if self.exact and name != ASIDE else dropped

    def typed(self, type: str) -> Steps:
        """An object stored under the older version's own `@type` is not taken for a renamed one."""

        def kept(result: Object, _moved: Object, rest: Object) -> None:
            if result["@type"] == type:
                rest["@type"] = type

        if self.exact:
            yield "@type", kept

    def straight(self, name: str, see: See) -> Steps:
        """It has the same place in both versions."""

        def seen(result: Object, _moved: Object, _rest: Object) -> None:
            result[name] = see(result[name])

        yield name, seen

    def taken(self, name: str, path: Sequence[str], see: See) -> Steps:
        """It stands somewhere else."""
        first, further = path[0], len(path) > 1

        def out(result: Object, moved: Object, _rest: Object) -> None:
            found, stored = take(result, path)
            if found:
                moved[name] = see(stored)

        def renamed(result: Object, moved: Object, _rest: Object) -> None:
            moved[name] = see(result.pop(first))

        yield first, out if further else renamed

    def opened(self, wrapper: str, ways: Sequence[tuple[str, str, See]]) -> Steps:
        """All of it that the older version has stands right inside the wrapper: (name, name inside, how it is seen)."""

        def shown(result: Object, moved: Object, _rest: Object) -> None:
            held = result.pop(wrapper)
            if isinstance(held, dict):
                for name, inside, see in ways:
                    if inside in held:
                        moved[name] = see(held[inside])

        def exactly(result: Object, moved: Object, rest: Object) -> None:
            held = left = result[wrapper]
            shown(result, moved, rest)
            if isinstance(held, dict):
                left = {inside: value for inside, value in held.items() if inside not in inner}
            if left or not held:
                rest[wrapper] = left

        inner = {inside for _, inside, _ in ways}
        yield wrapper, exactly if self.exact else shown

    def copied(self, wrapper: str) -> Steps:
        """Before something is taken out of what the store keeps."""
        yield from self.straight(wrapper, copied)

    def sunk(self, name: str, risen: frozenset[str]) -> Steps:
        """Parts that rose into this object belong into one inside it."""

        def kept(result: Object, _moved: Object, rest: Object) -> None:
            if has(result[name], risen):
                rest[name] = result.pop(name)

        def sinking(part: str) -> Step:
            def sink(result: Object, _moved: Object, _rest: Object) -> None:
                result[name] = {**result.get(name, {}), part: result.pop(part)}

            return sink

        if self.exact:
            yield name, kept
        for part in sorted(risen):
            yield part, sinking(part)
