"""How one system departs from its contract, and what the codec says when it cannot serve it."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal


@dataclass(frozen=True)
class Dialect:
    zone: tzinfo | None = None
    """This system's times carry no zone and mean this one. None: times are taken as they are sent."""
    unknown: Literal["ignore", "refuse"] = "ignore"
    """What becomes of an element that the contract does not know; a newer contract may have added it."""
    empty: Literal["refuse", "absent"] = "refuse"
    """What an empty element is that may be left out or nil, and is of a type that has no empty value: a date."""
    envelope: Literal["contract", "either"] = "contract"
    """Whether the envelope of the other SOAP version is read too."""
    depth: int = 100
    """How many elements may stand inside each other, the envelope among them."""


class NotCompilable(Exception):
    """A type that the codec does not know how to read or write; the text says why."""
