"""The laws of ProvisioningPort, for every adapter that offers it.

An adapter's tests subclass the suite, give the fixtures `adapter`, `control` and `clock`, and state the facts below.
"""

import asyncio
from dataclasses import replace

import pytest

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.errors import Conflict, Happened, NotFound, PortError, Rejected, TimedOut
from contracts.faults import BECOMES, Fault
from contracts.model import Activation, WorkState
from contracts.ports import ProvisioningPort
from contracts.suites.control import Control

DONE_UNHEARD = (Fault.LOST_ANSWER, Fault.GARBAGE, Fault.SWAP, Fault.DELAY)
NOT_DONE = (Fault.REFUSE, Fault.FAULT)


class ProvisioningContract:
    customer = "101"
    """A customer the system accepts."""
    service = "mobile-line"
    """A service that stands by itself and gets a number from the system."""
    dependent = "data-pack"
    """A service that relies on another."""
    activating = "activate"
    """The operation behind `activate` at which faults are aimed."""

    def call(self, clock: Clock, key: str = "law", seconds: float = 10) -> Call:
        principal = Principal(subject="suite", client="suite", operator="default")
        return Call(deadline=clock.monotonic() + seconds, operator="default", principal=principal, key=key)

    def wanted(self, reference: str = "law.1", **characteristics: str) -> Activation:
        return Activation(reference, self.customer, self.service, characteristics=characteristics)

    async def effects(self, control: Control, reference: str = "law.1") -> int:
        return sum(line["reference"] == reference for line in await control.ledger())

    async def test_what_was_activated_is_done(self, adapter: ProvisioningPort, clock: Clock) -> None:
        receipt = await adapter.activate(self.call(clock), self.wanted())
        state = await adapter.activation_state(self.call(clock), "law.1")
        assert (state.state, state.native_id) == (WorkState.DONE, receipt.native_id)
        assert receipt.reference == state.reference == "law.1"

    async def test_receipts_carry_aware_times(self, adapter: ProvisioningPort, clock: Clock) -> None:
        receipt = await adapter.activate(self.call(clock), self.wanted())
        assert receipt.accepted.utcoffset() is not None

    async def test_a_repeated_activation_is_one_effect(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        first = await adapter.activate(self.call(clock), self.wanted(colour="red"))
        again = await adapter.activate(self.call(clock), self.wanted(colour="red"))
        assert (again.native_id, again.facts) == (first.native_id, first.facts)
        assert await self.effects(control) == 1

    @pytest.mark.parametrize("kind", DONE_UNHEARD)
    async def test_an_answer_that_was_lost_is_made_good_by_a_repeat(
        self, adapter: ProvisioningPort, control: Control, clock: Clock, kind: Fault
    ) -> None:
        await control.fault(self.activating, kind)
        with pytest.raises(BECOMES[kind]) as failed:
            await adapter.activate(self.call(clock), self.wanted())
        assert failed.value.happened is Happened.UNKNOWN
        assert await self.effects(control) == 1
        receipt = await adapter.activate(self.call(clock), self.wanted())
        assert (await adapter.activation_state(self.call(clock), "law.1")).native_id == receipt.native_id
        assert await self.effects(control) == 1

    @pytest.mark.parametrize("kind", NOT_DONE)
    async def test_work_that_was_turned_away_is_done_by_a_repeat(
        self, adapter: ProvisioningPort, control: Control, clock: Clock, kind: Fault
    ) -> None:
        await control.fault(self.activating, kind)
        with pytest.raises(BECOMES[kind]) as failed:
            await adapter.activate(self.call(clock), self.wanted())
        assert failed.value.happened is (Happened.NO if kind is Fault.REFUSE else Happened.UNKNOWN)
        assert await self.effects(control) == 0
        await adapter.activate(self.call(clock), self.wanted())
        assert await self.effects(control) == 1

    async def test_nothing_is_sent_after_the_deadline(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        with pytest.raises(TimedOut) as late:
            await adapter.activate(self.call(clock, seconds=0), self.wanted())
        assert late.value.happened is Happened.NO
        assert await control.ledger() == []

    async def test_a_reference_names_one_service(self, adapter: ProvisioningPort, clock: Clock) -> None:
        await adapter.activate(self.call(clock), self.wanted(colour="red"))
        with pytest.raises(Conflict) as clash:
            await adapter.activate(self.call(clock), self.wanted(colour="blue"))
        assert clash.value.happened is Happened.NO

    async def test_the_number_assigned_is_told_and_stays(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        await control.fault(self.activating, Fault.LOST_ANSWER)
        with pytest.raises(PortError):
            await adapter.activate(self.call(clock), self.wanted())
        number = (await adapter.activate(self.call(clock), self.wanted())).facts["msisdn"]
        assert (await adapter.activation_state(self.call(clock), "law.1")).facts["msisdn"] == number
        other = await adapter.activate(self.call(clock), self.wanted("law.2"))
        assert other.facts["msisdn"] != number

    async def test_a_number_in_use_is_refused(self, adapter: ProvisioningPort, control: Control, clock: Clock) -> None:
        number = (await adapter.activate(self.call(clock), self.wanted())).facts["msisdn"]
        with pytest.raises(Rejected) as refused:
            await adapter.activate(self.call(clock), self.wanted("law.2", msisdn=number))
        assert refused.value.happened is Happened.NO
        assert await self.effects(control, "law.2") == 0

    async def test_a_service_cannot_come_before_the_one_it_relies_on(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        pack = replace(self.wanted("law.2"), service=self.dependent, parent="law.1")
        with pytest.raises(Rejected) as refused:
            await adapter.activate(self.call(clock), pack)
        assert refused.value.happened is Happened.NO
        assert await control.ledger() == []
        await adapter.activate(self.call(clock), self.wanted())
        await adapter.activate(self.call(clock), pack)
        assert await self.effects(control, "law.2") == 1

    async def test_a_repeated_modification_is_one_effect(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        await adapter.activate(self.call(clock), self.wanted(colour="red"))
        for _ in range(2):
            receipt = await adapter.modify(self.call(clock), self.wanted(colour="blue"))
            assert receipt.facts["colour"] == "blue"
        assert await self.effects(control) == 2

    async def test_a_repeated_deactivation_is_one_effect(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        await adapter.activate(self.call(clock), self.wanted())
        for _ in range(2):
            await adapter.deactivate(self.call(clock), self.wanted())
        assert (await adapter.activation_state(self.call(clock), "law.1")).state is WorkState.CANCELLED
        assert await self.effects(control) == 2

    async def test_what_nobody_activated_is_not_found(self, adapter: ProvisioningPort, clock: Clock) -> None:
        with pytest.raises(NotFound):
            await adapter.activation_state(self.call(clock), "law.unknown")
        with pytest.raises(NotFound):
            await adapter.modify(self.call(clock), self.wanted("law.unknown"))
        with pytest.raises(NotFound):
            await adapter.deactivate(self.call(clock), self.wanted("law.unknown"))

    async def test_twenty_at_once_are_never_mixed(
        self, adapter: ProvisioningPort, control: Control, clock: Clock
    ) -> None:
        references = [f"law.{n}" for n in range(20)]
        receipts = await asyncio.gather(
            *(adapter.activate(self.call(clock, reference), self.wanted(reference)) for reference in references)
        )
        assert [receipt.reference for receipt in receipts] == references
        assert len({receipt.facts["msisdn"] for receipt in receipts}) == 20
        ledger = {line["reference"]: line["nativeId"] for line in await control.ledger()}
        assert ledger == {receipt.reference: receipt.native_id for receipt in receipts}
