"""The `@type` that a contract demands of an object, where whoever wrote the object left it out."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named

ASIDE = "@aside"
"""Where a stored object keeps what only an older version knows."""

_JSON: Mapping[type, Mapping[str, int]] = {
    bool: {"boolean": 2},
    int: {"integer": 2, "number": 1},
    Decimal: {"number": 2},
    str: {"string": 2},
    dict: {"object": 2},
}
"""How well a value suits a schema's type: a whole number is an integer rather than a number."""


class Kinds:
    """All types of a contract, each worked out when it is first met."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.called = {entry["name"]: entry["type"] for entry in contract.practice.get("called", ())}
        self.names = frozenset(name.partition("_")[0] for name in contract.schemas) | self.called.keys()
        self._known: dict[str, Kind] = {}

    def of(self, type: str) -> "Kind":
        kind = self._known.get(type)
        if kind is None:
            kind = self._known[type] = Kind(self, type)
        return kind


class Kind:
    """What a contract says of the objects that stand where it declares one schema."""

    def __init__(self, kinds: Kinds, name: str) -> None:
        self._kinds = kinds
        self._contract = kinds.contract
        self.name = name
        self.demanded = "@type" in self._contract.mandatory(name)

    @property
    def names(self) -> frozenset[str]:
        """Every `@type` that the contract knows."""
        return self._kinds.names

    @cached_property
    def _subtypes(self) -> dict[str, "Kind"]:
        """By the `@type` that may stand here, itself among them; none where the contract does not say which."""
        named = self._contract.subtypes(self._contract.schemas.get(self.name, {}))
        called = {other: named[type] for other, type in self._kinds.called.items() if type in named}
        return {value: self._kinds.of(type) for value, type in {**named, **called}.items()}

    @cached_property
    def _choice(self) -> bool:
        return bool(self._subtypes) and self not in self._subtypes.values()

    @cached_property
    def _usual(self) -> "Kind":
        """What stands here unless a subtype suits better: of a choice, the one that moves.json names."""
        usual = self._contract.types.get(self.name)
        return self if usual is None else self._subtypes.get(usual) or self._kinds.of(usual)

    @cached_property
    def attributes(self) -> Mapping[str, Any]:
        return self._contract.attributes(self.name)

    @cached_property
    def _needed(self) -> frozenset[str]:
        return self._contract.mandatory(self.name) - {"@type"}

    @cached_property
    def inner(self) -> list[tuple[str, "Kind"]]:
        """The attributes that hold objects."""
        types = {
            name: named(schema) or named(schema.get("items", {})) or "" for name, schema in self.attributes.items()
        }
        return [(name, self._kinds.of(type)) for name, type in types.items() if self._contract.attributes(type)]

    def typed(self, value: dict[str, Any], *, alone: bool = False) -> dict[str, Any]:
        """The object with its `@type` and those inside it; itself where none is missing. Alone: a whole resource.

        A type that is a stranger's here says what it is made from.
        """
        changed: dict[str, Any] = {}
        if "@type" not in value:
            kind = self._usual if alone else self._likely(value)
            if self.demanded:
                changed["@type"] = kind.name
        else:
            said = self.said(value)
            kind = said or self
            if said is None:
                changed["@baseType"] = self._usual.name
        for name, inner in kind.inner:
            if name in value:
                held = value[name]
                after = inner.each(held) if isinstance(held, list) else _typed(inner, held)
                if after is not held:
                    changed[name] = after
        if ASIDE in value:
            return {name: held for name, held in value.items() if name != ASIDE} | changed
        return {**value, **changed} if changed else value

    def each(self, values: list[Any]) -> list[Any]:
        """A list of such objects, each typed; itself where nothing is missing."""
        typed = [_typed(self, value) for value in values]
        same = all(after is value for after, value in zip(typed, values, strict=True))
        return values if same else typed

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
        return frozenset(attribute for name in names for attribute in self._contract.attributes(name))

    def _likely(self, value: dict[str, Any]) -> "Kind":
        """The subtype that declares most of what the object holds."""
        best = self._usual
        if not self._subtypes:
            return best
        most = best.suits(value)
        if best is self and self._choice:
            most = -1
        for kind in self._subtypes.values():
            suits = kind.suits(value)
            if suits > most:
                best, most = kind, suits
        return best

    def suits(self, value: dict[str, Any]) -> int:
        """How much of an object is declared here."""
        if not self._needed <= value.keys():
            return 0
        return sum(self._fits(self.attributes[name], held) for name, held in value.items() if name in self.attributes)

    def _fits(self, schema: Mapping[str, Any], value: Any) -> int:
        schema = self._contract.resolved(schema)
        if isinstance(value, list):
            if schema.get("type") != "array":
                return 0
            return self._fits(schema.get("items", {}), value[0]) if value else 1
        return _JSON.get(type(value), {}).get(schema.get("type", "object"), 0)


def _typed(kind: Kind, value: Any) -> Any:
    return kind.typed(value) if isinstance(value, dict) else value
