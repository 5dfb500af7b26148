"""The index of attributes: every leaf of a document under its dotted path, so that filtered lists never scan bodies."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gateway.store.encoding import to_micros

# PostgreSQL refuses index rows above 2.7 kB: what is longer is cut, and a digest keeps equality exact.
_LONGEST_TEXT = 300
_LONGEST_PATH = 120
_SOUGHT = 4_096
_PLAIN_DIGITS = 30
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:(?P<second>\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_LEAP = "60"


@dataclass(frozen=True, slots=True)
class Value:
    """One leaf, ready to compare: always as text, and as a number or an instant where it is one.

    The text of a number is the same for 12.1 and 12.10 and exact, so that equality does not depend on the float.
    """

    text: str
    number: float | None = None
    instant: int | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """What a client wrote in a filter, and what it may mean."""

    written: str
    number: Value | None = None
    instant: int | None = None


def leaves(body: dict[str, Any]) -> set[tuple[str, Value]]:
    """What the index holds of a document; positions in arrays are left out."""
    return set(_walk("", body))


def leaf(value: Any) -> Value | None:
    """One value that is neither object nor array; None for those, and for null."""
    if isinstance(value, bool):
        return Value("true" if value else "false")
    if isinstance(value, int | Decimal):
        return _number(Decimal(value))
    return _text(value) if isinstance(value, str) else None


def read_instant(text: str) -> datetime | None:
    """RFC 3339 with its offset; a leap second is the first moment of the next minute. None for what is no instant."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    leaps = match["second"] == _LEAP
    start, end = match.span("second")
    try:
        instant = datetime.fromisoformat((f"{text[:start]}59{text[end:]}" if leaps else text).upper())
        return instant + timedelta(seconds=leaps)
    except (ValueError, OverflowError):
        return None


@lru_cache(_SOUGHT)
def seek(text: str) -> Sought:
    """A number or an instant where it reads as one; always a text too, for `007` is not 7."""
    number = _number(Decimal(text)) if _NUMBER.fullmatch(text) else None
    return Sought(shorten(text), number, _text(text).instant)


def shorten(text: str, longest: int = _LONGEST_TEXT) -> str:
    clean = text.replace("\0", "\ufffd")
    if len(clean) <= longest:
        return clean
    return clean[:longest] + "#" + hashlib.sha256(clean.encode()).hexdigest()


def is_shortened(text: str) -> bool:
    """Whether more of it stands in the body than in the index."""
    return len(text) > _LONGEST_TEXT


def shorten_path(path: str) -> str:
    return shorten(path, _LONGEST_PATH)


def texts(value: Any, path: str) -> Iterator[str]:
    """The whole texts that stand under a dotted path."""
    if isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner, path)
    elif isinstance(value, dict) and path:
        first, _, rest = path.partition(".")
        yield from texts(value.get(first), rest)
    elif isinstance(value, str) and not path:
        yield value


def _walk(path: str, value: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(path, inner)
    elif (found := leaf(value)) is not None:
        yield shorten_path(path), found


def _text(text: str) -> Value:
    instant = read_instant(text)
    return Value(shorten(text), instant=None if instant is None else to_micros(instant))


def _number(number: Decimal) -> Value:
    sign, digits, exponent = number.as_tuple()
    stripped = "".join(map(str, digits)).rstrip("0")
    if not stripped:
        return Value("0", 0.0)
    power = int(exponent) + len(digits) - len(stripped)
    exact = Decimal(f"{'-' if sign else ''}{stripped}E{power}")
    plain = abs(exact.adjusted()) < _PLAIN_DIGITS
    return Value(shorten(format(exact, "f") if plain else str(exact)), float(exact))
