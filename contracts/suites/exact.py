"""Whether a noun that came out of a port is exact: no float anywhere, money in decimals, times with their zone."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts.model import Money, Quantity


def inexact(value: Any, path: str = "it") -> Iterator[str]:
    """Where it is not, in words."""
    wrong = _wrong(value)
    if wrong is not None:
        yield f"{path} is {wrong}"
    for name, each in _inside(value):
        yield from inexact(each, path + name)


def _wrong(value: Any) -> str | None:
    match value:
        case float():
            return "a float"
        case datetime() if value.tzinfo is None:
            return "a time without a zone"
        case Money() if type(value.amount) is not Decimal:
            return "money that is no decimal"
        case Quantity() if type(value.amount) not in (int, Decimal):
            return "a quantity that is no whole number or decimal"
        case _:
            return None


def _inside(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [(f"[{key!r}]", each) for key, each in value.items()]
    if isinstance(value, list | tuple | set | frozenset):
        return [(f"[{number}]", each) for number, each in enumerate(value)]
    if is_dataclass(value):
        return [(f".{field.name}", getattr(value, field.name)) for field in fields(value)]
    return []
