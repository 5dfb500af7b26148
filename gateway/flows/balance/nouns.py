"""Balances with our ids, ready to be shown, and where they are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contracts.model import BalanceMove, Bucket, BucketKind, Money, Quantity

BUCKET = "TMF654/bucket"
TOTAL = "TMF654/accumulatedBalance"
ACTION = "TMF654/balanceAction"
TOP_UP = "TMF654/topupBalance"
NOBODY = ""
"""The owner of what belongs to no customer, seen only by those who see all."""


@dataclass(frozen=True, slots=True)
class Held:
    id: str
    bucket: Bucket
    customer_id: str | None

    @property
    def unit(self) -> str:
        """A currency, or what its quantity counts."""
        left = self.bucket.remaining
        return left.currency if isinstance(left, Money) else str(left.unit)


@dataclass(frozen=True, slots=True)
class Totalled:
    """What a subscriber's buckets of one kind and unit come to."""

    id: str
    subscriber: str
    usage_type: BucketKind
    total: Money | Quantity
    buckets: tuple[Held, ...]
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the history."""

    id: str
    move: BalanceMove
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Translate:
    """The documents of these nouns, as the edge makes them."""

    bucket: Callable[[Held], dict[str, Any]]
    total: Callable[[Totalled], dict[str, Any]]
    action: Callable[[Moved], dict[str, Any]]
