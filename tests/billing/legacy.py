"""A billing system and a network that say what the test has put into them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from contracts.call import Call
from contracts.errors import NotFound, PortError
from contracts.model import Account, Bill, BillLine, Customer, Money, Service
from contracts.page import Slice, Window
from gateway.policy.ports import Serving
from tests.clock import START

T = TypeVar("T")

ANNA = Customer("101", "Anna Adler", "active", given_name="Anna", family_name="Adler", email="anna@example.org")
LINE = Service("CFS-1", "seed.1", "101", "mobile-line", "active", {"msisdn": "491555000001"})
DUE = date(2026, 12, 1)


def bill(id: str, state: str = "new") -> Bill:
    twenty = Money(Decimal("20.00"))
    return Bill(
        id, f"B{id}", "101", "101", START, DUE, twenty, twenty, (BillLine("1", "Line", 1, twenty),), status=state
    )


@dataclass
class Legacy:
    """One system behind three ports."""

    customers_: dict[str, Customer] = field(default_factory=lambda: {ANNA.id: ANNA})
    bills_: dict[str, Bill] = field(default_factory=lambda: {"1": bill("1")})
    services_: dict[str, Service] = field(default_factory=lambda: {LINE.id: LINE})
    trouble: PortError | None = None

    async def find_customers(self, call: Call, window: Window) -> Slice[Customer]:
        return self._listed(self.customers_.values(), window)

    async def customer(self, call: Call, customer_id: str) -> Customer:
        return self._one(self.customers_, customer_id)

    async def accounts(self, call: Call, customer_id: str) -> list[Account]:
        return [Account(customer_id, customer_id, self.customers_[customer_id].name, "EUR")]

    async def bills(self, call: Call, account_id: str, window: Window) -> Slice[Bill]:
        return self._listed((one for one in self.bills_.values() if one.account_id == account_id), window)

    async def bill(self, call: Call, bill_id: str) -> Bill:
        return self._one(self.bills_, bill_id)

    async def services(self, call: Call, customer_id: str, window: Window) -> Slice[Service]:
        return self._listed((one for one in self.services_.values() if one.customer_id == customer_id), window)

    async def service(self, call: Call, service_id: str) -> Service:
        return self._one(self.services_, service_id)

    def _listed(self, found: Any, window: Window) -> Slice[Any]:
        if self.trouble:
            raise self.trouble
        return Slice(list(found)[window.offset :][: window.limit])

    def _one(self, among: dict[str, T], id: str) -> T:
        if self.trouble:
            raise self.trouble
        if id not in among:
            raise NotFound(id)
        return among[id]

    def all(self, port: type[Any]) -> list[Serving[Any]]:
        return [Serving("bss", self, 1, 1)]  # type: ignore[type-var]  # one object stands for every port

    def serving(self, port: type[Any], *, operator: str = "default", customer: str | None = None) -> Serving[Any]:
        return self.all(port)[0]
