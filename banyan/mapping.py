"""Words for mapping.py: each takes a legacy value and gives ours, or says what is wrong with it.

A value that cannot be trusted is Garbled; the message names the field, never its content.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from contracts.errors import Garbled, NotFound
from contracts.model import Money

T = TypeVar("T")
K = TypeVar("K")

__all__ = [
    "Record",
    "Unmapped",
    "aware",
    "cents",
    "day",
    "decimal",
    "found",
    "known",
    "money",
    "needed",
    "number",
    "only",
    "todo",
]

Record = Mapping[str, Any]
"""One value of a complex type, its parts by name."""


class Unmapped(NotImplementedError):
    """A mapping that nobody has written yet; says where, and what to decide."""


def todo(what: str, *at_hand: object) -> NoReturn:  # noqa: ARG001 - see below
    """Stand where a mapping is still missing: `todo("Bucket.remaining <- amount?")`. Raises Unmapped with the place.

    `at_hand`: values that the mapping will need and nothing else uses yet, so that linters leave them alone.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to tell the engineer which line it is
    place = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
    raise Unmapped(f"{place}: {what}")


def needed(value: T | None, name: str) -> T:
    """The value of a field that the contract lets be absent and we cannot do without."""
    if value is None or value == "":
        raise Garbled(f"{name} is missing")
    return value


def known(table: Mapping[K, T], value: K, name: str) -> T:
    """Our word for the legacy's; a word that the table does not have is no reason to guess."""
    if value not in table:
        raise Garbled(f"{name} has a value that we do not know")
    return table[value]


def decimal(value: Decimal | float | str, name: str) -> Decimal:
    """An exact number, from whatever type the legacy gives amounts in. A float is read as it is written: 12.1."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise Garbled(f"{name} is no number") from None
    if not number.is_finite():
        raise Garbled(f"{name} is no number")
    return number


def money(value: Decimal | float | str | None, currency: str, name: str) -> Money:
    """An amount in units of the currency."""
    if value is None:
        raise Garbled(f"{name} is missing")
    return Money(decimal(value, name), currency)


def cents(value: int | str | None, currency: str, name: str, places: int = 2) -> Money:
    """An amount in the smallest unit of the currency."""
    if value is None:
        raise Garbled(f"{name} is missing")
    return Money(decimal(value, name).scaleb(-places), currency)


def aware(
    value: datetime | date | str | None, name: str, *, form: str | None = None, zone: str | None = None
) -> datetime:
    """An instant. A time without a zone is refused: the manifest says what it means, and the reader then knows.

    `form`: how a text says it, as strptime has it, where that is not ISO 8601. `zone`: what texts and days mean that
    carry none, `Europe/Berlin`; the manifest only speaks for those that the contract calls a dateTime.
    """
    given = needed(value, name)
    if isinstance(given, str):
        given = _read(given, name, form)
    if isinstance(given, date) and not isinstance(given, datetime) and zone is not None:
        given = datetime.combine(given, time())
    if not isinstance(given, datetime):
        raise Garbled(f"{name} is a day and no time")
    if given.tzinfo is None and zone is not None:
        return given.replace(tzinfo=ZoneInfo(zone))
    if given.tzinfo is None:
        raise Garbled(f"{name} has no time zone: say in manifest.toml what it means, [backend] timezone")
    return given


def day(value: date | str | None, name: str, *, form: str | None = None) -> date | None:
    """A day, None where it is absent, blank or all zeroes: `0000-00-00`. `form`: as for `aware`."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        return _read(value, name, form).date() if value.strip(" 0-./:") else None
    return value


def _read(text: str, name: str, form: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text) if form is None else datetime.strptime(text.strip(), form)  # noqa: DTZ007
    except ValueError:
        raise Garbled(f"{name} is no time") from None


def number(native_id: str) -> int:
    """A native id that the legacy knows as a number; anything else is known to nobody."""
    if not (native_id.isascii() and native_id.isdigit()):
        raise NotFound("the legacy system names things by number")
    return int(native_id)


def found(value: T | None) -> T:
    """What was asked for; systems that answer with nothing instead of a fault mean that there is no such thing."""
    if value is None:
        raise NotFound("the legacy system knows no such thing")
    return value


def only(rows: Sequence[T], name: str) -> T:
    """The one row of an answer about one thing."""
    if not rows:
        raise NotFound("the legacy system knows no such thing")
    if len(rows) > 1:
        raise Garbled(f"{name} comes {len(rows)} times")
    return rows[0]
