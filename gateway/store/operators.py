"""The one table of filter operators: the edge derives its suffixes and symbols from it, the store its SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.store.attributes import Sought

Clause = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Operator:
    symbol: str
    """How a query may also write it: `amount>10`, `amount.gt=10`."""
    where: Callable[[Sought], tuple[Clause, ...]]
    """Alternatives over a row of the attribute index (text, number, instant); each one is a range of an index."""


def _compared(comparison: str) -> Callable[[Sought], tuple[Clause, ...]]:
    """As numbers when both are numbers, as instants when both are instants, otherwise as text."""

    def where(sought: Sought) -> tuple[Clause, ...]:
        if sought.number is not None:
            as_number: Clause = (f"number {comparison} ?", (sought.number.number,))
            return as_number, (f"number IS NULL AND text {comparison} ?", (sought.written,))
        if sought.instant is not None:
            as_instant: Clause = (f"instant {comparison} ?", (sought.instant,))
            return as_instant, (f"instant IS NULL AND text {comparison} ?", (sought.written,))
        return ((f"text {comparison} ?", (sought.written,)),)

    return where


def _equal(sought: Sought) -> tuple[Clause, ...]:
    """Two neighbouring decimals may share one float, so numbers are equal only when their texts are."""
    if sought.number is not None:
        exact: Clause = ("number = ? AND text = ?", (sought.number.number, sought.number.text))
        return exact, ("number IS NULL AND text = ?", (sought.written,))
    return _compared("=")(sought)


OPERATORS: dict[str, Operator] = {
    "eq": Operator("==", _equal),
    "gt": Operator(">", _compared(">")),
    "gte": Operator(">=", _compared(">=")),
    "lt": Operator("<", _compared("<")),
    "lte": Operator("<=", _compared("<=")),
}
