"""The laws of ProvisioningPort: each write is named by our reference, so repeating it changes nothing."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from contracts.errors import Conflict, Happened, NotFound, Rejected
from contracts.faults import WORKLESS, Fault
from contracts.model import Activation, WorkState
from contracts.ports import ProvisioningPort
from contracts.suites.kit import Ask, Calls, Southbound, every_fault, needs, on_simulator
from contracts.suites.wire import WireContract


class ProvisioningContract(WireContract):
    """Services come, change and go by our reference, each once however often it is asked."""

    customer_to_serve: str
    service_to_activate: str
    """A service that stands by itself."""
    characteristics: Mapping[str, str] = MappingProxyType({})
    """What each activation is told besides, where the system must know it: an MSISDN, an IMSI."""
    characteristic: str = "colour"
    """One that this service has, and that can be modified."""
    values: tuple[str, str] = ("red", "blue")
    """Two that the characteristic may have."""
    numbered: bool = False
    """Whether the system gives this service an MSISDN of its own choice."""
    compares: bool = False
    """Whether the system refuses another order under the name of an old one, and does not take it for a repeat."""
    dependent_service: str | None = None
    """A service that relies on that one; None where the system knows no such thing."""

    def new_activation(self, reference: str, value: str | None = None) -> Activation:
        """An activation that the system takes, with the characteristic where a value is given."""
        told = {**self.characteristics, **({} if value is None else {self.characteristic: value})}
        return Activation(reference, self.customer_to_serve, self.service_to_activate, characteristics=told)

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
        first = await adapter.activate(calls(), self.new_activation("law-2", self.values[0]))
        again = await adapter.activate(calls(), self.new_activation("law-2", self.values[0]))
        assert (again.native_id, again.facts) == (first.native_id, first.facts)
        assert len(southbound.effects("law-2")) == 1

    @every_fault
    @on_simulator
    async def test_a_repeat_makes_good_what_failed(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        await self.ready(adapter, calls)
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
        first = await adapter.activate(calls(), self.new_activation("law-5", self.values[0]))
        other = adapter.activate(calls(), self.new_activation("law-5", self.values[1]))
        if self.compares:
            with pytest.raises(Conflict) as clash:
                await other
            assert clash.value.happened is Happened.NO
        else:
            assert (await other).native_id == first.native_id
        assert len(southbound.effects("law-5")) == 1

    @on_simulator
    async def test_an_assigned_number_is_told_again(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        self._needs_numbers()
        await self.ready(adapter, calls)
        await self.fails(southbound, Fault.LOST_ANSWER, adapter.activate(calls(), self.new_activation("law-6")))
        number = (await adapter.activate(calls(), self.new_activation("law-6"))).facts["msisdn"]
        assert (await adapter.activation_state(calls(), "law-6")).facts["msisdn"] == number
        assert (await adapter.activate(calls(), self.new_activation("law-6b"))).facts["msisdn"] != number

    @on_simulator
    async def test_a_number_in_use_is_refused(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        self._needs_numbers()
        number = (await adapter.activate(calls(), self.new_activation("law-7"))).facts["msisdn"]
        taken = replace(self.new_activation("law-7b"), characteristics={"msisdn": number})
        with pytest.raises(Rejected) as refused:
            await adapter.activate(calls(), taken)
        assert refused.value.happened is Happened.NO
        assert southbound.effects("law-7b") == []

    @on_simulator
    async def test_a_service_waits_for_the_one_it_relies_on(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        if self.dependent_service is None:
            pytest.skip("the system knows no service that relies on another")
        dependent = replace(self.new_activation("law-8b"), service=self.dependent_service, parent="law-8")
        with pytest.raises(Rejected) as refused:
            await adapter.activate(calls(), dependent)
        assert refused.value.happened is Happened.NO
        assert southbound.effects("law-8b") == []
        await adapter.activate(calls(), self.new_activation("law-8"))
        await adapter.activate(calls(), dependent)
        assert len(southbound.effects("law-8b")) == 1

    @on_simulator
    @needs("service.modify")
    async def test_modifying_twice_modifies_once(
        self, adapter: ProvisioningPort, southbound: Southbound, calls: Calls
    ) -> None:
        await adapter.activate(calls(), self.new_activation("law-9", self.values[0]))
        for _ in range(2):
            receipt = await adapter.modify(calls(), self.new_activation("law-9", self.values[1]))
            assert receipt.facts.get(self.characteristic, self.values[1]) == self.values[1]
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
            await adapter.deactivate(calls(), self.new_activation("law-11"))

    @needs("service.modify")
    async def test_what_nobody_activated_is_not_modified(self, adapter: ProvisioningPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.modify(calls(), self.new_activation("law-14"))

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
        if self.numbered:
            assert len({receipt.facts["msisdn"] for receipt in receipts}) == len(references)
        for receipt in receipts:
            (effect,) = southbound.effects(receipt.reference)
            assert receipt.native_id in (effect["nativeId"], receipt.reference)

    def _needs_numbers(self) -> None:
        if not self.numbered:
            pytest.skip("the system gives the service no number")
