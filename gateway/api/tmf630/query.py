"""The query of a list: fields, paging and filters, understood by the contract and one table of operators."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote_plus, urlencode

from contracts.page import Condition, Window
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.reading import is_hostile
from gateway.store.operators import OPERATORS, Operator

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_OFFSET = 10**9
MAX_CONDITIONS = 50
MAX_QUERY = 8_192
_PAGING = ("fields", "offset", "limit")
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Asking:
    """A query as it was written: what is to be shown, which page, which conditions in the client's own paths."""

    fields: str | None = None
    offset: int | None = None
    limit: int | None = None
    conditions: tuple[Condition, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()
    """Everything but the page, for the links to the other pages."""

    @property
    def paged(self) -> bool:
        """Whether the client asked for a page; only then a partial answer is a 206."""
        return self.offset is not None or self.limit is not None

    def window(self, conditions: tuple[Condition, ...]) -> Window:
        limit = DEFAULT_LIMIT if self.limit is None else min(self.limit, MAX_LIMIT)
        return Window(self.offset or 0, limit, conditions)

    def page(self, offset: int, limit: int) -> str:
        return urlencode([*self.rest, ("offset", offset), ("limit", limit)])


def read_query(raw: bytes, operators: Mapping[str, Operator] = OPERATORS) -> Asking:
    if len(raw) > MAX_QUERY:
        raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG, "query.length", f"the query is longer than {MAX_QUERY} bytes")
    paging: dict[str, str] = {}
    alternatives: dict[tuple[str, str], list[str]] = {}
    rest: list[tuple[str, str]] = []
    for written in _pairs(raw):
        name, operator, value = _split(written, operators)
        if name in _PAGING and operator == "eq":
            if name in paging:
                raise malformed("query.repeated", f"{name} is given more than once")
            paging[name] = value
        else:
            alternatives.setdefault((name, operator), []).extend(_values(value))
        if name not in ("offset", "limit"):
            rest.append((f"{name}.{operator}" if operator != "eq" else name, value))
    if len(alternatives) > MAX_CONDITIONS:
        raise malformed("query.conditions", f"a query has at most {MAX_CONDITIONS} conditions")
    return Asking(
        fields=paging.get("fields"),
        offset=_number("offset", paging.get("offset"), 0, MAX_OFFSET),
        limit=_number("limit", paging.get("limit"), 1, None),
        conditions=tuple(Condition(path, operator, tuple(values)) for (path, operator), values in alternatives.items()),
        rest=tuple(rest),
    )


def comparable(condition: Condition, format: str | None, type: str | None) -> Condition:
    """The condition with instants as they are stored, or a refusal where a comparison makes no sense."""
    if format == "date-time":
        # A plus sign that nobody escaped arrives as a space.
        values = tuple(re.sub(r" (\d\d:\d\d)$", r"+\1", value) for value in condition.values)
        if condition.operator != "eq" and not all(_is_instant(value) for value in values):
            raise malformed(
                "query.value", f"{condition.path} compares with a date and time, such as 2026-01-31T12:00:00Z"
            )
        return Condition(condition.path, condition.operator, values)
    if type in ("number", "integer") and condition.operator != "eq":
        for value in condition.values:
            if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", value):
                raise malformed("query.value", f"{condition.path} compares with a number")
    return condition


def _pairs(raw: bytes) -> Iterator[str]:
    for part in raw.split(b"&"):
        if part:
            try:
                written = unquote_plus(part.decode("ascii"), errors="strict")
            except UnicodeDecodeError as error:
                raise malformed("query.characters", "the query is not UTF-8") from error
            if is_hostile(written):
                raise malformed("query.characters", "the query holds control characters")
            yield written


def _split(written: str, operators: Mapping[str, Operator]) -> tuple[str, str, str]:
    """`price.gt=5` and `price>5` are the same question; the first sign after the path decides."""
    match = re.match(r"[\w@.:-]+", written)
    if match is None:
        raise malformed("query.name", "a condition must begin with the path of an attribute")
    name, rest = match[0], written[match.end() :]
    for operator, facts in sorted(operators.items(), key=lambda entry: -len(entry[1].symbol)):
        if facts.symbol and rest.startswith(facts.symbol):
            return name, operator, rest[len(facts.symbol) :]
    if not rest.startswith("="):
        raise malformed("query.operator", f"{name} is not followed by an operator that this API knows")
    path, _, suffix = name.rpartition(".")
    return (path, suffix, rest[1:]) if path and suffix in operators else (name, "eq", rest[1:])


def _values(value: str) -> list[str]:
    """Alternatives by comma; one pair of quotes around a value goes."""
    quoted = re.fullmatch(r"\"([^\"]*)\"|'([^']*)'", value)
    if quoted is not None:
        return [quoted[1] if quoted[1] is not None else quoted[2]]
    return [part.strip("\"'") if part[:1] in "\"'" else part for part in value.split(",")]


def _number(name: str, value: str | None, least: int, most: int | None) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > _DIGITS:
        raise malformed("query.page", f"{name} must be a whole number from {least}")
    number = int(value)
    if number < least or (most is not None and number > most):
        raise malformed("query.page", f"{name} must be a whole number from {least}" + (f" to {most}" if most else ""))
    return number


def _is_instant(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
