"""A type of the older version and the stored type that took its place: the ways of its attributes, learnt once."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.forms.places import FIRST, found_at, put, raised
from gateway.api.tmf630.forms.types import ASIDE
from gateway.api.tmf630.forms.views import View
from gateway.api.tmf630.forms.ways import Inside, Way, as_is
from gateway.api.tmf630.forms.written import Steps, Written

T = TypeVar("T")
Schema = Mapping[str, Any]
Look = Callable[[Schema, str, str], T]
"""Asked by the schema of an attribute in the older version, and by its stored type and the path in that."""
_NEAR = 2
"""Steps to what stands right inside a wrapper."""


class Pair:
    def __init__(self, older: str, stored: str, facts: Mapping[str, Any], written: Written) -> None:
        self.older = older
        self.stored = stored
        self._facts = facts
        self._aside = frozenset(facts.get("aside", ()))
        self._missed: list[tuple[str, list[str]]] = []
        self._ways: dict[str, Way] = {}
        self._taken: set[str] = set()
        """Stored attributes that moves write to: what an older client sends under such a name steps aside."""
        self._wrappers: set[str] = set()
        self._left: set[str] = set(self._aside)
        """Names of the older version that mean nothing in the stored form: there, they are somebody's extension."""
        self._shown, self._editable = View(written, exact=False), View(written, exact=True)

    def view(self, *, exact: bool) -> View:
        """What an older client sees; exact: from which `into` finds back, where seeing would lose something."""
        return self._editable if exact else self._shown

    def learn(self, older: Contract, inside: Look[Inside | None], options: Look[frozenset[str]]) -> None:
        """`inside`, `options`: what stands at an attribute, and the enumeration that it has to keep to."""
        attributes = older.attributes(self.older)
        missed, demanded = self._facts.get("missed", {}), older.mandatory(self.older)
        self._missed = [(name, path.split(".")) for name, path in missed.items() if name in demanded]
        for name, schema in attributes.items():
            if name not in self._aside:
                way = self._way(name, schema, inside, options)
                if way != Way((name,)):
                    self._ways[name] = way
                self._taken |= way.risen or {way.path[0]}
                self._wrappers |= {way.path[0]} if len(way.path) > 1 else set()
                self._left |= {name} - {way.path[0]}
        self._taken -= attributes.keys()
        if self.older != self.stored:
            self._ways["@type"] = Way(("@type",), values={self.older: self.stored})

    def _way(self, name: str, schema: Schema, inside: Look[Inside | None], options: Look[frozenset[str]]) -> Way:
        facts = self._facts
        path: str = facts.get("move", {}).get(name, name)
        if name in facts.get("unwrap", {}):
            return Way((name,), risen=frozenset(facts["unwrap"][name]))
        kept = name in facts.get("keep", ())
        return Way(
            tuple(path.split(".")),
            None if kept else inside(schema, self.stored, path),
            facts.get("values", {}).get(name),
            facts.get("shows", {}).get(name),
            name in facts.get("many", ()),
            options=frozenset() if kept else options(schema, self.stored, path),
        )

    def idle(self, idle: Collection[Inside]) -> bool:
        """Whether both versions have the same, given that they have it in these other types."""
        same = self.older == self.stored and not self._left and not self._missed
        return same and all(way.without(idle) == Way((name,)) for name, way in self._ways.items())

    def settle(self, idle: Collection[Inside]) -> None:
        """Work out the views, given the pairs that nobody need look into."""
        ways = {name: way.without(idle) for name, way in self._ways.items()}
        self._ways = {name: way for name, way in ways.items() if way != Way((name,))}
        for view in (self._shown, self._editable):
            view.learn(
                self._steps(view), self._recall, [(*missed, self._seen(missed[0], view)) for missed in self._missed]
            )

    def _seen(self, name: str, view: View) -> Any:
        return self._ways[name].back(exact=view.exact) if name in self._ways else as_is

    def _steps(self, view: View) -> Steps:
        """First what is not seen and what stays in its place, then what is moved, out of wrappers before the rest."""
        places = Counter(way.path[0] for way in self._ways.values())
        moved = dict(self._ways)
        if self.older != self.stored:
            yield from view.typed(self.older)
        for name in sorted(self._left):
            yield from view.unseen(name)
        for name, way in self._ways.items():
            if way.path == (name,) and places[name] == 1 and not way.risen:
                yield from view.straight(name, moved.pop(name).back(exact=view.exact))
        far = []
        for wrapper in sorted(self._wrappers):
            held = {name: way for name, way in moved.items() if way.path[0] == wrapper}
            if all(len(way.path) == _NEAR and way.path[1] != FIRST for way in held.values()):
                yield from view.opened(
                    wrapper, [(name, moved.pop(name).path[1], self._seen(name, view)) for name in held]
                )
            else:
                far.append(wrapper)
                yield from view.copied(wrapper)
        for name, way in moved.items():
            yield from (
                view.sunk(name, way.risen) if way.risen else view.taken(name, way.path, way.back(exact=view.exact))
            )
        for wrapper in far:
            yield from view.unseen(wrapper)

    def into(self, value: Any) -> Any:
        """The stored form of what an older client wrote."""
        if isinstance(value, list):
            return [self.into(item) for item in value]
        if not isinstance(value, dict):
            return value
        aside = {name: kept for name, kept in value.items() if name in self._aside or name in self._taken}
        result = {name: kept for name, kept in value.items() if name not in aside and name not in self._ways}
        left = result.pop(ASIDE, {})
        result |= left
        for name, way in self._ways.items():
            if name not in value or name in aside:
                continue
            written = value[name]
            if name == "@type" and left.get(name) == written:
                continue
            if way.risen and isinstance(written, dict):
                raised(name, written, way.risen, result)
                continue
            moved = way.into(written)
            if isinstance(written, str) and (way.homeless(moved) or way.older(moved) != written):
                aside[name] = written
            if not way.homeless(moved):
                first, *rest = way.path
                result[first] = put(result.get(first), rest, moved)
        return {**result, ASIDE: aside} if aside else result

    def _recall(self, stored: dict[str, Any], result: dict[str, Any]) -> None:
        """What was kept aside, unless something newer has taken its place."""
        for name, kept in stored[ASIDE].items():
            way = self._ways.get(name)
            if way is None:
                result[name] = kept
            elif name not in result:
                if way.homeless(way.into(kept)):
                    result[name] = kept
            elif way.into(kept) == found_at(stored, way.path):
                result[name] = kept

    def path(self, path: str) -> str:
        """A dotted path of the older version as the stored form has it."""
        first, _, rest = path.partition(".")
        way = self._ways.get(first)
        if way is None:
            return f"{ASIDE}.{path}" if first in self._aside else path
        if way.risen:
            return rest if rest.partition(".")[0] in way.risen else path
        inner = way.inner.path(rest) if way.inner is not None and rest else rest
        return ".".join(step for step in (*way.path, inner) if step not in ("", FIRST))

    def alike(self, path: str, shown: str) -> tuple[str, ...]:
        """The stored values that an older client sees as this one."""
        first, _, rest = path.partition(".")
        way = self._ways.get(first)
        if way is None:
            return (shown,)
        if rest:
            return (shown,) if way.inner is None else way.inner.alike(rest, shown)
        return way.alike(shown)
