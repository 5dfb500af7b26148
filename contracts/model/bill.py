"""Bills as billing issued them: facts, never recomputed."""

from datetime import date, datetime

from contracts.model.money import Money
from contracts.noun import noun


@noun
class BillLine:
    id: str
    description: str
    quantity: int
    amount: Money
    """Net, for the whole line; negative for a discount."""
    offering_id: str | None = None


@noun
class Bill:
    id: str
    number: str
    customer_id: str
    account_id: str
    issued: datetime
    due: date | None
    total: Money
    open: Money
    """What is still to be paid."""
    lines: tuple[BillLine, ...]
    orders: tuple[str, ...] = ()
    """Native ids of the orders this bill charges."""
    status: str = "new"
    """new, sent, partiallyPaid or settled."""
