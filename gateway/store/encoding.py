"""How values lie in a column: JSON as TEXT with exact decimals, instants as BIGINT microseconds since 1970."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jiter
import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encoder = msgspec.json.Encoder(decimal_format="number")


def to_json(value: Any) -> str:
    """12.10 stays 12.10."""
    return _encoder.encode(value).decode()


def from_json(text: str) -> Any:
    return jiter.from_json(text.encode(), float_mode="decimal")


def to_micros(instant: datetime) -> int:
    """Exact, in integers; refuses a naive datetime."""
    return (instant - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def maybe_micros(instant: datetime | None) -> int | None:
    return None if instant is None else to_micros(instant)


def maybe_instant(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
