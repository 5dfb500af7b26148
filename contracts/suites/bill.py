"""The laws of BillPort."""

from decimal import Decimal
from typing import ClassVar

import pytest

from contracts.errors import NotFound
from contracts.page import Window
from contracts.ports import BillPort
from contracts.suites.kit import Ask, Calls, needs, pages_join
from contracts.suites.wire import WireContract, told_apart


class BillContract(WireContract):
    """What billing issued is found again, complete, newest first, and nothing is billed twice."""

    account_with_bills: ClassVar[str]
    unknown_bill: ClassVar[str]

    def asks(self) -> dict[str, Ask]:
        return super().asks() | {
            "bills": lambda adapter, call: adapter.bills(call, self.account_with_bills, Window()),
            "bill_now": lambda adapter, call: adapter.bill_now(call, self.account_with_bills),
        }

    async def test_a_listed_bill_is_found(self, adapter: BillPort, calls: Calls) -> None:
        listed = (await adapter.bills(calls(), self.account_with_bills, Window())).items
        assert listed
        for each in listed:
            assert each.account_id == self.account_with_bills
            assert each.issued.tzinfo is not None
            assert all(isinstance(line.amount.amount, Decimal) for line in each.lines)
            if each.lines:  # some systems tell what is to be paid, and no more
                assert sum((line.amount.amount for line in each.lines), Decimal(0)) == each.total.amount
            assert await adapter.bill(calls(), each.id) == each

    async def test_bills_come_newest_first(self, adapter: BillPort, calls: Calls) -> None:
        listed = (await adapter.bills(calls(), self.account_with_bills, Window())).items
        issued = [each.issued for each in listed]
        assert issued == sorted(issued, reverse=True)

    async def test_an_unknown_bill_is_not_found(self, adapter: BillPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.bill(calls(), self.unknown_bill)

    async def test_bills_asked_for_at_once_are_not_mixed(self, adapter: BillPort, calls: Calls) -> None:
        listed = (await adapter.bills(calls(), self.account_with_bills, Window())).items
        true = {each.id: each for each in listed}
        await told_apart(lambda one: adapter.bill(calls(), one), true, self.unknown_bill)

    async def test_pages_of_bills_join(self, adapter: BillPort, calls: Calls) -> None:
        await pages_join(lambda window: adapter.bills(calls(), self.account_with_bills, window), 1)

    @needs("bill.now")
    async def test_nothing_is_billed_twice(self, adapter: BillPort, calls: Calls) -> None:
        await adapter.bill_now(calls(), self.account_with_bills)
        before = (await adapter.bills(calls(), self.account_with_bills, Window())).items
        assert await adapter.bill_now(calls(), self.account_with_bills) == []
        assert (await adapter.bills(calls(), self.account_with_bills, Window())).items == before
