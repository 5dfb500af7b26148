"""The `@type` that a contract demands of an object, where whoever wrote the object left it out."""

from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.likely import Likely

ASIDE = "@aside"
"""Where a stored object keeps what only an older version knows."""


class Kinds:
    """All types of a contract, each worked out, with those inside it, when it is first met."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.called = {entry["name"]: entry["type"] for entry in contract.practice.get("called", ())}
        self.names = frozenset(name.partition("_")[0] for name in contract.schemas) | self.called.keys()
        """Every `@type` that the contract knows."""
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
        self._demanded = "@type" in kinds.contract.mandatory(name)
        self._usual = self
        """What stands here unless a subtype suits better: of a choice, the one that moves.json names."""
        self._subtypes: dict[str, Kind] = {}
        """By the `@type` that may stand here, itself among them; none where the contract does not say which."""
        self._choice = False
        self._candidates: list[Kind] = [self]
        self._likely: Likely | None = None
        """Which of the candidates an object is; None: there is but one."""
        self.inner: dict[str, Kind] = {}
        """The attributes that hold objects."""
        self.holding: frozenset[str] = frozenset()

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
        self.holding = frozenset(self.inner)

    def typed(self, value: dict[str, Any], *, alone: bool = False) -> dict[str, Any]:
        """The object with its `@type` and those inside it; itself where none is missing. Alone: a whole resource.

        A type that is a stranger's here says what it is made from.
        """
        if ASIDE in value:
            value = {name: held for name, held in value.items() if name != ASIDE}
        typed = value
        if "@type" in value:
            said = self.said(value)
            kind = said or self
            if said is None:
                typed = {**value, "@baseType": self._usual.name}
        else:
            kind = self._usual if alone else self._untold(value)
            if self._demanded:
                typed = {**value, "@type": kind.name}
        for name in kind.holding.intersection(value):
            after = kind.inner[name].each(value[name])
            if after is not value[name]:
                typed = value.copy() if typed is value else typed
                typed[name] = after
        return typed

    def each(self, value: Any) -> Any:
        """Such an object or a list of them, each typed; itself where nothing is missing."""
        if isinstance(value, dict):
            return self.typed(value)
        if not isinstance(value, list):
            return value
        typed = [self.typed(item) if isinstance(item, dict) else item for item in value]
        return value if typed == value else typed

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
        return self._candidates[0 if self._likely is None else self._likely(value)]
