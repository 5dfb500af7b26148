"""The `@type` that a contract demands of an object, where whoever wrote the object left it out."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.likely import Likely
from gateway.api.tmf630.forms.written import Written, applied

ASIDE = "@aside"
"""Where a stored object keeps what only an older version knows."""
_REMEMBERED = 64
"""Objects of a choice that look alike: how many sorts of them, for each choice."""
_REMEMBERED = 64


class Kinds:
    """All types of a contract, each worked out, with those inside it, when it is first met."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.called = {entry["name"]: entry["type"] for entry in contract.practice.get("called", ())}
        self.names = frozenset(name.partition("_")[0] for name in contract.schemas) | self.called.keys()
        """Every `@type` that the contract knows."""
        self.written = Written()
        self._known: dict[str, Kind] = {}

    def of(self, type: str) -> "Kind":
        kind = self._known.get(type)
        if kind is None:
            kind = self._known[type] = Kind(self, type)
            kind.learn()
        return kind


class Kind:
    """What a contract says of the objects that stand where it declares one schema."""

    def __init__(self, kinds: Kinds, name: str) -> None:
        self.name = name
        self.names = kinds.names
        self.attributes = kinds.contract.attributes(name)
        self._kinds = kinds
        self.demanded = "@type" in kinds.contract.mandatory(name)
        self._usual = self
        """What stands here unless a subtype suits better: of a choice, the one that moves.json names."""
        self._subtypes: dict[str, Kind] = {}
        """By the `@type` that may stand here, itself among them; none where the contract does not say which."""
        self._choice = False
        self._candidates: list[Kind] = [self]
        self._likely: Likely | None = None
        """Which of the candidates an object is; None: there is but one."""
        self._alike: dict[tuple[str | type, ...], Callable[[Any], Any]] = {}
        """How objects are typed that do not say their type, by what they hold: names, then Python types of values."""
        self.called = kinds.written.name()
        self.inner: dict[str, Kind] = {}
        """The attributes that hold objects."""

    def learn(self) -> None:
        """Types hold each other: each is made before it looks at the others."""
        kinds, contract = self._kinds, self._kinds.contract
        subtypes = contract.subtypes(contract.schemas.get(self.name, {}))
        called = {other: subtypes[type] for other, type in kinds.called.items() if type in subtypes}
        self._subtypes = {value: kinds.of(type) for value, type in {**subtypes, **called}.items()}
        self._choice = bool(self._subtypes) and self not in self._subtypes.values()
        usual = contract.types.get(self.name)
        if usual is not None:
            self._usual = self._subtypes.get(usual) or kinds.of(usual)
        aside = self._choice and self._usual is self
        self._candidates = list(dict.fromkeys([*(() if aside else (self._usual,)), *self._subtypes.values()]))
        if len(self._candidates) > 1:
            self._likely = Likely(contract, [kind.name for kind in self._candidates])
        types = {
            name: named(schema) or named(schema.get("items", {})) or "" for name, schema in self.attributes.items()
        }
        self.inner = {name: kinds.of(type) for name, type in types.items() if contract.attributes(type)}
        self._names = {name for kind in self._candidates for name in kind.attributes}
        self.single = self._candidates == [self]
        self.see = self._written()
        """An object that stands here, copied, with its `@type` and those inside it; anything else as it is."""
        self.whole = self.see if self.single else partial(self._typed, alone=True)
        """The same of a whole resource."""

    def _written(self) -> Callable[[Any], Any]:
        written = self._kinds.written
        typed = written.name(self._typed)
        if not self.single:
            alike = written.name(self._alike)
            found = f"{alike}.get((*value, *map(type, value.values())), {typed})"
            return written.write(self.called, f"return {found}(value) if isinstance(value, dict) else value")
        name = repr(self.name)
        stranger = f"result.setdefault('@type', {name}) != {name}" if self.demanded else "'@type' in value"
        return written.write(
            self.called,
            "if not isinstance(value, dict): return value",
            "result = value.copy()",
            f"if {ASIDE!r} in value or {stranger}: return {typed}(value)",
            [(at, f"result[{at!r}] = {applied(kind.called, f'result[{at!r}]')}") for at, kind in self.inner.items()],
            "return result",
        )

    def _typed(self, value: dict[str, Any], *, alone: bool = False) -> dict[str, Any]:
        """Of any object: a type that is a stranger's here says what it is made from."""
        typed = value.copy()
        typed.pop(ASIDE, None)
        if "@type" in typed:
            kind = self.said(typed)
            if kind is None:
                kind = self
                typed["@baseType"] = self._usual.name
        else:
            kind = self._usual if alone else self._untold(typed)
            if self.demanded:
                typed["@type"] = kind.name
        for name, inner in kind.inner.items():
            if name in typed:
                held = typed[name]
                typed[name] = [inner.see(item) for item in held] if isinstance(held, list) else inner.see(held)
        return typed

    def said(self, value: dict[str, Any]) -> "Kind | None":
        """The subtype that the object names, or says to be made from; None: its type is a stranger's here."""
        named = self._subtypes
        if not named:
            return self
        for type in (value["@type"], value.get("@baseType")):
            if isinstance(type, str) and type in named:
                return named[type]
        type = value["@type"]
        known = type == self.name or (isinstance(type, str) and not self._choice and type in self.names)
        return self if known or isinstance(value.get("@schemaLocation"), str) else None

    def declared(self, type: Any) -> frozenset[str]:
        """What else an object of this `@type` may hold here: a body that is sent, what the resource itself has."""
        names = (self.name.partition("_")[0], type if isinstance(type, str) else "")
        return frozenset(attribute for name in names for attribute in self._kinds.contract.attributes(name))

    def _untold(self, value: dict[str, Any]) -> "Kind":
        """The type of an object that does not say it."""
        kind = self._candidates[0 if self._likely is None else self._likely(value)]
        held: tuple[str | type, ...] = (*value, *map(type, value.values()))
        # What is in a list tells as well. Of the names only the contract's own are remembered: a client's may be long.
        if kind.single and kind.demanded == self.demanded and list not in held and value.keys() <= self._names:
            if len(self._alike) == _REMEMBERED:
                self._alike.clear()
            self._alike[held] = kind.see
        return kind
