"""The text of simple types: one function for each type, from the text of an element or attribute to its value.

Each takes what XML Schema allows and raises ValueError or ArithmeticError for the rest. A quick look comes first;
only what fails it is looked at closely.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from math import inf, isinf
from typing import Any

from zeep.xsd import ListType, UnionType
from zeep.xsd.types import builtins

from banyan.soap.codec.dialect import Dialect
from banyan.soap.codec.facets import facets

Convert = Callable[[str], Any]

DIGITS, NUMBER, FLOAT = "0123456789+-", "0123456789.+-", "0123456789.+-eE"
LONGEST = 82
"""Characters of a number: a sign, 40 digits, a point and 40 more."""
SPACE = " \t\r\n"
FLOATS = {"INF": inf, "+INF": inf, "-INF": -inf, "NaN": float("nan")}
SIZES: dict[type, tuple[float, float]] = {
    builtins.Byte: (-(2**7), 2**7 - 1),
    builtins.Short: (-(2**15), 2**15 - 1),
    builtins.Int: (-(2**31), 2**31 - 1),
    builtins.Long: (-(2**63), 2**63 - 1),
    builtins.UnsignedByte: (0, 2**8 - 1),
    builtins.UnsignedShort: (0, 2**16 - 1),
    builtins.UnsignedInt: (0, 2**32 - 1),
    builtins.UnsignedLong: (0, 2**64 - 1),
    builtins.PositiveInteger: (1, inf),
    builtins.NonNegativeInteger: (0, inf),
    builtins.NegativeInteger: (-inf, -1),
    builtins.NonPositiveInteger: (-inf, 0),
}
"""The narrower before the wider, as zeep derives them from each other."""
_ZONE = r"(Z|[+-](0\d|1[0-4]):[0-5]\d)?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
_DATETIME_FORM = re.compile(f"{_DATE}T{_TIME}{_ZONE}", re.ASCII)
_DATE_FORM = re.compile(rf"({_DATE})(T00:00:00(\.0+)?)?{_ZONE}", re.ASCII)
"""Midnight is no part of a date, but says nothing else; zuora writes it where a later contract has a date."""
_TIME_FORM = re.compile(_TIME + _ZONE, re.ASCII)
_DURATION_FORM = re.compile(
    r"-?P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
)
SEPARATORS = {"--T::": 19, "--T::Z": 20, "--T::+:": 25, "--T::-:": 25}
"""Of a dateTime, local, in UTC and with an offset: every third character from the fifth on, and its length."""
_NAME = r"[^\W\d][\w.\-]*"
_QUALIFIED_FORM = re.compile(f"({_NAME}:)?{_NAME}")
_HEX_FORM = re.compile(r"([0-9a-fA-F]{2})*")


def text_reader(kind: Any, dialect: Dialect) -> Convert:
    """What turns the text of this simple type into its value."""
    allowed = facets(kind).enumeration
    if isinstance(kind, ListType):
        convert: Convert = _listed(text_reader(kind.item_type, dialect))
        return convert
    convert = _union(kind, dialect) if isinstance(kind, UnionType) else _convert(kind, dialect)
    if not allowed or isinstance(kind, builtins.QName):
        return convert
    if isinstance(kind, builtins.String):
        return _one_of_texts(frozenset(allowed), convert)
    return _one_of(frozenset(convert(value) for value in allowed), convert)


def _convert(kind: Any, dialect: Dialect) -> Convert:
    if isinstance(kind, builtins.String):
        space = facets(kind).white_space
        if isinstance(kind, builtins.Token) or space == "collapse":
            return collapse
        return _replace if isinstance(kind, builtins.NormalizedString) or space == "replace" else str
    if isinstance(kind, builtins.Integer):
        return next((_within(*SIZES[size]) for size in SIZES if isinstance(kind, size)), integer)
    for base, convert in (
        (builtins.Decimal, decimal),
        (builtins.Boolean, boolean),
        (builtins.Float, double),
        (builtins.Double, double),
        (builtins.DateTime, _datetime_in(dialect.zone)),
        (builtins.Date, day),
        (builtins.Time, _time_in(dialect.zone)),
        (builtins.Duration, _duration(kind)),
        (builtins.QName, qualified),
        (builtins.HexBinary, hexadecimal),
        (builtins.Base64Binary, binary),
    ):
        if isinstance(kind, base):
            return convert
    if type(kind) is builtins.BuiltinType or not isinstance(kind, builtins.BuiltinType):
        return str
    return lambda text: kind.pythonvalue(collapse(text))


def collapse(text: str) -> str:
    return " ".join(part for part in re.split(f"[{SPACE}]+", text) if part)


def _replace(text: str) -> str:
    return text.replace("\n", " ").replace("\r", " ").replace("\t", " ")


def decimal(text: str) -> Decimal:
    if text.strip(NUMBER) or len(text) > LONGEST:
        text = _trimmed(text, NUMBER, LONGEST)
    return Decimal(text)


def integer(text: str) -> int:
    if text.strip(DIGITS) or len(text) > LONGEST // 2:
        text = _trimmed(text, DIGITS, LONGEST // 2)
    return int(text)


def _trimmed(text: str, allowed: str, longest: int) -> str:
    text = text.strip(SPACE)
    if text.strip(allowed) or len(text) > longest:
        raise ValueError
    return text


def _within(least: float, most: float) -> Convert:
    def convert(text: str) -> int:
        if not (text.isdigit() and text.isascii()):
            text = _trimmed(text, DIGITS, LONGEST // 2)
        number = int(text)
        if least <= number <= most:
            return number
        raise ValueError

    return convert


class _Booleans(dict[str, bool]):
    def __missing__(self, text: str) -> bool:
        found = self.get(text.strip(SPACE))
        if found is None:
            raise ValueError
        return found


boolean = _Booleans({"true": True, "1": True, "false": False, "0": False}).__getitem__


def double(text: str) -> float:
    if text.strip(FLOAT):
        text = text.strip(SPACE)
        if text in FLOATS:
            return FLOATS[text]
    if text.strip(FLOAT) or isinf(number := float(text)):
        raise ValueError
    return number


def _datetime_in(zone: tzinfo | None) -> Convert:
    def convert(text: str) -> datetime:
        # Those of a fixed length need no closer look.
        if SEPARATORS.get(text[4::3]) != len(text):
            text = text.strip(SPACE)
            if not _DATETIME_FORM.fullmatch(text):
                raise ValueError
        value = datetime.fromisoformat(text) if text[11:13] != "24" else _midnight(text)
        return value if zone is None or value.tzinfo is not None else value.replace(tzinfo=zone)

    return convert


def _midnight(text: str) -> datetime:
    """24:00:00 ends a day."""
    if text[13:19] != ":00:00" or text[19:].strip(".0")[:1] not in ("", "Z", "+", "-"):
        raise ValueError
    return datetime.fromisoformat(f"{text[:11]}00{text[13:]}") + timedelta(days=1)


def day(text: str) -> date:
    found = _DATE_FORM.fullmatch(text.strip(SPACE))
    if found is None:
        raise ValueError
    return date.fromisoformat(found[1])


def _time_in(zone: tzinfo | None) -> Convert:
    def convert(text: str) -> time:
        text = text.strip(SPACE)
        if not _TIME_FORM.fullmatch(text):
            raise ValueError
        value = time.fromisoformat(text) if text[:2] != "24" else _midnight(f"2000-01-01T{text}").timetz()
        return value if zone is None or value.tzinfo is not None else value.replace(tzinfo=zone)

    return convert


def _duration(kind: Any) -> Convert:
    def convert(text: str) -> Any:
        text = text.strip(SPACE)
        if not _DURATION_FORM.fullmatch(text):
            raise ValueError
        return kind.pythonvalue(text)

    return convert


def qualified(text: str) -> str:
    """As it was sent: its prefix is left to whoever knows the sender's (docs/decisions/0024)."""
    text = text.strip(SPACE)
    if not _QUALIFIED_FORM.fullmatch(text):
        raise ValueError
    return text


def hexadecimal(text: str) -> str:
    if not _HEX_FORM.fullmatch(text.strip(SPACE)):
        raise ValueError
    return text


def binary(text: str) -> bytes:
    return b64decode("".join(text.split()), validate=True)


def _listed(convert: Convert) -> Convert:
    return lambda text: [convert(part) for part in text.split()]


def _one_of_texts(allowed: frozenset[str], convert: Convert) -> Convert:
    def check(text: str) -> Any:
        if text in allowed:
            return text
        value = convert(text)
        if value not in allowed:
            raise ValueError
        return value

    return check


def _one_of(allowed: frozenset[Any], convert: Convert) -> Convert:
    def check(text: str) -> Any:
        value = convert(text)
        if value not in allowed:
            raise ValueError
        return value

    return check


def _union(kind: UnionType, dialect: Dialect) -> Convert:
    """Some member must accept it; the value is that of what the members have in common, as in zeep."""
    members = [text_reader(member, dialect) for member in kind.item_types]
    common = str if kind.item_class is None else _convert(kind.item_class(), dialect)

    def convert(text: str) -> Any:
        for member in members:
            try:
                member(text)
            except (ValueError, ArithmeticError):
                continue
            return common(text)
        raise ValueError

    return convert
