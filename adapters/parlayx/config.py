"""What one Parlay X installation needs to be told."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from banyan.config import SoapConfig
from banyan.model import Unit


class Kept(BaseModel):
    """What a balance type counts: Parlay X gives it a name and a number, and no unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    usage: Literal["monetary", "data", "voice", "sms", "mms", "other"]
    unit: str
    """An ISO 4217 currency for money, else seconds, bytes or 1."""
    factor: int = Field(default=1, ge=1)
    """How many of the unit one of the legacy's is: 60 where it counts minutes."""

    @model_validator(mode="after")
    def _in_a_unit_of_its_kind(self) -> "Kept":
        if self.usage != "monetary":
            Unit(self.unit)
        elif not re.fullmatch("[A-Z]{3}", self.unit) or self.factor != 1:
            raise ValueError("money is kept in a currency, and without a factor")
        return self

    def __str__(self) -> str:
        return f"{self.usage} in {self.factor} {self.unit}" if self.factor > 1 else f"{self.usage} in {self.unit}"


class Config(SoapConfig):
    balances: dict[str, Kept] = Field(
        {
            "Main": Kept(usage="monetary", unit="EUR"),
            "Data": Kept(usage="data", unit="bytes", factor=1_000_000),
            "Voice": Kept(usage="voice", unit="seconds", factor=60),
            "SMS": Kept(usage="sms", unit="1"),
        },
        title="Balances",
        description="Balance type to what it counts: usage, unit and factor",
    )
    details: str = Field(
        r"(?P<kind>\w+)( (?P<balance>\w+) (?P<amount>[+-]?[0-9]+(\.[0-9]+)?))?( ref=(?P<reference>\S+))?",
        title="Details",
        description="How transactionDetails is written: a pattern with kind, balance, amount and reference",
    )
    look_back_h: float = Field(
        72, title="Look back", description="Hours of history in which an unanswered top-up is looked for", gt=0
    )
    most_entries: int = Field(
        1000, title="Most entries", description="History entries asked for at once; more are never taken for all", ge=2
    )
    probe_subscriber: str = Field(
        "0", title="Probe subscriber", description="Whose balance types the probe asks for; need not exist"
    )

    @field_validator("details")
    @classmethod
    def _names_its_parts(cls, pattern: str) -> str:
        try:
            names = re.compile(pattern).groupindex
        except re.error as wrong:
            raise ValueError(f"it is no pattern: {wrong}") from None
        if missing := {"kind", "balance", "amount", "reference"} - names.keys():
            raise ValueError(f"it does not name {', '.join(sorted(missing))}")
        return pattern
