"""What a system lacks is refused before anything is written, and known from the adapter's class alone."""

from typing import Any

import pytest

from contracts.call import Call
from contracts.errors import Unsupported
from contracts.model import Bucket, Receipt, TopUp
from contracts.page import Window
from contracts.ports import BalancePort
from gateway.flows.balance import TOP_UP
from gateway.policy import PolicedPorts
from gateway.registry import Registered
from tests.balance.world import ALL, EVERYTHING, MONEY, VOUCHER, World
from tests.clock import FakeClock


class Plain(BalancePort):
    """Takes money, and neither vouchers nor questions."""

    async def probe(self, call: Call) -> None: ...

    async def aclose(self) -> None: ...

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        return []

    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        raise NotImplementedError


def test_what_it_offers_is_what_its_class_has() -> None:
    registered = Registered("plain", "Plain", Plain(), (BalancePort,), 1, 1.0, 1.0, 1.0)
    assert PolicedPorts([registered], FakeClock()).serving(BalancePort).offers == {"balance.top_up"}


@pytest.mark.parametrize(("body", "lacking"), [(MONEY, "balance.top_up"), (VOUCHER, "balance.voucher")])
async def test_what_it_lacks_is_refused_at_once(world: World, body: dict[str, Any], lacking: str) -> None:
    world.offers = EVERYTHING - {lacking}
    world.again()
    with pytest.raises(Unsupported, match=lacking):
        await world.accept(body)
    assert (await world.store.find(ALL, TOP_UP, Window())).total == 0
    assert world.wallet.calls == []
