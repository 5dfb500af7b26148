"""Plans are offerings like any other: listed, ordered, running and billed under one id."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.config import Config
from adapters.jbilling.plans import subscription_item
from adapters.jbilling.simulator import simulator as simulate
from banyan import Clock, Garbled, Happened, NotFound, PortError, Window
from banyan.model import LineKind, Money, Order, OrderLine, Quantity, Unit
from banyan.simulate import Ledger, Simulator
from banyan.suites import Calls, Fault, Southbound

PLAN, ITEM, PRICE = "plan-12", 602, Money(Decimal("34.95"))


def an_order(reference: str, offering_id: str = PLAN) -> Order:
    line = OrderLine("line", LineKind.PRODUCT, offering_id, "Data 200 GB", 1, PRICE)
    return Order(reference, "103", (line,), start=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


class TestPlans:
    adapter_class = Jbilling

    @staticmethod
    def config(url: str) -> Config:
        return Config(endpoint=url, timeout_s=1.5)

    @staticmethod
    def simulator(ledger: Ledger, clock: Clock) -> Simulator:
        return simulate(ledger, clock, bill_run_s=0)

    async def test_a_plan_is_listed_with_its_price_and_its_item_is_not(self, adapter: Jbilling, calls: Calls) -> None:
        listed = {each.id: each for each in (await adapter.offerings(calls(), Window())).items}
        plan = listed[PLAN]
        assert (plan.code, plan.name, plan.price) == ("PL_D200", "Data 200 GB", PRICE)
        assert (plan.service, plan.relies_on) == ("data-pack", "mobile-line")
        assert plan.allowance == Quantity(200 * 10**9, Unit.BYTES)
        assert await adapter.offering(calls(), PLAN) == plan
        assert str(ITEM) not in listed
        assert "900" not in listed

    @pytest.mark.parametrize("unknown", [str(ITEM), "900", "plan-99", "plan-", "plan-x", "plan--1", "plan-plan-12"])
    async def test_what_is_sold_otherwise_or_not_at_all_is_not_found(
        self, adapter: Jbilling, calls: Calls, unknown: str
    ) -> None:
        with pytest.raises(NotFound):
            await adapter.offering(calls(), unknown)

    async def test_a_plan_is_booked_on_its_item_and_comes_back_as_the_plan(
        self, adapter: Jbilling, southbound: Southbound, calls: Calls
    ) -> None:
        receipt = await adapter.place_order(calls(), an_order("p-1"))
        [effect] = southbound.effects("p-1")
        assert effect["amount"] == PRICE.amount
        [line] = (await adapter.subscription(calls(), receipt.native_id)).lines
        assert (line.offering_id, line.amount) == (PLAN, PRICE)
        [bill] = await adapter.bill_now(calls(), "103")
        assert [(each.offering_id, each.amount) for each in bill.lines] == [(PLAN, PRICE)]
        assert bill == (await adapter.bills(calls(), "103", Window())).items[0]

    @pytest.mark.parametrize("unknown", ["plan-99", "plan-", "601x"])
    async def test_an_order_for_an_unknown_plan_books_nothing(
        self, adapter: Jbilling, southbound: Southbound, calls: Calls, unknown: str
    ) -> None:
        with pytest.raises(NotFound):
            await adapter.place_order(calls(), an_order("p-2", unknown))
        assert southbound.effects("p-2") == []

    @pytest.mark.parametrize("fault", [Fault.FAULT, Fault.LOST_ANSWER, Fault.GARBAGE, Fault.SWAP, Fault.DELAY])
    async def test_a_plan_that_cannot_be_looked_up_leaves_no_doubt(
        self, adapter: Jbilling, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        southbound.arm(fault, operation="getPlanWS")
        with pytest.raises(PortError) as caught:
            await adapter.place_order(calls(), an_order("p-3"))
        assert caught.value.happened is Happened.NO
        assert southbound.effects("p-3") == []


class TestWithoutPlans:
    adapter_class = Jbilling
    simulator = TestPlans.simulator

    @staticmethod
    def config(url: str) -> Config:
        return Config(endpoint=url, plans=False)

    async def test_only_items_are_sold(self, adapter: Jbilling, southbound: Southbound, calls: Calls) -> None:
        listed = {each.id for each in (await adapter.offerings(calls(), Window())).items}
        assert (PLAN in listed, str(ITEM) in listed) == (False, True)
        with pytest.raises(NotFound):
            await adapter.offering(calls(), PLAN)
        with pytest.raises(NotFound):
            await adapter.place_order(calls(), an_order("p-4"))
        assert southbound.effects("p-4") == []


def test_a_plan_with_two_subscription_items_is_garbled() -> None:
    with pytest.raises(Garbled):
        subscription_item({"itemId": 601, "planSubscriptionItemId": 602})
    with pytest.raises(Garbled):
        subscription_item({"itemId": None, "planSubscriptionItemId": 602})
