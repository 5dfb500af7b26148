"""The laws of ServicePort: what runs in the network for a customer, all of it and nobody else's."""

import pytest

from contracts.errors import NotFound
from contracts.page import Window
from contracts.ports import ServicePort
from contracts.suites.kit import Ask, Calls, pages_join
from contracts.suites.wire import WireContract

STATES = {"reserved", "inactive", "active", "terminated"}


class ServiceContract(WireContract):
    """What runs in the network for a customer: all of it, and nobody else's."""

    customer_with_services: str
    """Has at least two."""
    unknown_service: str
    customer_without_services: str

    def asks(self) -> dict[str, Ask]:
        who = self.customer_with_services
        return super().asks() | {"services": lambda adapter, call: adapter.services(call, who, Window())}

    def others(self) -> dict[str, Ask]:
        who = self.customer_without_services
        return super().others() | {"services": lambda adapter, call: adapter.services(call, who, Window())}

    async def test_a_customer_has_services(self, adapter: ServicePort, calls: Calls) -> None:
        found = (await adapter.services(calls(), self.customer_with_services, Window())).items
        assert len(found) >= 2
        assert {service.customer_id for service in found} == {self.customer_with_services}
        assert {service.state for service in found} <= STATES

    async def test_a_service_is_found_by_its_id(self, adapter: ServicePort, calls: Calls) -> None:
        for service in (await adapter.services(calls(), self.customer_with_services, Window())).items:
            assert await adapter.service(calls(), service.id) == service

    async def test_pages_of_services_join_without_gaps(self, adapter: ServicePort, calls: Calls) -> None:
        await pages_join(lambda window: adapter.services(calls(), self.customer_with_services, window), 1)

    async def test_an_unknown_service_is_not_found(self, adapter: ServicePort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.service(calls(), self.unknown_service)

    async def test_a_customer_may_have_no_service(self, adapter: ServicePort, calls: Calls) -> None:
        assert (await adapter.services(calls(), self.customer_without_services, Window())).items == []
