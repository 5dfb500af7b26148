"""The one table of filter operators: the edge derives its suffixes and symbols from it, the store its SQL."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.page import Condition
from gateway.store.attributes import Sought, Value, is_shortened, leaf, seek
from gateway.store.patterns import beginning, finder

Clause = tuple[str, tuple[Any, ...]]
Where = Callable[[Sought], tuple[Clause, ...]]
Compares = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Operator:
    symbols: tuple[str, ...]
    """How a query may also write it: `amount>10`, `amount.gt=10`."""
    where: Where
    """Alternatives over a row of the attribute index (text, number, instant); each one is a range of an index."""
    compares: Compares | None = None
    """The same of two values in memory."""
    meets: Callable[[str], Callable[[str], bool]] | None = None
    """What a range can only narrow: whether a whole text meets the value; ValueError for a value that is none."""


def _compared(comparison: str) -> Where:
    """A number with numbers, an instant with instants; whatever else is a text compares as text."""

    def where(sought: Sought) -> tuple[Clause, ...]:
        as_text: Clause = (f"number IS NULL AND text {comparison} ?", (sought.written,))
        if sought.number is not None:
            return (*_beside(comparison, sought.number), as_text)
        if sought.instant is not None:
            return (f"instant {comparison} ?", (sought.instant,)), (f"instant IS NULL AND {as_text[0]}", as_text[1])
        return (as_text,)

    return where


_TURNED = str.maketrans("<>", "><")


def _beside(comparison: str, number: Value) -> tuple[Clause, ...]:
    """Neighbouring decimals may share one float: then their texts tell them apart, below zero the other way round."""
    among = comparison.translate(_TURNED) if number.text.startswith("-") else comparison
    shared: Clause = (f"number = ? AND text {among} ?", (number.number, number.text))
    return (shared,) if comparison == "=" else ((f"number {comparison[0]} ?", (number.number,)), shared)


def _begun(sought: Sought) -> tuple[Clause, ...]:
    """Whatever begins as the pattern says, or everything: more than what meets it, never less."""
    begins = "" if is_shortened(sought.written) else beginning(sought.written)
    if not begins:
        return ("number IS NULL", ()), ("number IS NOT NULL", ())
    bounds = (begins, begins[:-1] + chr(ord(begins[-1]) + 1))
    return tuple((f"number IS {known}NULL AND text >= ? AND text < ?", bounds) for known in ("", "NOT "))


OPERATORS: dict[str, Operator] = {
    "eq": Operator(("==",), _compared("="), operator.eq),
    "gt": Operator((">",), _compared(">"), operator.gt),
    "gte": Operator((">=",), _compared(">="), operator.ge),
    "lt": Operator(("<",), _compared("<"), operator.lt),
    "lte": Operator(("<=",), _compared("<="), operator.le),
    "regex": Operator(("=~", "*="), _begun, meets=finder),
}


def holds(value: Any, condition: Condition) -> bool:
    """Whether a value in memory meets a condition as its row of the index would; an array, where an element does."""
    if isinstance(value, list):
        return any(holds(inner, condition) for inner in value)
    found, by = leaf(value), OPERATORS[condition.operator]
    if found is None:
        return False
    if by.meets is not None:
        text = value if isinstance(value, str) else found.text
        return any(by.meets(wanted)(text) for wanted in condition.values)
    compares = by.compares
    return compares is not None and any(_meets(found, compares, seek(wanted)) for wanted in condition.values)


def _meets(found: Value, compares: Compares, sought: Sought) -> bool:
    if found.number is not None:
        return sought.number is not None and compares(Decimal(found.text), Decimal(sought.number.text))
    if found.instant is not None and sought.instant is not None:
        return compares(found.instant, sought.instant)
    return compares(found.text, sought.written)
