"""The laws of ProvisioningPort: each write is named by our reference, so repeating it changes nothing."""

import asyncio
from dataclasses import replace

import pytest

from contracts.errors import Conflict, Happened, NotFound, Rejected
from contracts.faults import WORKLESS, Fault
from contracts.model import Activation, WorkState
from contracts.ports import ProvisioningPort
from contracts.suites.kit import Ask, Calls, Southbound, every_fault, on_simulator
from contracts.suites.wire import WireContract


class ProvisioningContract(WireContract):
    """Services come, change and go by our reference, each once however often it is asked."""

    customer_to_serve: str
    numbered_service: str
    """A service that stands by itself and gets an MSISDN from the system."""
    dependent_service: str
    """A service that relies on another."""

    def new_activation(self, reference: str, **characteristics: str) -> Activation:
        return Activation(reference, self.customer_to_serve, self.numbered_service, characteristics=characteristics)

    def asks(self) -> dict[str, Ask]:
        return super().asks() | {
            "activate": lambda adapter, call: adapter.activate(call, self.new_activation("law-0")),
        }

    async def test_what_was_activated_is_done(self, adapter: ProvisioningPort, calls: Calls) -> None:
        receipt = await adapter.activate(calls(), self.new_activation("law-1"))
        assert receipt.reference == "law-1"
        assert receipt.accepted.tzinfo is not None
        state = await adapter.activation_state(calls(), "law-1")
        assert (state.reference, state.native_id, state.state) == ("law-1", receipt.native_id, WorkState.DONE)

    @on_simulator
    async def test_activating_twice_activates_once(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        first = await adapter.activate(calls(), self.new_activation("law-2", colour="red"))
        again = await adapter.activate(calls(), self.new_activation("law-2", colour="red"))
        assert (again.native_id, again.facts) == (first.native_id, first.facts)
        assert len(southbound.effects("law-2")) == 1

    @every_fault
    @on_simulator
    async def test_a_repeat_makes_good_what_failed(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        await self.fails(southbound, fault, adapter.activate(calls(), self.new_activation("law-3")))
        assert len(southbound.effects("law-3")) == (fault not in WORKLESS)
        receipt = await adapter.activate(calls(), self.new_activation("law-3"))
        state = await adapter.activation_state(calls(), "law-3")
        assert (state.native_id, state.facts) == (receipt.native_id, receipt.facts)
        assert len(southbound.effects("law-3")) == 1

    @on_simulator
    async def test_a_reference_names_one_service(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        await adapter.activate(calls(), self.new_activation("law-5", colour="red"))
        with pytest.raises(Conflict) as clash:
            await adapter.activate(calls(), self.new_activation("law-5", colour="blue"))
        assert clash.value.happened is Happened.NO
        assert len(southbound.effects("law-5")) == 1

    @on_simulator
    async def test_an_assigned_number_is_told_again(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        await self.fails(southbound, Fault.LOST_ANSWER, adapter.activate(calls(), self.new_activation("law-6")))
        number = (await adapter.activate(calls(), self.new_activation("law-6"))).facts["msisdn"]
        assert (await adapter.activation_state(calls(), "law-6")).facts["msisdn"] == number
        assert (await adapter.activate(calls(), self.new_activation("law-6b"))).facts["msisdn"] != number

    @on_simulator
    async def test_a_number_in_use_is_refused(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        number = (await adapter.activate(calls(), self.new_activation("law-7"))).facts["msisdn"]
        with pytest.raises(Rejected) as refused:
            await adapter.activate(calls(), self.new_activation("law-7b", msisdn=number))
        assert refused.value.happened is Happened.NO
        assert southbound.effects("law-7b") == []

    @on_simulator
    async def test_a_service_waits_for_the_one_it_relies_on(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        dependent = replace(self.new_activation("law-8b"), service=self.dependent_service, parent="law-8")
        with pytest.raises(Rejected) as refused:
            await adapter.activate(calls(), dependent)
        assert refused.value.happened is Happened.NO
        assert southbound.effects("law-8b") == []
        await adapter.activate(calls(), self.new_activation("law-8"))
        await adapter.activate(calls(), dependent)
        assert len(southbound.effects("law-8b")) == 1

    @on_simulator
    async def test_modifying_twice_modifies_once(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        await adapter.activate(calls(), self.new_activation("law-9", colour="red"))
        for _ in range(2):
            receipt = await adapter.modify(calls(), self.new_activation("law-9", colour="blue"))
            assert receipt.facts["colour"] == "blue"
        assert len(southbound.effects("law-9")) == 2

    @on_simulator
    async def test_deactivating_twice_deactivates_once(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        await adapter.activate(calls(), self.new_activation("law-10"))
        for _ in range(2):
            await adapter.deactivate(calls(), self.new_activation("law-10"))
        assert (await adapter.activation_state(calls(), "law-10")).state is WorkState.CANCELLED
        assert len(southbound.effects("law-10")) == 2

    async def test_what_nobody_activated_is_not_found(self, adapter: ProvisioningPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.activation_state(calls(), "law-11")
        with pytest.raises(NotFound):
            await adapter.modify(calls(), self.new_activation("law-11"))
        with pytest.raises(NotFound):
            await adapter.deactivate(calls(), self.new_activation("law-11"))

    @every_fault
    @on_simulator
    async def test_a_state_tells_how_it_failed(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        await adapter.activate(calls(), self.new_activation("law-12"))
        await self.fails(southbound, fault, adapter.activation_state(calls(), "law-12"))

    @on_simulator
    async def test_activations_made_at_once_are_not_mixed(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        references = [f"law-13-{number}" for number in range(20)]
        receipts = await asyncio.gather(
            *(adapter.activate(calls(), self.new_activation(reference)) for reference in references)
        )
        assert [receipt.reference for receipt in receipts] == references
        assert len({receipt.facts["msisdn"] for receipt in receipts}) == len(references)
        for receipt in receipts:
            (effect,) = southbound.effects(receipt.reference)
            assert effect["nativeId"] == receipt.native_id
