"""Where nobody can be asked what became of a top-up, nothing is sent again: a human looks, and settles it."""

import pytest

from gateway.flows.balance import TOP_UP
from gateway.flows.refusal import Clash
from tests.balance.world import ALL, EVERYTHING, MONEY, World

HOURS_S = 2 * 3600


@pytest.fixture
async def blind(world: World) -> World:
    """Before a system without a look-up."""
    world.offers = EVERYTHING - {"balance.lookup"}
    world.again()
    return world


@pytest.mark.parametrize("fault", ["lost", "timeout", "garbage"])
async def test_an_unanswered_one_is_held_and_never_sent_again(blind: World, fault: str) -> None:
    blind.wallet.script["top_up"] = [fault]
    id = await blind.accept(MONEY)
    body = await blind.settle(id, HOURS_S, stride_s=60)
    assert body["status"] == "held"
    assert "has to look" in body["statusReason"]
    assert [name for name, _ in blind.wallet.calls if name == "top_up"] == ["top_up"]


async def test_it_is_settled_by_hand(blind: World) -> None:
    blind.wallet.script["top_up"] = ["lost"]
    id = await blind.accept(MONEY)
    await blind.settle(id, 60)
    held = await blind.store.get(ALL, TOP_UP, id)
    assert held is not None
    with pytest.raises(Clash):
        await blind.top_ups.settle(held, {**held.body, "status": "inProgress"}, lambda _: ())
    done = await blind.top_ups.settle(held, {**held.body, "status": "completed"}, lambda _: ())
    assert done.body["status"] == "completed"
    with pytest.raises(Clash):
        await blind.top_ups.settle(done, {**done.body, "status": "failed"}, lambda _: ())
    asked = len(blind.wallet.calls)
    blind.clock.advance(HOURS_S)
    assert not await blind.step()
    assert len(blind.wallet.calls) == asked


async def test_one_that_is_not_confirmed_for_long_is_held_and_still_asked_for(world: World) -> None:
    world.wallet.script["top_up"] = ["lost"]
    world.wallet.always["top_up_by_key"] = "down"
    id = await world.accept(MONEY)
    assert (await world.settle(id, HOURS_S, stride_s=60))["status"] == "held"
    world.wallet.always.clear()
    assert (await world.settle(id))["status"] == "completed"
    assert len(world.wallet.ledger) == 1


async def test_a_bug_holds_it(world: World) -> None:
    world.wallet.script["top_up"] = ["timeout"]
    world.wallet.script["top_up_by_key"] = ["bug"]
    id = await world.accept(MONEY)
    await world.sent()
    world.clock.advance(10)
    await world.step()
    body = await world.top_up(id)
    assert body["status"] == "held"
    assert "ZeroDivisionError" in body["statusReason"]
    assert (await world.settle(id))["status"] == "completed"
    assert len(world.wallet.ledger) == 1
