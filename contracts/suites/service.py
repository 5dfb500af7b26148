"""The laws of ServicePort, for every adapter that offers it."""

import pytest

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.errors import NotFound
from contracts.faults import BECOMES, Fault
from contracts.page import Window
from contracts.ports import ServicePort
from contracts.suites.control import Control

STATES = {"reserved", "inactive", "active", "terminated"}


class ServiceContract:
    customer_with_services = "101"
    """A customer who has at least two services from the start."""
    reading = "getServiceInventory"
    """The operation behind both reads at which faults are aimed."""

    def asking(self, clock: Clock) -> Call:
        principal = Principal(subject="suite", client="suite", operator="default")
        return Call(deadline=clock.monotonic() + 10, operator="default", principal=principal)

    async def test_a_customer_has_services(self, adapter: ServicePort, clock: Clock) -> None:
        found = await adapter.services(self.asking(clock), self.customer_with_services, Window())
        assert len(found.items) >= 2
        assert {service.customer_id for service in found.items} == {self.customer_with_services}
        assert {service.state for service in found.items} <= STATES

    async def test_a_service_is_found_by_its_id(self, adapter: ServicePort, clock: Clock) -> None:
        listed = await adapter.services(self.asking(clock), self.customer_with_services, Window())
        for service in listed.items:
            assert await adapter.service(self.asking(clock), service.id) == service

    async def test_pages_join_without_gaps_or_repeats(self, adapter: ServicePort, clock: Clock) -> None:
        whole = await adapter.services(self.asking(clock), self.customer_with_services, Window())
        joined = []
        for offset in range(len(whole.items) + 1):
            page = await adapter.services(self.asking(clock), self.customer_with_services, Window(offset, 1))
            assert page.total in (None, len(whole.items))
            joined += page.items
        assert joined == whole.items

    async def test_an_unknown_service_is_not_found(self, adapter: ServicePort, clock: Clock) -> None:
        with pytest.raises(NotFound):
            await adapter.service(self.asking(clock), "no-such-service")

    async def test_a_stranger_has_no_services(self, adapter: ServicePort, clock: Clock) -> None:
        assert (await adapter.services(self.asking(clock), "no-such-customer", Window())).items == []

    @pytest.mark.parametrize("kind", list(Fault))
    async def test_a_failure_is_never_an_empty_answer(
        self, adapter: ServicePort, control: Control, clock: Clock, kind: Fault
    ) -> None:
        await control.fault(self.reading, kind)
        with pytest.raises(BECOMES[kind]):
            await adapter.services(self.asking(clock), self.customer_with_services, Window())
        assert await control.ledger() == []
