"""What the legacy last said about an offering, kept beside the documents so that a sync sees what is new."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.model import Money, Offering, Quantity, Unit

FACTS = "banyan/offering"


@dataclass(frozen=True, slots=True)
class Facts:
    offering: Offering
    system: str
    specification_id: str
    """Ours; so is `price_id`."""
    price_id: str

    def written(self) -> dict[str, Any]:
        offering = self.offering
        return {
            "system": self.system,
            "specificationId": self.specification_id,
            "priceId": self.price_id,
            "nativeId": offering.id,
            "code": offering.code,
            "name": offering.name,
            "description": offering.description,
            "price": {"unit": offering.price.currency, "value": offering.price.amount},
            "period": offering.period,
            "service": offering.service,
            "reliesOn": offering.relies_on,
            "allowance": offering.allowance
            and {"amount": offering.allowance.amount, "unit": offering.allowance.unit.value},
            "active": offering.active,
        }

    @classmethod
    def read(cls, body: dict[str, Any]) -> "Facts":
        price, allowance = body["price"], body["allowance"]
        offering = Offering(
            id=body["nativeId"],
            code=body["code"],
            name=body["name"],
            description=body["description"],
            price=Money(Decimal(price["value"]), price["unit"]),
            period=body["period"],
            service=body["service"],
            relies_on=body["reliesOn"],
            allowance=allowance and Quantity(allowance["amount"], Unit(allowance["unit"])),
            active=body["active"],
        )
        return cls(offering, body["system"], body["specificationId"], body["priceId"])
