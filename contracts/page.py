"""How much of a list is wanted, and how much came."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Condition:
    path: str
    """A dotted attribute path: `status`, `relatedParty.id`."""
    operator: str
    """A key of the operator table: eq, gt, gte, lt, lte."""
    values: tuple[str, ...]
    """Alternatives, joined by OR."""


@dataclass(frozen=True, slots=True)
class Window:
    offset: int = 0
    limit: int = 100
    conditions: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    items: list[T]
    total: int | None = None
    """None: the legacy system cannot count."""
    applied: frozenset[Condition] = frozenset()
    """Which conditions the system itself applied."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a feed stopped; opaque to the gateway, stored by it, given back unchanged."""

    source: str
    position: str
