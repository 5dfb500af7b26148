"""Quantities of usage: integers with a unit, never floats."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    SECONDS = "seconds"
    BYTES = "bytes"
    ONE = "1"
    """Events that are counted: messages, calls."""


@dataclass(frozen=True, slots=True)
class Quantity:
    amount: int
    unit: Unit
