"""Which of several types an object has that does not say it: likely the one that declares most of what it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import add
from typing import Any

from gateway.api.tmf630.contract import Contract

_SUITS: Mapping[str, Mapping[type, int]] = {
    "boolean": {bool: 2},
    "integer": {int: 2},
    "number": {int: 1, Decimal: 2},
    "string": {str: 2},
    "object": {dict: 2},
}
"""How well a value suits a schema's type: a whole number is an integer rather than a number."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well values suit one schema."""

    plain: Mapping[type, int]
    items: "_Fit | None"
    """Of an array."""

    def __call__(self, value: Any) -> int:
        if not isinstance(value, list):
            return self.plain.get(type(value), 0)
        if self.items is None:
            return 0
        return self.items(value[0]) if value else 1


_UNDECLARED = _Fit({}, None)


class Likely:
    """Chooses among types of a contract, given by their places; of equals the first."""

    def __init__(self, contract: Contract, types: Sequence[str]) -> None:
        needed = [contract.mandatory(type) - {"@type"} for type in types]
        self._needed = [
            (names, [place for place, each in enumerate(needed) if each == names]) for names in set(needed) if names
        ]
        """What objects cannot do without, and which of the types they then cannot have."""
        names = {name for type in types for name in contract.attributes(type)}
        fits = {name: [_fit(contract, contract.attributes(type).get(name)) for type in types] for name in names}
        self._fits = {name: each for name, each in fits.items() if self._needed or each.count(each[0]) < len(each)}
        """By the attributes that tell something: how values suit them in each of the types."""
        self._rows = {name: _rows(each) for name, each in self._fits.items()}
        self._nothing: Sequence[int] = (0,) * len(types)

    def __call__(self, value: dict[str, Any]) -> int:
        suits = self._nothing
        for name, held in value.items():
            rows = self._rows.get(name)
            if rows is not None:
                listed = isinstance(held, list)
                row = [fit(held) for fit in self._fits[name]] if listed else rows.get(type(held), self._nothing)
                suits = tuple(map(add, suits, row))
        for names, places in self._needed:
            if not names <= value.keys():
                suits = [0 if place in places else each for place, each in enumerate(suits)]
        return suits.index(max(suits))


def _fit(contract: Contract, schema: Mapping[str, Any] | None) -> _Fit:
    if schema is None:
        return _UNDECLARED
    schema = contract.resolved(schema)
    declared = schema.get("type", "object")
    return _Fit(_SUITS.get(str(declared), {}), _fit(contract, schema.get("items", {})) if declared == "array" else None)


def _rows(fits: Sequence[_Fit]) -> dict[type, tuple[int, ...]]:
    kinds = {kind for fit in fits for kind in fit.plain}
    return {kind: tuple(fit.plain.get(kind, 0) for fit in fits) for kind in kinds}
