"""The laws of InventoryPort."""

from decimal import Decimal
from typing import ClassVar

import pytest

from contracts.errors import NotFound
from contracts.page import Window
from contracts.ports import InventoryPort
from contracts.suites.kit import Ask, Calls, pages_join
from contracts.suites.wire import WireContract, told_apart


class InventoryContract(WireContract):
    """What a customer runs in billing is found again as it was listed, and is nobody else's."""

    customer_with_subscriptions: ClassVar[str]
    unknown_subscription: ClassVar[str]

    def asks(self) -> dict[str, Ask]:
        who = self.customer_with_subscriptions
        return super().asks() | {"subscriptions": lambda adapter, call: adapter.subscriptions(call, who, Window())}

    async def test_a_listed_subscription_is_found(self, adapter: InventoryPort, calls: Calls) -> None:
        listed = (await adapter.subscriptions(calls(), self.customer_with_subscriptions, Window())).items
        for each in listed:
            assert each.customer_id == self.customer_with_subscriptions
            assert each.since.tzinfo is not None
            assert all(isinstance(line.price.amount, Decimal) for line in each.lines)
            assert await adapter.subscription(calls(), each.id) == each
        assert listed

    async def test_an_unknown_subscription_is_not_found(self, adapter: InventoryPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.subscription(calls(), self.unknown_subscription)

    async def test_subscriptions_asked_for_at_once_are_not_mixed(self, adapter: InventoryPort, calls: Calls) -> None:
        listed = (await adapter.subscriptions(calls(), self.customer_with_subscriptions, Window())).items
        true = {each.id: each for each in listed}
        await told_apart(lambda one: adapter.subscription(calls(), one), true, self.unknown_subscription)

    async def test_pages_of_subscriptions_join(self, adapter: InventoryPort, calls: Calls) -> None:
        who = self.customer_with_subscriptions
        await pages_join(lambda window: adapter.subscriptions(calls(), who, window), 1)
