"""The typed view of a bundle: what a client may pick, and what the pick costs. No document leaves this room whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from contracts.model import Money, Quantity


@dataclass(frozen=True, slots=True)
class Part:
    """One offering inside a bundle (or an offering ordered on its own)."""

    offering_id: str
    """Ours."""
    name: str
    price: Money
    """Net, per month and piece."""
    system: str
    """The billing system that books it."""
    native_id: str
    """The legacy's own offering id."""
    lower: int = 0
    upper: int | None = None
    default: int = 0
    service: str | None = None
    relies_on: str | None = None
    allowance: Quantity | None = None
    specification_id: str | None = None
    period: str = "month"


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    name: str
    parts: tuple[str, ...]
    """Offering ids of its own parts; those of its sub-groups are theirs."""
    groups: tuple["Group", ...] = ()
    lower: int = 0
    upper: int | None = None


def every(groups: Iterable[Group]) -> list[Group]:
    """The groups and all their sub-groups, outermost first."""
    return [found for group in groups for found in (group, *every(group.groups))]


@dataclass(frozen=True, slots=True)
class Discount:
    """An alteration of the whole bundle's monthly sum."""

    id: str
    name: str
    percentage: Decimal | None = None
    amount: Money | None = None
    needs: tuple[str, ...] = ()
    """Offering or group ids that must be chosen (at least one piece each) for it to hold."""
    priority: int = 0
    over: frozenset[str] | None = None
    """The parts whose sum it alters; None: all of them. A nested bundle's discount alters that bundle's parts only."""


@dataclass(frozen=True, slots=True)
class Bundle:
    offering_id: str
    name: str
    currency: str
    parts: Mapping[str, Part]
    """By offering id, in declared order."""
    groups: tuple[Group, ...] = ()
    discounts: tuple[Discount, ...] = ()
    is_bundle: bool = True
    nested: frozenset[str] = frozenset()
    """Bundles inside it, each taken exactly once; their parts, groups and discounts stand among its own."""
    sellable: bool = True


@dataclass(frozen=True, slots=True)
class PricedLine:
    part: Part
    quantity: int
    amount: Money
    """Net list amount of the line, rounded."""
    shares: Mapping[str, Money] = field(default_factory=dict)
    """Discount id -> this line's share of it (negative), by largest remainder."""

    @property
    def net(self) -> Money:
        return sum(self.shares.values(), self.amount)


@dataclass(frozen=True, slots=True)
class PricedAlteration:
    discount: Discount
    amount: Money
    """Negative, rounded once."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What one configuration costs for a month: list lines, alterations, and their exact sum."""

    bundle: Bundle
    lines: tuple[PricedLine, ...]
    alterations: tuple[PricedAlteration, ...]
    total: Money


Choice = Mapping[str, int]
"""Offering id -> quantity; parts left out are not taken."""
