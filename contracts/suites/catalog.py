"""The laws of CatalogPort."""

from decimal import Decimal
from typing import ClassVar

import pytest

from contracts.errors import NotFound
from contracts.faults import Fault
from contracts.page import Window
from contracts.ports import CatalogPort
from contracts.suites.kit import Calls, Southbound, WireContract, every_fault, fails


class CatalogContract(WireContract):
    """The price list: every offering is found again as it was listed, its price exact."""

    known_offering: ClassVar[str]
    unknown_offering: ClassVar[str]

    async def test_a_known_offering_is_found(self, adapter: CatalogPort, calls: Calls) -> None:
        found = await adapter.offering(calls(), self.known_offering)
        assert found.id == self.known_offering
        assert isinstance(found.price.amount, Decimal)

    async def test_an_unknown_offering_is_not_found(self, adapter: CatalogPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.offering(calls(), self.unknown_offering)

    async def test_pages_of_offerings_join(self, adapter: CatalogPort, calls: Calls) -> None:
        whole = (await adapter.offerings(calls(), Window(limit=1000))).items
        assert self.known_offering in {each.id for each in whole}
        joined = []
        for offset in range(0, len(whole) + 2, 2):
            joined += (await adapter.offerings(calls(), Window(offset=offset, limit=2))).items
        assert joined == whole

    @every_fault
    async def test_a_list_of_offerings_tells_how_it_failed(
        self, adapter: CatalogPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        await fails(southbound, fault, adapter.offerings(calls(), Window()))

    @every_fault
    async def test_an_offering_tells_how_it_failed(
        self, adapter: CatalogPort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        await fails(southbound, fault, adapter.offering(calls(), self.known_offering))
