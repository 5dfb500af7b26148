"""How much of a list is wanted, and how much came."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.noun import noun

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Condition:
    path: str
    """A dotted attribute path: `status`, `relatedParty.id`."""
    operator: str
    """A key of the operator table: eq, gt, gte, lt, lte, regex."""
    values: tuple[str, ...]
    """Alternatives, joined by OR."""
    otherwise: tuple["Condition", ...] = ()
    """Other conditions that are as good as this one."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Continue beside a row that was seen: whatever is written meanwhile, no row comes twice and none is left out."""

    row: int
    backwards: bool = False
    """The rows before it, not those after it."""


@noun
class Window:
    offset: int = 0
    limit: int = 100
    conditions: tuple[Condition, ...] = ()
    sort: tuple[str, ...] = ()
    keeps: Callable[[Any], bool] | None = None
    """Asked with each document that meets the conditions, on a thread of its own; None: all of them are kept."""
    cursor: Cursor | None = None
    """Instead of an offset, and in the order of writing: it goes with no sort."""


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
