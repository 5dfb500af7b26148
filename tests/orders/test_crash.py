"""The process dies anywhere on the way of an order; a fresh one finishes it with one effect per reference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from gateway.flows.orders.orders import Orders
from tests.orders.world import FLEX, Crash, FakePorts, Noting, Shelf, World

Script = Mapping[str, Sequence[str]]
STORIES: dict[str, tuple[Script, str]] = {
    "all well": ({}, "completed"),
    "lost answers": ({"activate": ["lost", "", "lost"], "place_order": ["lost"]}, "completed"),
    "no effect": ({"activate": ["down", "timeout"], "place_order": ["timeout", "down"]}, "completed"),
    "refused": ({"activate refuses": ".d", "deactivate": ["lost"]}, "failed"),
    "booking refused": ({"place_order refuses": ""}, "failed"),
    "asked in vain": ({"place_order": ["lost"], "order_by_key": ["down", "down"]}, "completed"),
}
MOST_COMMITS = 20


def again(world: World) -> None:
    """A new process over the same store."""
    shelf: Any = Shelf()
    world.orders = Orders(world.store, FakePorts(world.network, world.billing), shelf, world.clock)


def tell(world: World, script: Script) -> None:
    for method, faults in script.items():
        system = world.billing if "order" in method else world.network
        if isinstance(faults, str):
            system.refuses = faults
        else:
            system.script[method] = list(faults)


async def through(world: World, id: str) -> dict[str, Any]:
    """To the end, with a new process whenever one dies."""
    for _ in range(10):
        try:
            (order,) = await world.settle(id)
        except Crash:
            again(world)
        else:
            return order
    raise AssertionError("the order does not end")


def check(world: World, id: str, order: Mapping[str, Any], end: str) -> None:
    assert order["state"] == end
    effects = Counter(world.network.ledger + world.billing.ledger)
    assert set(effects.values()) <= {1}, effects
    if end == "completed":
        expected = {("activate", f"{id}.m"), ("activate", f"{id}.d"), ("book", id)}
        assert set(effects) == expected
        products = [event for event in world.events if event.type == "ProductCreateEvent"]
        assert len(products) == 4
    else:
        assert world.network.services == {}
        assert world.billing.ledger == []
    told = world.told(id)
    assert len([line for line in told if line.startswith("Create")]) == 1
    assert len([line for line in told if f"StateChange({end})" in line]) == 1


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES)
async def test_killed_at_every_commit(world: World, story: str, *, before: bool) -> None:
    script, end = STORIES[story]
    store: Any = world.store
    assert isinstance(store, Noting)
    for n in range(1, MOST_COMMITS):
        world.network.ledger.clear()
        world.billing.ledger.clear()
        world.network.services.clear()
        world.events.clear()
        tell(world, script)
        id = await world.accept(FLEX)
        store.commits, store.dies = 0, (n, before)
        order = await through(world, id)
        check(world, id, order, end)
        if store.commits < n:
            return
    raise AssertionError("more commits than expected: raise MOST_COMMITS")


@pytest.mark.parametrize("fault", ["crash", "crash-after"])
@pytest.mark.parametrize(
    ("method", "end"),
    [("activate", "completed"), ("place_order", "completed"), ("order_by_key", "completed"), ("deactivate", "failed")],
)
async def test_killed_inside_a_call(world: World, method: str, end: str, fault: str) -> None:
    script: dict[str, Sequence[str]] = {method: [fault, fault]}
    if method == "order_by_key":
        script["place_order"] = ["lost"]
        script[method] = ["crash"]
    if method == "deactivate":
        script["activate refuses"] = ".d"
    tell(world, script)
    id = await world.accept(FLEX)
    order = await through(world, id)
    check(world, id, order, end)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_killed_while_accepting(world: World, *, before: bool) -> None:
    store: Any = world.store
    store.dies = (store.commits + 1, before)
    with pytest.raises(Crash):
        await world.accept(FLEX)
    again(world)
    while await world.step():
        world.clock.advance(60)
    kept = not before
    assert len(world.billing.ledger) == kept
    assert len([event for event in world.events if event.type == "ProductCreateEvent"]) == 4 * kept
