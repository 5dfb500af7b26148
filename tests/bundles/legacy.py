"""A price list to stand in for the legacy's, with a switch to take it down."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from contracts.call import Call
from contracts.errors import NotFound, Unavailable
from contracts.model import Money, Offering, Quantity, Unit
from contracts.page import Slice, Window
from contracts.ports import CatalogPort
from gateway.policy.ports import Serving


def tariff(id: str, name: str, price: str, **more: Any) -> Offering:
    return Offering(id=id, code=name.upper().replace(" ", "_"), name=name, price=Money(Decimal(price)), **more)


TARIFFS = (
    tariff("1", "Mobile line", "20.00", service="mobile-line"),
    tariff("2", "Data 5", "10.00", service="data-pack", relies_on="mobile-line", allowance=Quantity(5, Unit.BYTES)),
    tariff("3", "Data 20", "15.00", service="data-pack", relies_on="mobile-line", allowance=Quantity(20, Unit.BYTES)),
    tariff("4", "Data 100", "33.33", service="data-pack", relies_on="mobile-line"),
    tariff("5", "Insurance", "4.99"),
    tariff("6", "Extra SIM", "2.495", service="sim"),
)


class PriceList:
    """Satisfies CatalogPort and Ports both: the one system behind it is called billing."""

    def __init__(self, *offerings: Offering) -> None:
        self.offerings_by_id = {offering.id: offering for offering in offerings}
        self.down = False

    def change(self, id: str, **what: Any) -> None:
        self.offerings_by_id[id] = replace(self.offerings_by_id[id], **what)

    async def offerings(self, call: Call, window: Window) -> Slice[Offering]:
        if self.down:
            raise Unavailable("the price list is down")
        page = list(self.offerings_by_id.values())[window.offset : window.offset + window.limit]
        return Slice(page)

    async def offering(self, call: Call, offering_id: str) -> Offering:
        if offering_id not in self.offerings_by_id:
            raise NotFound("no such offering")
        return self.offerings_by_id[offering_id]

    async def probe(self, call: Call) -> None: ...

    async def aclose(self) -> None: ...

    def serving(self, port: Any, *, operator: str = "default", customer: str | None = None) -> Serving[Any]:
        return Serving("billing", self, settle_s=30, sync_every_s=60)  # type: ignore[type-var]

    def all(self, port: Any) -> list[Serving[Any]]:
        return [self.serving(CatalogPort)]
