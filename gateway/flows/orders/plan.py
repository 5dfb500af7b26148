"""What an order comes to: steps in legacy systems and products in the end, frozen when the order is accepted."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from contracts.call import Principal
from contracts.model import Activation, Order, Quantity

KIND = "order"
"""Of the jobs that carry plans."""
PLAN_VERSION = 1


class StepState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    """The intent is written; whoever finds a step like this does not know whether it happened."""
    DOUBT = "doubt"
    """Sent and not answered: settled by asking the legacy, never by sending alone."""
    DONE = "done"
    REFUSED = "refused"
    UNDONE = "undone"
    LEFT = "left"
    """Its undo was refused: what remains in the legacy is told in a note."""


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of legacy work with its own reference: an activation or the booking."""

    reference: str
    system: str
    items: tuple[str, ...]
    """The order items it works for."""
    level: int
    """How many steps it relies on stand before it."""
    work: Activation | None = None
    booking: Order | None = None
    state: StepState = StepState.DUE
    sent: datetime | None = None
    """When it was last sent."""
    waited: int = 0
    """How often in a row its system could not be reached."""
    native_id: str | None = None
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return "book" if self.booking else "activate"


@dataclass(frozen=True, slots=True)
class Line:
    """A booked line as the realisation tells it."""

    reference: str
    kind: str
    name: str
    quantity: int
    price: Decimal
    """Net, per piece."""
    amount: Decimal
    """Net, for the whole line, rounded."""
    product_id: str
    offering_id: str | None = None
    native_offering_id: str | None = None
    shares: dict[str, Decimal] = field(default_factory=dict)
    """Of a discount: line reference -> that line's share."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A product that the customer will own."""

    id: str
    item_id: str
    offering_id: str
    name: str
    root: str
    """The product at the top; its own id when it is that."""
    is_bundle: bool = False
    reference: str | None = None
    """Of the activation that realises it."""
    specification_id: str | None = None
    price: Decimal | None = None
    period: str = "month"
    allowance: Quantity | None = None
    characteristics: dict[str, str] = field(default_factory=dict)
    quantity: int = 1
    """Pieces that are one product; those that are a service each are products of their own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run needs; the steps carry what has become of them so far."""

    order_id: str
    customer_id: str
    subject: str
    client: str
    operator: str
    billing: str
    currency: str
    start: datetime
    account_id: str | None
    steps: tuple[Step, ...]
    products: tuple[Planned, ...]
    lines: tuple[Line, ...]
    refusal: str | None = None
    """Why it cannot be done; from then on the done steps are undone."""

    @property
    def leaves(self) -> frozenset[str]:
        """The order items that stand for legacy work; the others are bundles of them."""
        return frozenset(item for step in self.steps for item in step.items)

    def with_step(self, step: Step) -> "Plan":
        return replace(self, steps=tuple(step if s.reference == step.reference else s for s in self.steps))

    def principal(self) -> Principal:
        """Background work on behalf of whoever ordered: it sees this one customer."""
        return Principal("banyan", self.client, self.operator, frozenset({self.customer_id}), acting_for=self.subject)

    def pack(self) -> dict[str, Any]:
        """As a job keeps it: decimals and instants as text."""
        packed: dict[str, Any] = msgspec.to_builtins(self)
        return packed

    @staticmethod
    def unpack(data: dict[str, Any]) -> "Plan":
        return msgspec.convert(data, Plan)
