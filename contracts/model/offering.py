"""What the legacy sells: a tariff, an add-on, an item of its price list."""

from contracts.model.money import Money
from contracts.model.quantity import Quantity
from contracts.noun import noun


@noun
class Offering:
    id: str
    code: str
    """The legacy's own product code: RP_MOB20."""
    name: str
    price: Money
    """Net list price per period and piece."""
    period: str = "month"
    """month, or once for a one-time charge."""
    description: str | None = None
    service: str | None = None
    """The OSS service this product is made of; None when nothing is activated."""
    relies_on: str | None = None
    """The OSS service that must be active before this one (a data pack needs a line)."""
    allowance: Quantity | None = None
    active: bool = True
