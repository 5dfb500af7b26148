"""What one jBilling installation needs to be told."""

from pydantic import Field

from banyan.config import SoapConfig


class Config(SoapConfig):
    currencies: dict[int, str] = Field({1: "USD", 3: "EUR"}, title="Currencies", description="Currency id to ISO code")
    discount_item: int = Field(900, title="Discount item", description="Id of the item that discounts are booked on")
    plans: bool = Field(default=True, title="Plans", description="Whether this installation has plans; not all do")
    monthly_period: int = Field(2, title="Monthly period", description="Id of the order period that means monthly")
    statuses: tuple[int, ...] = Field(
        (1, 2, 3, 4, 5, 6, 7), title="Statuses", description="User statuses that make a customer"
    )
