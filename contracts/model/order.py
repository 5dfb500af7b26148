"""Orders as billing knows them: lines on a customer's account, found again by our reference."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from contracts.model.money import Money
from contracts.noun import noun


class LineKind(StrEnum):
    PRODUCT = "product"
    DISCOUNT = "discount"


@noun
class OrderLine:
    reference: str
    """Ours, unique within the order: which part or alteration this line books."""
    kind: LineKind
    offering_id: str | None
    """The legacy's offering; None for a discount, which the adapter books on its own discount item."""
    description: str
    quantity: int
    price: Money
    """Net, per piece; negative for a discount."""

    @property
    def amount(self) -> Money:
        return self.price.times(self.quantity).rounded()


@noun
class Order:
    reference: str
    """Our stable external reference: written before sending, looked up when the answer is lost."""
    customer_id: str
    lines: tuple[OrderLine, ...]
    start: datetime
    currency: str = "EUR"


@noun
class Receipt:
    """Proof that the legacy system took the work; what its state is asked with."""

    reference: str
    """Ours."""
    native_id: str
    """The legacy's."""
    accepted: datetime
    facts: dict[str, str] = field(default_factory=dict)
    """What the legacy decided and we did not know: an assigned MSISDN."""


class WorkState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@noun
class OrderState:
    reference: str
    native_id: str
    state: WorkState
    detail: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


@noun
class Subscription:
    """A running order in billing: what the customer pays for each period."""

    id: str
    customer_id: str
    status: str
    """active, suspended or terminated."""
    lines: tuple[OrderLine, ...]
    since: datetime
    until: datetime | None = None
    reference: str | None = None
    """Ours, when the order was placed by us."""
