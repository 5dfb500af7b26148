"""The laws of OrderPort: an order is placed once, and found again when its answer was lost."""

import asyncio
from contextlib import suppress

import pytest

from contracts.errors import NotFound, PortError
from contracts.faults import BECOMES, SLOW, VALUES, WORKLESS, Fault
from contracts.model import Order, WorkState
from contracts.ports import OrderPort
from contracts.suites.kit import Ask, Calls, Southbound, every_fault, needs, on_simulator
from contracts.suites.wire import WireContract


class OrderContract(WireContract):
    """An order is booked once, found again when its answer was lost, and cancelled once."""

    unknown_order: str

    def new_order(self, reference: str) -> Order:
        """An order that the system takes, for a customer who has none of this reference."""
        raise NotImplementedError

    def asks(self) -> dict[str, Ask]:
        return super().asks() | {
            "order_by_key": lambda adapter, call: adapter.order_by_key(call, self.new_order("law-0")),
            "place_order": lambda adapter, call: adapter.place_order(call, self.new_order("law-0")),
        }

    async def sent_after(self, adapter: OrderPort, southbound: Southbound, calls: Calls) -> int:
        """After how many calls an order is in the system: what asks first has made some before."""
        await self.ready(adapter, calls)
        order = self.new_order("law-0")
        for count in range(1, 10):
            southbound.reset()
            southbound.arm(Fault.REFUSE, after=count)
            with suppress(PortError):
                await adapter.place_order(calls(), order)
            if southbound.effects(order.reference):
                southbound.reset()
                return count
        raise AssertionError("no order reaches the system")

    @on_simulator
    @needs("order.lookup")
    async def test_a_placed_order_is_found_by_both_its_names(
        self, adapter: OrderPort, southbound: Southbound, calls: Calls
    ) -> None:
        order = self.new_order("law-1.item")
        receipt = await adapter.place_order(calls(), order)
        assert receipt.reference == order.reference
        assert receipt.accepted.tzinfo is not None
        state = await adapter.order_state(calls(), receipt.native_id)
        assert (state.native_id, state.state) == (receipt.native_id, WorkState.DONE)
        found = await adapter.order_by_key(calls(), order)
        assert found is not None
        assert found.native_id == receipt.native_id
        assert len(southbound.effects(order.reference)) == 1

    @needs("order.lookup")
    async def test_an_order_never_placed_is_not_found(self, adapter: OrderPort, calls: Calls) -> None:
        assert await adapter.order_by_key(calls(), self.new_order("law-2")) is None
        with pytest.raises(NotFound):
            await adapter.order_state(calls(), self.unknown_order)

    @on_simulator
    @needs("order.lookup")
    @pytest.mark.parametrize("fault", sorted({*BECOMES} - WORKLESS - SLOW - VALUES))
    async def test_an_order_whose_answer_was_lost_is_found_once(
        self, adapter: OrderPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        order = self.new_order(f"law-3-{fault}")
        sent = await self.sent_after(adapter, southbound, calls)
        await self.fails(southbound, fault, adapter.place_order(calls(), order), after=sent - 1)
        assert await adapter.order_by_key(calls(), order) is not None
        assert len(southbound.effects(order.reference)) == 1

    @on_simulator
    @needs("order.lookup")
    @pytest.mark.parametrize("fault", sorted(WORKLESS))
    async def test_an_order_that_was_not_taken_is_not_found(
        self, adapter: OrderPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        order = self.new_order(f"law-4-{fault}")
        sent = await self.sent_after(adapter, southbound, calls)
        await self.fails(southbound, fault, adapter.place_order(calls(), order), after=sent - 1)
        assert await adapter.order_by_key(calls(), order) is None
        assert southbound.effects(order.reference) == []

    @on_simulator
    @every_fault
    async def test_whatever_fails_after_the_order_was_sent_leaves_it_in_doubt(
        self, adapter: OrderPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        order = self.new_order(f"law-5-{fault}")
        southbound.arm(fault, after=await self.sent_after(adapter, southbound, calls))
        try:
            await adapter.place_order(calls(), order)
        except PortError as error:
            assert error.happened == "unknown"  # noqa: PT017 - systems that confirm at once never meet the fault
        assert len(southbound.effects(order.reference)) == 1

    @on_simulator
    @needs("order.lookup")
    @every_fault
    async def test_a_look_up_tells_how_it_failed(
        self, adapter: OrderPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        order = self.new_order("law-6")
        await adapter.place_order(calls(), order)
        await self.fails(southbound, fault, adapter.order_by_key(calls(), order))

    @on_simulator
    @needs("order.cancel")
    async def test_cancelling_twice_cancels_once(
        self, adapter: OrderPort, southbound: Southbound, calls: Calls
    ) -> None:
        order = self.new_order("law-7")
        receipt = await adapter.place_order(calls(), order)
        await adapter.cancel_order(calls(), receipt.native_id)
        await adapter.cancel_order(calls(), receipt.native_id)
        assert (await adapter.order_state(calls(), receipt.native_id)).state is WorkState.CANCELLED
        assert len(southbound.effects(order.reference)) == 2

    async def test_orders_placed_at_once_are_not_mixed(self, adapter: OrderPort, calls: Calls) -> None:
        orders = [self.new_order(f"law-8-{number}") for number in range(20)]
        receipts = await asyncio.gather(*(adapter.place_order(calls(), order) for order in orders))
        assert [receipt.reference for receipt in receipts] == [order.reference for order in orders]
        assert len({receipt.native_id for receipt in receipts}) == len(orders)
