"""How a body goes from the version that a client speaks to the stored one and back, by data alone.

`contracts/tmf/moves.json` holds what is the same in every API, `contracts/tmf/<TMFnnn>/moves.json` what is its own and
goes before it:

    resources  a collection's name in the stored form            {"catalog": "productCatalog"}
    typed      the @type of a choice where nobody said which     {"PartyRefOrPartyRoleRef": "PartyRef"}
    types      by the older version's type, and by `Old > New` where one type became two:
      as       a resource's type in the stored form              "ProductCatalog"
      move     rename, or wrap by a dotted path                  {"constraint": "policy", "id": "partyOrPartyRole.id"}
               or into the first of a list                       {"externalId": "externalIdentifier.0.id"}
      unwrap   attributes of an object that rise to its parent;  {"characteristic": ["city", "emailAddress"]}
               what else the object has stays
      many     one of it in the older version, a list now        ["place"]
      values   enumeration, older to stored; two may become one  {"status": {"deceaded": "deceased"}}
      shows    what an older client sees of a newer value        {"state": {"suspended": "inactive"}}
      missed   what the older contract demands and nobody wrote: {"name": "partyOrPartyRole.id"}
               this is shown instead
      keep     stays where it is, undeclared by the stored form  ["value"]
      aside    has no home in the stored form: kept unseen       ["lifecycleStatus"]

Which type stands at an attribute is read from both contracts; an `@type` that names it is renamed with it. A value
that the stored form's enumeration lacks is kept aside. `Old > New` replaces `Old`, an API's own entry the shared one.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.places import FIRST, copied, found_at, has, put, raised, reached, sunk, take
from gateway.api.tmf630.forms.types import ASIDE

_NEAR = 2
"""Steps to what stands right inside a wrapper."""


@dataclass(frozen=True, slots=True)
class _Way:
    """Where one attribute of the older version is stored, and as what."""

    path: tuple[str, ...]
    inner: "Pair | None" = None
    values: Mapping[str, str] | None = None
    shows: Mapping[str, str] | None = None
    many: bool = False
    risen: frozenset[str] = frozenset()
    """Of an object that is unwrapped: which attributes rise."""
    options: frozenset[str] = frozenset()
    """What the stored form's enumeration allows; nothing: anything."""

    def into(self, written: Any) -> Any:
        if self.values is not None and isinstance(written, str):
            return self.values.get(written, written)
        if self.many and isinstance(written, dict):
            written = [written]
        return written if self.inner is None else self.inner.into(written)

    def back(self, stored: Any, *, exact: bool) -> Any:
        if self.values is not None and isinstance(stored, str):
            stored = next((older for older, value in self.values.items() if value == stored), stored)
        if self.shows is not None and isinstance(stored, str) and not exact:
            stored = self.shows.get(stored, stored)
        if self.many and isinstance(stored, list) and (len(stored) == 1 or (stored and not exact)):
            stored = stored[0]
        return stored if self.inner is None else self.inner.back(stored, exact=exact)

    def homeless(self, stored: Any) -> bool:
        return bool(self.options) and isinstance(stored, str) and stored not in self.options

    def without(self, idle: "Collection[Pair]") -> "_Way":
        """This way, which need not look into what is the same in both versions."""
        return replace(self, inner=None) if self.inner in idle else self

    def alike(self, shown: str) -> tuple[str, ...]:
        """The stored values that an older client sees as this one."""
        stored = (self.values or {}).get(shown, shown)
        return stored, *(newer for newer, older in (self.shows or {}).items() if older == shown)


class Moves:
    """All pairs of types that stand at the same place in the two versions of an API."""

    def __init__(self, older: Contract, stored: Contract) -> None:
        self.older = older
        self.stored = stored
        self._types: Mapping[str, Any] = older.moves.get("types", {})
        self._pairs: dict[tuple[str, str], Pair] = {}
        self._resources: dict[str, Pair] = {}

    def of(self, type: str) -> "Pair":
        """The pair of a resource's type."""
        found = self._resources.get(type)
        if found is None:
            found = self._resources[type] = self.pair(type, self._types.get(type, {}).get("as", type))
            self._settle()
        return found

    def pair(self, older: str, stored: str) -> "Pair":
        found = self._pairs.get((older, stored))
        if found is None:
            found = self._pairs[older, stored] = Pair(older, stored, self.facts(older, stored))
            found.learn(self)
        return found

    def _settle(self) -> None:
        """Forget the way into types that are the same in both versions, with all that is inside them."""
        idle, before = list(self._pairs.values()), -1
        while len(idle) != before:
            before = len(idle)
            idle = [pair for pair in idle if pair.idle(idle)]
        for pair in self._pairs.values():
            pair.settle(idle)

    def facts(self, older: str, stored: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._types.get(f"{older} > {stored}", self._types.get(older, {}))
        return found

    def inner(self, schema: Mapping[str, Any], stored: str, path: str) -> "Pair | None":
        """The pair at an attribute of this schema that is stored under this path of a type."""
        older, newer = _type(schema), _type(schema_at(self.stored, stored, path) or {})
        if older is None or newer is None or not self.older.attributes(older):
            return None
        return self.pair(older, newer)

    def options(self, schema: Mapping[str, Any], stored: str, path: str) -> frozenset[str]:
        """The stored form's enumeration, where it is not the older one's."""
        older = self.older.resolved(schema).get("enum", ())
        newer = self.stored.resolved(schema_at(self.stored, stored, path) or {}).get("enum", ())
        return frozenset() if older and set(older) <= set(newer) else frozenset(newer)


class Pair:
    """A type of the older version and the stored type that took its place."""

    def __init__(self, older: str, stored: str, facts: Mapping[str, Any]) -> None:
        self.older = older
        self.stored = stored
        self._facts = facts
        self._aside = frozenset(facts.get("aside", ()))
        self._missed: list[tuple[str, list[str]]] = []
        self._ways: dict[str, _Way] = {}
        self._straight: dict[str, _Way] = {}
        self._moved: dict[str, _Way] = {}
        self._taken: set[str] = set()
        """Stored attributes that moves write to: what an older client sends under such a name steps aside."""
        self._unseen: set[str] = {ASIDE}
        self._wrapped: dict[str, dict[str, _Way]] = {}
        """Wrappers whose attributes all stand right inside them, with what is taken out of them there."""
        self._wrappers: set[str] = set()
        self._left: set[str] = set(self._aside)
        """Names of the older version that mean nothing in the stored form: there, they are somebody's extension."""

    def learn(self, moves: Moves) -> None:
        attributes = moves.older.attributes(self.older)
        missed, demanded = self._facts.get("missed", {}), moves.older.mandatory(self.older)
        self._missed = [(name, path.split(".")) for name, path in missed.items() if name in demanded]
        for name, schema in attributes.items():
            if name not in self._aside:
                way = self._way(moves, name, schema)
                if way != _Way((name,)):
                    self._ways[name] = way
                self._taken |= way.risen or {way.path[0]}
                self._wrappers |= {way.path[0]} if len(way.path) > 1 else set()
                self._left |= {name} - {way.path[0]}
        self._taken -= attributes.keys()
        if self.older != self.stored:
            self._ways["@type"] = _Way(("@type",), values={self.older: self.stored})

    def idle(self, idle: "Collection[Pair]") -> bool:
        """Whether both versions have the same, given that they have it in these other types."""
        same = self.older == self.stored and not self._left and not self._missed
        return same and all(way.without(idle) == _Way((name,)) for name, way in self._ways.items())

    def settle(self, idle: "Collection[Pair]") -> None:
        ways = {name: way.without(idle) for name, way in self._ways.items()}
        self._ways = {name: way for name, way in ways.items() if way != _Way((name,))}
        places = Counter(way.path[0] for way in self._ways.values())
        self._straight = {
            name: way for name, way in self._ways.items() if way.path == (name,) and places[name] == 1 and not way.risen
        }
        self._moved = {name: way for name, way in self._ways.items() if name not in self._straight}
        self._unseen = self._left | {ASIDE}
        for wrapper in self._wrappers:
            held = {name: way for name, way in self._moved.items() if way.path[0] == wrapper}
            if all(len(way.path) == _NEAR and way.path[1] != FIRST for way in held.values()):
                self._wrapped[wrapper] = held
        for held in self._wrapped.values():
            self._moved = {name: way for name, way in self._moved.items() if name not in held}

    def _way(self, moves: Moves, name: str, schema: Mapping[str, Any]) -> _Way:
        facts = self._facts
        path: str = facts.get("move", {}).get(name, name)
        if name in facts.get("unwrap", {}):
            return _Way((name,), risen=frozenset(facts["unwrap"][name]))
        kept = name in facts.get("keep", ())
        return _Way(
            tuple(path.split(".")),
            None if kept else moves.inner(schema, self.stored, path),
            facts.get("values", {}).get(name),
            facts.get("shows", {}).get(name),
            name in facts.get("many", ()),
            options=frozenset() if kept else moves.options(schema, self.stored, path),
        )

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
            if isinstance(written, str) and (way.homeless(moved) or way.back(moved, exact=True) != written):
                aside[name] = written
            if not way.homeless(moved):
                first, *rest = way.path
                result[first] = put(result.get(first), rest, moved)
        return {**result, ASIDE: aside} if aside else result

    def back(self, value: Any, *, exact: bool) -> Any:
        """What an older client sees; exact: from which `into` finds back, where seeing would lose something."""
        if isinstance(value, list):
            return [self.back(item, exact=exact) for item in value]
        return self._object_back(value, exact=exact) if isinstance(value, dict) else value

    def _object_back(self, value: dict[str, Any], *, exact: bool) -> dict[str, Any]:
        left = self._left & value.keys()
        rest = {name: inner for name, inner in value.items() if name in left} if left else {}
        if self.older != self.stored and value.get("@type") == self.older:
            rest["@type"] = self.older
        result = self._in_place(value, exact=exact)
        shown: dict[str, Any] = {}
        for wrapper in self._wrappers & result.keys():
            self._open(wrapper, result, shown, rest, exact=exact)
        for name, way in self._moved.items():
            if way.risen:
                if exact and has(result.get(name), way.risen):
                    rest[name] = result.pop(name)
                sunk(name, way.risen, result)
                continue
            if way.path[0] in result:
                found, stored = take(result, way.path)
                if found:
                    shown[name] = way.back(stored, exact=exact)
        rest |= {name: result.pop(name) for name in self._wrappers if name in result}
        result |= shown
        for name, kept in value.get(ASIDE, {}).items():
            self._recall(name, kept, value, result)
        if exact:
            return {**result, ASIDE: rest} if rest else result
        self._fill(value, result)
        return result

    def _open(
        self, wrapper: str, result: dict[str, Any], shown: dict[str, Any], rest: dict[str, Any], *, exact: bool
    ) -> None:
        """Take a wrapper out of the result: what is moved out of it is shown, what else it holds is the rest."""
        ways = self._wrapped.get(wrapper)
        if ways is None:
            result[wrapper] = copied(result[wrapper])
            return
        held = result.pop(wrapper)
        left = held.copy() if isinstance(held, dict) else held
        if isinstance(held, dict):
            for name, way in ways.items():
                inner = way.path[1]
                if inner in left:
                    shown[name] = way.back(left.pop(inner), exact=exact)
        if left or not held:
            rest[wrapper] = left

    def _in_place(self, value: dict[str, Any], *, exact: bool) -> dict[str, Any]:
        """What has the same name in both versions."""
        result = value.copy()
        for name in self._unseen & value.keys():
            del result[name]
        for name in self._straight.keys() & result.keys():
            result[name] = self._straight[name].back(result[name], exact=exact)
        return result

    def _fill(self, stored: dict[str, Any], result: dict[str, Any]) -> None:
        for name, path in self._missed:
            value = None if name in result else reached(stored, path)
            if value is not None:
                way = self._ways.get(name)
                result[name] = value if way is None else way.back(value, exact=False)

    def _recall(self, name: str, kept: Any, value: Any, result: dict[str, Any]) -> None:
        """What was kept aside, unless something newer has taken its place."""
        way = self._ways.get(name)
        if way is None:
            result[name] = kept
        elif name not in result:
            if way.homeless(way.into(kept)):
                result[name] = kept
        elif way.into(kept) == found_at(value, way.path):
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


def schema_at(contract: Contract, type: str, path: str) -> Mapping[str, Any] | None:
    """What a contract declares at a dotted path of a type; empty inside an object that declares nothing."""
    if type not in contract.schemas:
        return None
    schema: Mapping[str, Any] = contract.schemas[type]
    for step in path.split("."):
        schema = contract.resolved(schema)
        schema = contract.resolved(schema["items"]) if "items" in schema else schema
        attributes = dict(contract.properties(schema))
        for subtype in contract.subtypes(schema).values():
            attributes = {**contract.attributes(subtype), **attributes}
        if not attributes and schema.get("type", "object") == "object":
            return {}
        if step not in attributes:
            return None
        schema = attributes[step]
    return schema


def _type(schema: Mapping[str, Any]) -> str | None:
    return named(schema) or named(schema.get("items", {}))
