"""jBilling's adapter keeps the laws of its ports."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.config import Config
from adapters.jbilling.simulator import simulator
from banyan import Clock
from banyan.model import LineKind, Money, Order, OrderLine
from banyan.simulate import Ledger, Simulator
from banyan.suites import BillContract, CatalogContract, CustomerContract, InventoryContract, OrderContract


class TestJbilling(CatalogContract, CustomerContract, InventoryContract, OrderContract, BillContract):
    adapter_class = Jbilling
    manifest = Path(__file__).parents[1] / "manifest.toml"
    known_offering = "303"
    unknown_offering = "999"
    known_customer = "105"
    known_login = "nordwerk"
    unknown_customer = "99"
    customer_with_subscriptions = "102"
    unknown_subscription = "9"
    unknown_order = "9"
    account_with_bills = "102"
    unknown_bill = "9"

    @staticmethod
    def config(url: str) -> Config:
        return Config(endpoint=url)

    @staticmethod
    def simulator(ledger: Ledger, clock: Clock) -> Simulator:
        return simulator(ledger, clock, bill_run_s=0)

    def new_order(self, reference: str) -> Order:
        line = OrderLine("line", LineKind.PRODUCT, "202", "Mobile Classic", 1, Money(Decimal("20.00")))
        discount = OrderLine("discount", LineKind.DISCOUNT, None, "15 % together", 1, Money(Decimal("-3.00")))
        return Order(reference, "103", (line, discount), start=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
