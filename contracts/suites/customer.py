"""The laws of CustomerPort."""

from typing import ClassVar

import pytest

from contracts.errors import NotFound
from contracts.page import Condition, Window
from contracts.ports import CustomerPort
from contracts.suites.kit import MOST, Ask, Calls, pages_join
from contracts.suites.wire import WireContract


class CustomerContract(WireContract):
    """Customers and their accounts are found, listed without gaps, and never mixed up."""

    known_customer: ClassVar[str]
    known_login: ClassVar[str | None] = None
    """The known customer's; None where the system knows no logins."""
    unknown_customer: ClassVar[str]

    def asks(self) -> dict[str, Ask]:
        return super().asks() | {
            "customer": lambda adapter, call: adapter.customer(call, self.known_customer),
            "find_customers": lambda adapter, call: adapter.find_customers(call, Window()),
            "accounts": lambda adapter, call: adapter.accounts(call, self.known_customer),
        }

    def others(self) -> dict[str, Ask]:
        return super().others() | {"customer": lambda adapter, call: adapter.customer(call, self.unknown_customer)}

    def personal(self) -> tuple[str, ...]:
        return (*super().personal(), *filter(None, [self.known_login]))

    async def test_a_known_customer_is_found(self, adapter: CustomerPort, calls: Calls) -> None:
        found = await adapter.customer(calls(), self.known_customer)
        assert found.id == self.known_customer
        assert found.login == self.known_login

    async def test_an_unknown_customer_is_not_found(self, adapter: CustomerPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.customer(calls(), self.unknown_customer)

    async def test_a_condition_counts_only_when_it_was_applied(self, adapter: CustomerPort, calls: Calls) -> None:
        condition = Condition("login", "eq", (self.known_login or "nobody's",))
        window = Window(limit=MOST, conditions=(condition,))
        found = await adapter.find_customers(calls(), window)
        if condition in found.applied and self.known_login is None:
            assert found.items == []
        elif condition in found.applied:
            assert [each.id for each in found.items] == [self.known_customer]
        elif len(found.items) < window.limit:
            assert self.known_customer in {each.id for each in found.items}

    async def test_pages_of_customers_join(self, adapter: CustomerPort, calls: Calls) -> None:
        await pages_join(lambda window: adapter.find_customers(calls(), window), 3)

    async def test_accounts_belong_to_their_customer(self, adapter: CustomerPort, calls: Calls) -> None:
        found = await adapter.accounts(calls(), self.known_customer)
        assert found
        assert {each.customer_id for each in found} == {self.known_customer}
