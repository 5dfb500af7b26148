"""Filters by attribute, from how a client writes them to conditions that a store compares."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from contracts.page import Condition
from gateway.api.tmf630.errors import malformed
from gateway.api.tmf630.moments import as_stored, read_moment
from gateway.store.operators import OPERATORS, Operator

_PATH = re.compile(r"[\w@.:-]+")
_PIECE = re.compile(r"\"([^\"]*)\"(?=[,;]|$)|'([^']*)'(?=[,;]|$)|([^,;]*)", re.DOTALL)
# A plus sign that nobody escaped arrives as a space.
_NUMBER = re.compile(r"[+ ]?(-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?)")
_LOWER, _UPPER = ("gt", "gte"), ("lt", "lte")
LONGEST_RANGE = timedelta(days=50 * 366)


def read_condition(written: str, operators: Mapping[str, Operator] = OPERATORS) -> Condition:
    """`price.gt=5`, `price>5`, `state=a,b`, and by semicolon whatever else is as good: `state=a;price>5`."""
    conditions: list[Condition] = []
    rest: str | None = written
    while rest is not None:
        path, operator, value = _split(rest, operators)
        values, rest = _values(value, operators, whole=operators[operator].meets is not None)
        conditions.append(Condition(path, operator, values))
    return replace(conditions[0], otherwise=tuple(conditions[1:]))


def gathered(conditions: list[Condition]) -> tuple[Condition, ...]:
    """Repeating a name adds alternatives: `state=a&state=b` is `state=a,b`."""
    alternatives: dict[tuple[Any, ...], list[str]] = {}
    for number, condition in enumerate(conditions):
        own = number if condition.otherwise else None
        alternatives.setdefault((condition.path, condition.operator, condition.otherwise, own), []).extend(
            condition.values
        )
    return tuple(
        Condition(path, operator, tuple(dict.fromkeys(values)), otherwise)
        for (path, operator, otherwise, _), values in alternatives.items()
    )


def count(conditions: tuple[Condition, ...]) -> tuple[int, int]:
    """How many conditions, and how many values they have between them."""
    every = [each for condition in conditions for each in (condition, *condition.otherwise)]
    return len(every), sum(len(each.values) for each in every)


def comparable(condition: Condition, format: str | None, type: str | None) -> Condition:
    """The condition with values as they are stored, or a refusal where a comparison makes no sense."""
    if condition.operator == "regex":
        return _checked(condition)
    if format in ("date-time", "date"):
        read, wanted = _stored_moment, "a date and time, such as 2026-01-31T12:00:00Z"
    elif type in ("number", "integer"):
        read, wanted = _stored_number, "a number"
    elif type == "boolean":
        return replace(condition, values=tuple(value.lower() for value in condition.values))
    else:
        return condition
    values = [read(value) for value in condition.values]
    if condition.operator != "eq" and None in values:
        raise malformed("query.value", f"{condition.path} compares with {wanted}")
    if format == "date":
        return condition
    # Nothing equals what is no such value, unless an extension has it as a text.
    told = zip(condition.values, values, strict=True)
    return replace(condition, values=tuple(given if value is None else value for given, value in told))


def check_ranges(conditions: tuple[Condition, ...]) -> None:
    """A range of time that spans half a century asks for everything there ever was."""
    bounds: dict[str, tuple[list[datetime], list[datetime]]] = {}
    for condition in conditions:
        lower, upper = bounds.setdefault(condition.path, ([], []))
        side = lower if condition.operator in _LOWER else upper if condition.operator in _UPPER else []
        side.extend(instant for value in condition.values if (instant := read_moment(value)))
    for path, (lower, upper) in bounds.items():
        if any(end - start > LONGEST_RANGE for start, end in product(lower, upper)):
            raise malformed("query.range", f"{path} is asked for more than fifty years")


def _split(written: str, operators: Mapping[str, Operator]) -> tuple[str, str, str]:
    """The first sign after the path decides which operator it is."""
    match = _PATH.match(written)
    if match is None:
        raise malformed("query.name", "a condition must begin with the path of an attribute")
    path, rest = match[0], written[match.end() :]
    for symbol, operator in _symbols(operators):
        if rest.startswith(symbol):
            return path, operator, rest[len(symbol) :]
    if not rest.startswith("="):
        raise malformed("query.operator", f"{path[:80]} is not followed by an operator that this API knows")
    before, _, suffix = path.rpartition(".")
    return (before, suffix, rest[1:]) if before and suffix in operators else (path, "eq", rest[1:])


def _symbols(operators: Mapping[str, Operator]) -> Iterator[tuple[str, str]]:
    """Longer signs first: `>=` is not `>`."""
    signs = ((symbol, name) for name, operator in operators.items() for symbol in operator.symbols)
    yield from sorted(signs, key=lambda sign: -len(sign[0]))


def _values(written: str, operators: Mapping[str, Operator], *, whole: bool) -> tuple[tuple[str, ...], str | None]:
    """Alternatives by comma and semicolon, without one pair of quotes, and the next condition where one follows.

    A `whole` value holds commas of its own: a pattern.
    """
    values: list[str] = []
    at = 0
    while True:
        piece = _PIECE.match(written, at)
        assert piece is not None
        values.append(next(group for group in piece.groups() if group is not None))
        at = piece.end()
        following = written[at + 1 :] if written[at : at + 1] == ";" else None
        ends = at >= len(written) or (following is not None and _begins(following, operators))
        if ends:
            alone = len(values) == 1 or not whole
            return tuple(values) if alone else (written[:at],), following
        at += 1


def _begins(written: str, operators: Mapping[str, Operator]) -> bool:
    path = _PATH.match(written)
    signs = ("=", *(symbol for symbol, _ in _symbols(operators)))
    return path is not None and written[path.end() :].startswith(signs)


def _checked(condition: Condition) -> Condition:
    meets = OPERATORS[condition.operator].meets
    for value in condition.values:
        try:
            if meets is not None:
                meets(value)
        except ValueError as error:
            raise malformed(
                "query.pattern", f"{condition.path} is compared with no valid regular expression"
            ) from error
    return condition


def _stored_moment(value: str) -> str | None:
    moment = read_moment(value)
    return None if moment is None else as_stored(moment)


def _stored_number(value: str) -> str | None:
    match = _NUMBER.fullmatch(value)
    return match and match[1]
