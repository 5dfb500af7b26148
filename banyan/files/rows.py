"""From the bytes of a file to usage records: one line is one row, and a row that is no record says why."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

from banyan.files.layout import Column, Layout, zone_of
from contracts.model import Quantity, Unit, Unreadable, UsageKind, UsageRecord

LINE_LIMIT = 64 * 1024
AMOUNT_LIMIT = 10**13
"""Ten terabytes, or 300,000 years: more is a broken counter."""
SNIFFED_LINES = 20
_BOM = b"\xef\xbb\xbf"
_KEY_LIMIT = 200
_UNITS = {UsageKind.VOICE: Unit.SECONDS, UsageKind.DATA: Unit.BYTES, UsageKind.MESSAGE: Unit.ONE}
_MSISDN = re.compile(r"\+?([1-9][0-9]{4,14})")
_LOGIN = re.compile(r"[^\s\x00-\x1f\x7f]{1,100}")
_INTEGER = re.compile(r"-?[0-9]{1,30}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,18})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class _Unfit(Exception):
    """The row breaks the layout; the message says how."""


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    place: dict[str, int]
    line: int
    text: str

    def __getitem__(self, field: str) -> str:
        """The field's text; empty when the file has no such column."""
        return self.cells[self.place[field]].strip() if field in self.place else ""


def lines(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Each line with its number and whether it is whole; an overlong one is cut, never kept in memory."""
    number = 0
    while raw := file.readline(LINE_LIMIT):
        number += 1
        whole = raw.endswith(b"\n") or len(raw) < LINE_LIMIT
        rest = raw
        while not rest.endswith(b"\n") and len(rest) == LINE_LIMIT:
            rest = file.readline(LINE_LIMIT)
        if number == 1:
            raw = raw.removeprefix(_BOM)
        yield number, raw.rstrip(b"\r\n"), whole


def recognise(file: BinaryIO, layouts: dict[str, Layout]) -> Layout | None:
    """The first layout that knows the file by its header or its number of columns."""
    sample = [raw for _, raw, whole in islice(lines(file), SNIFFED_LINES) if whole and raw]
    return next((layout for layout in layouts.values() if _fits(sample, layout)), None)


def _fits(sample: list[bytes], layout: Layout) -> bool:
    rows = [row for raw in sample if (row := _split_or_none(raw, layout.delimiter)) is not None]
    if layout.match.header:
        return bool(rows) and set(layout.match.header) <= set(_names(rows[0]))
    return any(len(row) == layout.match.columns for row in rows)


def _names(row: list[str]) -> list[str]:
    return [name.strip().lower() for name in row]


def _split_or_none(raw: bytes, delimiter: str) -> list[str] | None:
    try:
        return _split(raw, delimiter)
    except _Unfit:
        return None


def _split(raw: bytes, delimiter: str, *, whole: bool = True) -> list[str]:
    if not whole:
        raise _Unfit(f"is longer than {LINE_LIMIT} bytes")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise _Unfit(f"byte {error.start + 1} is not UTF-8") from error
    if "\x00" in text:
        raise _Unfit("contains a NUL character")
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _Unfit(f"is not well-formed CSV: {error}") from error


def read_rows(file: BinaryIO, layout: Layout, now: datetime) -> Iterator[UsageRecord | Unreadable]:
    """Every row in order. Blank lines and the header are no rows."""
    width, place = _places(layout, [])
    wants_header = bool(layout.match.header)
    for number, raw, whole in lines(file):
        if not raw.strip():
            continue
        try:
            row = _split(raw, layout.delimiter, whole=whole)
            if wants_header:
                wants_header = False
                width, place = _places(layout, _names(row))
                continue
            yield _record(_Row(row, place, number, raw.decode()), width, layout, now)
        except _Unfit as unfit:
            shown = raw[:1000].decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
            yield Unreadable(number, shown, str(unfit))


def _places(layout: Layout, header: list[str]) -> tuple[int, dict[str, int]]:
    """How many columns a row has, and at which index each field stands."""
    fields = layout.fields
    columns: dict[str, Column | None] = {
        "key": fields.key,
        "subscriber": fields.subscriber.column,
        "start": fields.start.column,
        "kind": fields.kind.column,
        "amount": fields.amount,
        "unit": fields.unit.column,
        "destination": fields.destination,
    }
    place = {
        field: column - 1 if isinstance(column, int) else header.index(column)
        for field, column in columns.items()
        if column is not None and (isinstance(column, int) or column in header)
    }
    return layout.match.columns or len(header), place


def _record(row: _Row, width: int, layout: Layout, now: datetime) -> UsageRecord:
    fields = layout.fields
    if len(row.cells) != width:
        raise _Unfit(f"has {len(row.cells)} columns instead of {width}")
    key = row["key"]
    if not 0 < len(key) <= _KEY_LIMIT:
        raise _Unfit("has no usable key")
    kind = fields.kind.value or _kind(row["kind"].lower())
    unit = fields.unit.value or _unit(row["unit"].lower())
    if unit is not _UNITS[kind]:
        raise _Unfit(f"measures {kind} in {unit} instead of {_UNITS[kind]}")
    start = _start(row["start"], fields.start.format, fields.start.zone)
    _check_age(start, layout, now)
    return UsageRecord(
        key=key,
        content=sha256("\x1f".join(row.cells).encode()).hexdigest(),
        subscriber=_subscriber(row["subscriber"], fields.subscriber.kind),
        subscriber_kind=fields.subscriber.kind,
        kind=kind,
        start=start,
        used=Quantity(_amount(row["amount"]), unit),
        line=row.line,
        row=row.text,
        destination=row["destination"] or None,
    )


def _kind(text: str) -> UsageKind:
    try:
        return UsageKind(text)
    except ValueError as error:
        raise _Unfit(f"kind is none of {', '.join(UsageKind)}") from error


def _unit(text: str) -> Unit:
    try:
        return Unit(text)
    except ValueError as error:
        raise _Unfit(f"unit is none of {', '.join(Unit)}") from error


def _amount(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise _Unfit("amount is not a whole number")
    amount = int(text)
    if not 0 <= amount <= AMOUNT_LIMIT:
        raise _Unfit("amount is negative" if amount < 0 else f"amount is above {AMOUNT_LIMIT}")
    return amount


def _subscriber(text: str, kind: str) -> str:
    found = _MSISDN.fullmatch(text.replace(" ", "")) if kind == "msisdn" else _LOGIN.fullmatch(text)
    if not found:
        raise _Unfit(f"subscriber is no {'E.164 number' if kind == 'msisdn' else 'login'}")
    return found[1] if kind == "msisdn" else text


@lru_cache(maxsize=4096)
def _start(text: str, form: str, zone: str | None) -> datetime:
    try:
        if zone is None:
            if not _RFC3339.fullmatch(text):
                raise _Unfit("start is no RFC 3339 time with offset")
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        local = datetime.strptime(text, form)  # noqa: DTZ007 - the layout's zone follows
    except (ValueError, OverflowError) as error:
        raise _Unfit(f"start is no time of the form {form}") from error
    first, second = (local.replace(tzinfo=zone_of(zone), fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise _Unfit(f"start is ambiguous or missing in {zone}")
    return first.astimezone(UTC)


def _check_age(start: datetime, layout: Layout, now: datetime) -> None:
    limits = layout.limits
    if limits.future_s is not None and start > now + timedelta(seconds=limits.future_s):
        raise _Unfit(f"start lies more than {limits.future_s} s in the future")
    if limits.age_days is not None and start < now - timedelta(days=limits.age_days):
        raise _Unfit(f"start is older than {limits.age_days} days")
