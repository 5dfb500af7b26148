"""The laws of CatalogPort."""

from decimal import Decimal
from typing import ClassVar

import pytest

from contracts.errors import NotFound
from contracts.page import Window
from contracts.ports import CatalogPort
from contracts.suites.kit import MOST, Ask, Calls, pages_join
from contracts.suites.wire import WireContract


class CatalogContract(WireContract):
    """The price list: every offering is found again as it was listed, its price exact."""

    known_offering: ClassVar[str]
    unknown_offering: ClassVar[str]

    def asks(self) -> dict[str, Ask]:
        return super().asks() | {
            "offerings": lambda adapter, call: adapter.offerings(call, Window()),
            "offering": lambda adapter, call: adapter.offering(call, self.known_offering),
        }

    def others(self) -> dict[str, Ask]:
        return super().others() | {"offering": lambda adapter, call: adapter.offering(call, self.unknown_offering)}

    async def test_a_known_offering_is_found(self, adapter: CatalogPort, calls: Calls) -> None:
        found = await adapter.offering(calls(), self.known_offering)
        assert found.id == self.known_offering
        assert isinstance(found.price.amount, Decimal)

    async def test_an_unknown_offering_is_not_found(self, adapter: CatalogPort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.offering(calls(), self.unknown_offering)

    async def test_pages_of_offerings_join(self, adapter: CatalogPort, calls: Calls) -> None:
        whole = await pages_join(lambda window: adapter.offerings(calls(), window), 2)
        assert len(whole) == MOST or self.known_offering in {each.id for each in whole}
