"""Products that only the legacy knows, beside those of our own orders."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from contracts.call import Call
from contracts.errors import NotFound, PortError, Unavailable
from contracts.model import LineKind, Money, OrderLine, Subscription
from contracts.page import Condition, Slice, Window
from gateway.api.product_inventory.translate import subscription_document
from gateway.flows.inventory import Held, Inventory
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Serving
from gateway.security import BANYAN
from tests.clock import START
from tests.orders.world import ALL, CUSTOMER, LINE, World

OLD = Subscription(
    "77",
    f"native-{CUSTOMER}",
    "active",
    (OrderLine("1", LineKind.PRODUCT, "native-line", "Line", 1, Money(Decimal("20.00"))),),
    START,
)


class Books:
    """What billing says the customer runs."""

    def __init__(self, *held: Subscription) -> None:
        self.held = {one.id: one for one in held}
        self.trouble: PortError | None = None

    async def subscriptions(self, call: Call, customer_id: str, window: Window) -> Slice[Subscription]:
        return Slice([one for one in self.held.values() if one.customer_id == customer_id])

    async def subscription(self, call: Call, subscription_id: str) -> Subscription:
        if self.trouble:
            raise self.trouble
        if subscription_id not in self.held:
            raise NotFound(subscription_id)
        return self.held[subscription_id]


class OnePort:
    def __init__(self, books: Any) -> None:
        self._books = books

    def all(self, port: type[Any]) -> list[Serving[Any]]:
        return [Serving("bss", self._books, 1, 1)]

    def serving(self, port: type[Any], *, operator: str = "default", customer: str | None = None) -> Serving[Any]:
        return self.all(port)[0]


async def test_only_what_is_not_ours_is_mirrored_and_a_sync_changes_nothing_twice(world: World) -> None:
    order = await world.accept(LINE)
    await world.settle(order)
    books = Books(OLD, replace(OLD, id="78", reference=order), replace(OLD, id="79", reference="a note of 2019"))
    inventory = Inventory(Mirror(world.store, world.clock, BANYAN), OnePort(books), subscription_document)
    before = len(world.events)
    await inventory.sync()
    await inventory.sync()
    told = [event.type for event in world.events[before:]]
    assert told == ["ProductCreateEvent"] * 2
    mirrored = (await world.store.find(ALL, "TMF637/product", Window())).items
    assert sorted(product.source or "ours" for product in mirrored) == ["bss", "bss", "ours"]
    active = Window(conditions=(Condition("status", "eq", ("active",)),))
    assert (await world.store.find(ALL, "TMF637/product", active)).total == 3


async def test_a_product_is_read_through_and_the_mirror_answers_for_a_system_that_is_down(world: World) -> None:
    books = Books(OLD)
    inventory = Inventory(Mirror(world.store, world.clock, BANYAN), OnePort(books), subscription_document)
    await inventory.sync()
    (product,) = (await world.store.find(ALL, "TMF637/product", Window())).items
    call = Call(world.clock.monotonic() + 5, "default", ALL)
    books.held["77"] = replace(OLD, status="suspended")
    assert (await inventory.product(call, product.id)).body["status"] == "suspended"
    read = world.clock.now()
    world.clock.advance(60)
    books.trouble = Unavailable("down")
    stale = await inventory.product(call, product.id)
    assert (stale.body["status"], stale.as_of, stale.missing) == ("suspended", read, ("bss",))
    books.trouble = NotFound("gone")
    with pytest.raises(Unknown):
        await inventory.product(call, product.id)
    assert (await world.store.find(ALL, "TMF637/product", Window())).total == 0


async def test_what_billing_has_no_more_leaves_the_inventory(world: World) -> None:
    books = Books(OLD, replace(OLD, id="78"))
    inventory = Inventory(Mirror(world.store, world.clock, BANYAN), OnePort(books), subscription_document)
    await inventory.sync()
    del books.held["78"]
    await inventory.sync()
    assert [event.type for event in world.events] == ["ProductCreateEvent"] * 2 + ["ProductDeleteEvent"]
    assert (await world.store.find(ALL, "TMF637/product", Window())).total == 1


DEMANDED = {"billingAccount", "productCharacteristic", "productOffering", "relatedParty", "status"}
EMPTY = replace(OLD, id="80", lines=())


@pytest.mark.parametrize("subscription", [OLD, EMPTY, replace(OLD, lines=OLD.lines * 2)])
def test_every_row_carries_what_conformance_kits_demand(subscription: Subscription) -> None:
    for offerings in ({}, {"native-line": "line"}):
        for account in (None, "account"):
            body = subscription_document(Held("p", subscription, CUSTOMER, account, offerings))
            assert body.keys() >= DEMANDED
            assert body["billingAccount"]["id"] == (account or CUSTOMER)
            known = bool(offerings and subscription.lines)
            assert body["productOffering"]["id"] == ("line" if known else "p.offering")
