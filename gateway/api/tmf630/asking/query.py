"""The query of a request as it was written: which parameters it has, which page it asks for, which links lead on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, unquote_plus

from contracts.page import Condition, Cursor, Window
from gateway.api.tmf630.asking.cursors import read_cursor
from gateway.api.tmf630.asking.filters import count, gathered, read_condition
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.reading import is_hostile
from gateway.store.operators import OPERATORS, Operator

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
MAX_OFFSET = 10**9
MAX_CONDITIONS = 50
MAX_VALUES = 150
MAX_QUERY = 8_192
CURSORS = ("after", "before")
_PLACES = ("offset", "limit", *CURSORS)
_ONCE = ("fields", "filter", "sort", "offset", "limit")
_DIGITS = 18
# What may stand in a link as it is; a percent sign there is an escape already, and commas and semicolons part links.
_WRITTEN = "%!$()*+/:=?@~"
_QUOTED = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be shown, which page, which conditions in the client's own paths."""

    fields: str | None = None
    filter: str | None = None
    sort: str | None = None
    offset: int | None = None
    limit: int | None = None
    cursor: Cursor | None = None
    conditions: tuple[Condition, ...] = ()
    rest: tuple[str, ...] = ()
    """Everything but the page, as it was written, for the links to the other pages."""

    @property
    def paged(self) -> bool:
        """Whether the client asked for a page; only then a partial answer is a 206."""
        return self.offset is not None or self.limit is not None or self.cursor is not None

    def window(self, conditions: tuple[Condition, ...]) -> Window:
        limit = DEFAULT_LIMIT if self.limit is None else min(self.limit, MAX_LIMIT)
        return Window(self.offset or 0, limit, conditions, cursor=self.cursor)

    def page(self, place: str) -> str:
        """The query of another page; `place` is such as offset=0&limit=100."""
        return "&".join([*self.rest, place]) if self.rest else place


_NOTHING = Asking()


def read_query(raw: bytes, operators: Mapping[str, Operator] = OPERATORS, *, cursors: bool = False) -> Asking:
    """`cursors`: whether `before` and `after` are parameters here, and not attributes."""
    if not raw:
        return _NOTHING
    if len(raw) > MAX_QUERY:
        raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG, "query.length", f"the query is longer than {MAX_QUERY} bytes")
    known = (*_ONCE, *CURSORS) if cursors else _ONCE
    given: dict[str, str] = {}
    conditions: list[Condition] = []
    rest: list[str] = []
    for part, written in _parts(raw):
        name, equals, value = written.partition("=")
        if equals and name in known and not value.startswith(("=", "~")):
            if name in given:
                raise malformed("query.repeated", f"{name} is given more than once")
            if not value:
                # Kits send every parameter they know, and leave empty what they do not ask for.
                continue
            given[name] = value
        else:
            conditions.append(read_condition(written, operators))
        if name not in _PLACES or name not in known:
            rest.append(part)
    together = gathered(conditions)
    named, values = count(together)
    if named > MAX_CONDITIONS or values > MAX_VALUES:
        reason = f"a query has at most {MAX_CONDITIONS} conditions with {MAX_VALUES} values between them"
        raise malformed("query.conditions", reason)
    return Asking(
        fields=given.get("fields"),
        filter=given.get("filter"),
        sort=given.get("sort"),
        offset=_number("offset", given.get("offset"), 0, MAX_OFFSET),
        limit=_number("limit", given.get("limit"), 1, None),
        cursor=read_cursor(given),
        conditions=together,
        rest=tuple(rest),
    )


def _parts(raw: bytes) -> Iterator[tuple[str, str]]:
    """Each parameter as a link may hold it, and decoded."""
    for part in _separated(raw):
        try:
            sent = quote(part, safe=_WRITTEN)
            written = unquote_plus(sent, errors="strict")
        except UnicodeDecodeError as error:
            raise malformed("query.characters", "the query is not UTF-8") from error
        if is_hostile(written):
            raise malformed("query.characters", "the query holds control characters")
        yield sent, written


def _separated(raw: bytes) -> Iterator[bytes]:
    """At each `&`, but not at the `&&` of a JSONPath whose bracket is still open."""
    held = b""
    for part in raw.split(b"&"):
        held = held + b"&" + part if held else part
        if re.match(rb"(filter|fields)=", held) and _depth(held) > 0:
            continue
        if held:
            yield held
        held = b""
    if held:
        yield held


def _depth(part: bytes) -> int:
    decoded = _QUOTED.sub("", unquote_plus(part.decode("latin-1")))
    return decoded.count("[") - decoded.count("]")


def _number(name: str, value: str | None, least: int, most: int | None) -> int | None:
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > _DIGITS:
        raise malformed("query.page", f"{name} must be a whole number from {least}")
    number = int(value)
    if number < least or (most is not None and number > most):
        raise malformed("query.page", f"{name} must be a whole number from {least}" + (f" to {most}" if most else ""))
    return number
