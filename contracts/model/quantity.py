"""Quantities of usage: integers with a unit, never floats."""

from enum import StrEnum

from contracts.noun import noun


class Unit(StrEnum):
    SECONDS = "seconds"
    BYTES = "bytes"
    ONE = "1"
    """Events that are counted: messages, calls."""


@noun
class Quantity:
    amount: int
    unit: Unit
