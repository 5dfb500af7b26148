"""What one jBilling installation needs to be told."""

from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str = Field(title="Endpoint", description="Address of the SOAP service; the WSDL's own is never dialled")
    username: str | None = Field(None, title="User name", description="For HTTP Basic; absent when none is asked")
    password: SecretStr | None = Field(None, title="Password", description="For HTTP Basic")
    timezone: ZoneInfo = Field(
        ZoneInfo("UTC"), title="Time zone", description="What jBilling means by its times, which carry no zone"
    )
    currencies: dict[int, str] = Field({1: "USD", 3: "EUR"}, title="Currencies", description="Currency id to ISO code")
    discount_item: int = Field(900, title="Discount item", description="Id of the item that discounts are booked on")
    plans: bool = Field(default=True, title="Plans", description="Whether this installation has plans; not all do")
    monthly_period: int = Field(2, title="Monthly period", description="Id of the order period that means monthly")
    statuses: tuple[int, ...] = Field(
        (1, 2, 3, 4, 5, 6, 7), title="Statuses", description="User statuses that make a customer"
    )
    refused: frozenset[int] = Field(
        frozenset({503}), title="Refused", description="HTTP statuses that mean: turned away before any work"
    )
    timeout_s: float = Field(3.0, title="Time limit", description="Seconds that one attempt may take", gt=0)
    concurrency: int = Field(8, title="Concurrency", description="Calls in flight at most", ge=1)
