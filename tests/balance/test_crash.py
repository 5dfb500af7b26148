"""The process dies anywhere on the way of a top-up; a fresh one settles it, and money is put on a balance once."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.balance.world import MONEY, VOUCHER, World
from tests.orders.world import Crash, Noting

Script = Mapping[str, Sequence[str]]
STORIES: dict[str, tuple[Script, str]] = {
    "all well": ({}, "completed"),
    "lost answer": ({"top_up": ["lost"]}, "completed"),
    "an HTML page": ({"top_up": ["garbage"]}, "completed"),
    "late effect": ({"top_up": ["late"]}, "completed"),
    "no effect": ({"top_up": ["timeout", "down"]}, "completed"),
    "down": ({"top_up": ["down", "busy"]}, "completed"),
    "refused": ({"top_up": ["reject", "reject"]}, "failed"),
    "asked in vain": ({"top_up": ["lost"], "top_up_by_key": ["down", "garbage", "timeout"]}, "completed"),
}
MOST_COMMITS = 14


async def through(world: World, id: str) -> dict[str, Any]:
    """To the end, with a new process whenever one dies."""
    for _ in range(10):
        try:
            return await world.settle(id)
        except Crash:
            world.again()
    raise AssertionError("the top-up does not end")


def check(world: World, id: str, body: Mapping[str, Any], end: str) -> None:
    assert body["status"] == end
    assert len(world.wallet.ledger) == (end == "completed")
    told = world.told(id)
    assert told.count("CreateEvent") == 1
    assert told.count("FailureEvent") == (end == "failed")
    assert told[-1 if end == "completed" else -2] == "StateChangeEvent"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES)
async def test_killed_at_every_commit(world: World, story: str, *, before: bool) -> None:
    script, end = STORIES[story]
    store: Any = world.store
    assert isinstance(store, Noting)
    for n in range(2, MOST_COMMITS):  # the first accepts it
        world.wallet.ledger.clear()
        world.events.clear()
        world.wallet.script.clear()
        for method, faults in script.items():
            world.wallet.script[method] = list(faults)
        store.commits, store.dies = 0, (n, before)
        id = await world.accept(MONEY)
        check(world, id, await through(world, id), end)
        if store.commits < n:
            return
    raise AssertionError("more commits than expected: raise MOST_COMMITS")


@pytest.mark.parametrize("fault", ["crash", "crash-after"])
async def test_killed_inside_a_call(world: World, fault: str) -> None:
    world.wallet.script["top_up"] = [fault, fault]
    id = await world.accept(MONEY)
    check(world, id, await through(world, id), "completed")


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_killed_while_accepting(world: World, *, before: bool) -> None:
    store: Any = world.store
    store.dies = (store.commits + 1, before)
    with pytest.raises(Crash):
        await world.accept(MONEY)
    world.again()
    for _ in range(200):
        if not await world.step():
            world.clock.advance(1)
    assert len(world.wallet.ledger) == (not before)


@pytest.mark.parametrize(("fault", "end"), [("crash", "failed"), ("crash-after", "completed"), ("lost", "completed")])
async def test_a_voucher_is_never_sent_again(world: World, fault: str, end: str) -> None:
    """Nobody keeps its code: what was not spent is told to be so, once the system must know."""
    world.wallet.script["redeem"] = [fault]
    id = await world.accept(VOUCHER)
    body = await through(world, id)
    check(world, id, body, end)
    assert world.wallet.codes == ["7391-0042"]
    assert ("never spent" in body.get("statusReason", "")) == (end == "failed")


@pytest.mark.parametrize("fault", ["down", "busy", "timeout", "reject"])
async def test_a_voucher_that_was_not_taken_is_not_spent(world: World, fault: str) -> None:
    world.wallet.script["redeem"] = [fault]
    id = await world.accept(VOUCHER)
    check(world, id, await through(world, id), "failed")
    assert len(world.wallet.codes) == 1
