"""The other way round: one function for each simple type, from a value to its text in an XML document.

Each raises Unsayable or TypeError for what its type cannot say; neither quotes the value.
"""

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from math import ceil, floor, inf, isfinite, isnan
from typing import Any

from zeep.xsd import ListType, UnionType
from zeep.xsd.types import builtins

from banyan.soap.codec.dialect import Dialect
from banyan.soap.codec.facets import Facets, facets
from banyan.soap.codec.simple import SIZES, qualified, text_reader

Say = Callable[[Any], str]


class Unsayable(ValueError):
    """A value for which the contract has no words. The text names the part, never the value."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
        self.path: list[str] = []
        """Outermost last."""

    def __str__(self) -> str:
        return f"{'.'.join(reversed(self.path))} {self.why}".lstrip()


_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUOTED = re.compile('["\n\t]')
_NUMBER = re.compile(r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*", re.ASCII)
_WHOLE = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)
OUTSIDE = "lies outside the limits of its type"
_BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}


def escaped(text: str) -> str:
    """Text as it stands in an element."""
    if _SPECIAL.search(text) is None:
        return text
    if _ILLEGAL.search(text) is not None:
        raise Unsayable("holds a character that XML cannot carry")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def quoted(text: str) -> str:
    """Text, already escaped, as it stands in an attribute."""
    if _QUOTED.search(text) is None:
        return text
    return text.replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def text_writer(kind: Any, dialect: Dialect) -> Say:
    """What turns a value of this simple type into the content of an element."""
    told = facets(kind)
    if isinstance(kind, ListType):
        one = text_writer(kind.item_type, dialect)
        return lambda value: " ".join(map(one, _items(value)))
    if isinstance(kind, UnionType):
        return _union([text_writer(member, dialect) for member in kind.item_types])
    say = _sayer(kind, told, dialect)
    if told.enumeration:
        return _one_of(kind, told, say, dialect)
    return _sized(told, say) if isinstance(kind, builtins.String) else say


def _sayer(kind: Any, told: Facets, dialect: Dialect) -> Say:
    read = text_reader(kind, dialect)
    if isinstance(kind, builtins.Integer):
        return _whole(kind, told)
    for type, say in (
        (builtins.Decimal, _decimal(told)),
        (builtins.Boolean, _boolean),
        (builtins.Float, _float),
        (builtins.Double, _float),
        (builtins.DateTime, _datetime_in(dialect.zone, read)),
        (builtins.Date, _date_in(dialect.zone, read)),
        (builtins.Time, _time_in(dialect.zone, read)),
        (builtins.Duration, _duration(kind)),
        (builtins.QName, _qualified),
        (builtins.HexBinary, lambda value: value.hex().upper() if isinstance(value, bytes) else _text(value)),
        (builtins.Base64Binary, lambda value: b64encode(value).decode() if isinstance(value, bytes) else _text(value)),
        (builtins.gYear, _parts("{:04}")),
        (builtins.gYearMonth, _parts("{:04}-{:02}")),
        (builtins.gMonth, _parts("--{:02}")),
        (builtins.gMonthDay, _parts("--{:02}-{:02}")),
        (builtins.gDay, _parts("---{:02}")),
    ):
        if isinstance(kind, type):
            return say
    return _text


def _text(value: Any) -> str:
    """Text, and numbers or dates where a contract has nothing but text for them."""
    if type(value) is str:
        return value if _SPECIAL.search(value) is None else escaped(value)
    if isinstance(value, str):
        return escaped(str.__str__(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return escaped(value.decode())
    if not isinstance(value, int | float | date | time):
        raise TypeError
    return _iso(value) if isinstance(value, datetime | time) else str(value)


def _boolean(value: Any) -> str:
    if value is True:
        return "true"
    if value is False:
        return "false"
    said = _BOOLEANS.get(str(value))
    if said is None:
        raise Unsayable("is no boolean")
    return said


def _whole(kind: Any, told: Facets) -> Say:
    least, most = next((SIZES[size] for size in SIZES if isinstance(kind, size)), (-inf, inf))
    lows = [ceil(Decimal(told.at_least))] if told.at_least else []
    lows += [floor(Decimal(told.above)) + 1] if told.above else []
    highs = [floor(Decimal(told.at_most))] if told.at_most else []
    highs += [ceil(Decimal(told.below)) - 1] if told.below else []
    low, high = max([least, *lows]), min([most, *highs])

    def say(value: Any) -> str:
        if type(value) is not int:
            value = _integral(value)
        if not low <= value <= high:
            raise Unsayable(OUTSIDE)
        return str(value)

    return say


def _integral(value: Any) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, Decimal) and value.is_finite() and value == int(value):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unsayable("is no whole number")
    return int(value)


def _decimal(told: Facets) -> Say:
    limits = (told.at_least, told.at_most, told.above, told.below)
    low, high, above, below = (None if limit is None else Decimal(limit) for limit in limits)

    def say(value: Any) -> str:
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            value = Decimal(value.strip())
        if isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if not isinstance(value, Decimal) or not value.is_finite():
            raise Unsayable("is no exact decimal number")
        if (low is not None and value < low) or (high is not None and value > high):
            raise Unsayable(OUTSIDE)
        if (above is not None and value <= above) or (below is not None and value >= below):
            raise Unsayable(OUTSIDE)
        return f"{value:f}"

    return say


def _float(value: Any) -> str:
    if isinstance(value, str):
        value = float(value)
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else _float(float(value))
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Unsayable("is no number")
    if isfinite(value):
        return str(value)
    return "NaN" if isnan(value) else "INF" if value > 0 else "-INF"


def _iso(value: datetime | time) -> str:
    said = value.isoformat()
    return f"{said[:-6]}Z" if said.endswith("+00:00") else said


def _datetime_in(zone: tzinfo | None, read: Callable[[str], Any]) -> Say:
    def say(value: Any) -> str:
        if isinstance(value, str):
            value = read(value)
        if not isinstance(value, datetime):
            raise Unsayable("is no date and time")
        if zone is not None and value.tzinfo is not None:
            value = value.astimezone(zone).replace(tzinfo=None)
        return _iso(value)

    return say


def _date_in(zone: tzinfo | None, read: Callable[[str], Any]) -> Say:
    def say(value: Any) -> str:
        if isinstance(value, str):
            value = read(value)
        if not isinstance(value, date):
            raise Unsayable("is no date")
        if isinstance(value, datetime):
            value = (value.astimezone(zone) if zone is not None and value.tzinfo is not None else value).date()
        return str(value.isoformat())

    return say


def _time_in(zone: tzinfo | None, read: Callable[[str], Any]) -> Say:
    def say(value: Any) -> str:
        if isinstance(value, str):
            value = read(value)
        if not isinstance(value, time):
            raise Unsayable("is no time")
        return _iso(value if zone is None else value.replace(tzinfo=None))

    return say


def _qualified(value: Any) -> str:
    try:
        return qualified(value)
    except (ValueError, TypeError, AttributeError):
        raise Unsayable("is no qualified name") from None


def _duration(kind: Any) -> Say:
    def say(value: Any) -> str:
        try:
            return str(kind.xmlvalue(value))
        except Exception:  # noqa: BLE001 - zeep's converters leak whatever they stumble over
            raise Unsayable("is no duration") from None

    return say


def _parts(form: str) -> Say:
    """The gregorian parts of a date, which zeep holds as a tuple that ends with a zone."""

    def say(value: Any) -> str:
        if isinstance(value, str):
            return _text(value)
        *numbers, zone = value
        offset = "" if zone is None else _iso(datetime(2000, 1, 1, tzinfo=zone))[19:]
        before = "-" if numbers[0] < 0 else ""  # the year before our era
        return before + form.format(abs(numbers[0]), *numbers[1:]) + offset

    return say


def _items(value: Any) -> Any:
    if isinstance(value, str):
        return value.split()
    if not isinstance(value, list | tuple):
        raise Unsayable("is no list")
    return value


def _union(members: list[Say]) -> Say:
    def say(value: Any) -> str:
        for member in members:
            try:
                return member(value)
            except (ValueError, TypeError, ArithmeticError):
                continue
        raise Unsayable("is none of what its type unites")

    return say


def _one_of(kind: Any, told: Facets, say: Say, dialect: Dialect) -> Say:
    texts = frozenset(escaped(text) for text in told.enumeration)
    read = text_reader(kind, dialect)
    values = () if isinstance(kind, builtins.String) else tuple(map(read, told.enumeration))

    def check(value: Any) -> str:
        said = say(value)
        if said not in texts and value not in values:
            raise Unsayable("is none of the values that its type lists")
        return said

    return check


def _sized(told: Facets, say: Say) -> Say:
    low = told.length if told.length is not None else told.min_length or 0
    high = told.length if told.length is not None else told.max_length
    if not low and high is None:
        return say

    def check(value: Any) -> str:
        size = len(value) if isinstance(value, str) else len(say(value))
        if size < low or (high is not None and size > high):
            raise Unsayable("is too short or too long")
        return say(value)

    return check
