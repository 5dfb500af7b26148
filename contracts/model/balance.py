"""Prepaid balances: the buckets of a subscriber, what is put into them, and what moved them."""

from dataclasses import field
from datetime import datetime
from typing import Literal

from contracts.model.money import Money
from contracts.model.quantity import Quantity
from contracts.noun import noun

BucketKind = Literal["monetary", "data", "voice", "sms", "mms", "other"]
MoveKind = Literal["topup", "voucher", "charge", "adjustment", "other"]


@noun
class Bucket:
    """What a subscriber has left of one thing."""

    id: str
    subscriber: str
    """The MSISDN, digits only."""
    usage_type: BucketKind
    remaining: Money | Quantity
    """Money in a monetary bucket, else bytes, seconds or pieces."""
    valid_until: datetime | None
    """Aware; None: it does not expire."""
    name: str | None = None
    """As the legacy calls it."""
    initial: Money | Quantity | None = None
    """What was in it at first, where the legacy tells."""


@noun
class TopUp:
    """An amount, or a voucher, that is put on a subscriber's balance; ValueError unless exactly one of the two."""

    reference: str
    """Our stable external reference: written before sending, looked up when the answer is lost."""
    subscriber: str
    """The MSISDN, digits only."""
    amount: Money | None = None
    """More than nothing."""
    voucher: str | None = field(default=None, repr=False)
    """The code; whoever knows it can spend it, so it is in no text, log or document of ours."""
    valid_for_days: int | None = None
    """How long the balance stays valid by it; None: as the legacy's own rule says."""

    def __post_init__(self) -> None:
        if (self.amount is None) == (self.voucher is None):
            raise ValueError("a top-up has an amount or a voucher, and not both")
        if self.amount is not None and self.amount.amount <= 0:
            raise ValueError("a top-up is of more than nothing")


@noun
class BalanceMove:
    """One line of a balance's history."""

    id: str
    subscriber: str
    kind: MoveKind
    amount: Money | Quantity | None
    """Above zero when the balance rose; None where the legacy does not tell."""
    at: datetime
    reference: str | None
    """Ours, where the move was asked for by us and the legacy kept it."""
