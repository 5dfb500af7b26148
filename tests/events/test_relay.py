"""The relay: who hears what, in which order, how often, and what one dead listener costs the others."""

import asyncio
from datetime import timedelta

import pytest

from gateway.events import HUB
from gateway.events.relay import SCHEDULE_S
from gateway.store import Drop, Statement
from tests.events.world import ALL, SILENCE, World


async def test_a_listener_hears_its_api_and_its_types(world: World) -> None:
    await world.listen("all")
    await world.listen("other-api", api="TMF620")
    await world.listen("by-comma", query="eventType=ProductOrderStateChangeEvent,ProductOrderDeleteEvent")
    await world.listen("repeated", query="eventType=ProductOrderDeleteEvent&eventType=ProductOrderCreateEvent")
    for n, type in enumerate(("Create", "StateChange", "Delete")):
        await world.tell(f"o{n}", n, f"ProductOrder{type}Event")
    await world.turns(world.relay(), 2)
    assert sorted(world.heard("all")) == [("o0", 0), ("o1", 1), ("o2", 2)]
    assert world.heard("other-api") == []
    assert sorted(world.heard("by-comma")) == [("o1", 1), ("o2", 2)]
    assert sorted(world.heard("repeated")) == [("o0", 0), ("o2", 2)]


async def test_a_listener_hears_nothing_of_customers_it_may_not_see(world: World) -> None:
    await world.listen("anna", customers=["anna", "carl"])
    await world.tell("o1", 1, owner="anna")
    await world.tell("o2", 2, owner="ben")
    await world.tell("o3", 3, owner="carl")
    await world.tell("o4", 4)
    await world.turns(world.relay(), 2)
    assert sorted(world.heard("anna")) == [("o1", 1), ("o3", 3), ("o4", 4)]


async def test_what_goes_out(world: World) -> None:
    await world.listen("full", callback="http://full/my/listener?tenant=1", version="v5")
    await world.listen("bare", callback="http://bare:81")
    await world.tell("o1", 1, trace="00-abc-def-01")
    await world.turn(world.relay())
    (full,), (bare,) = world.got["full"], world.got["bare:81"]
    assert full.url == "http://full/my/listener?tenant=1"
    assert bare.url == "http://bare:81/listener/productOrderStateChangeEvent"
    assert full.headers == {
        "content-type": "application/json",
        "webhook-id": "event-1",
        "webhook-timestamp": str(int(world.clock.now().timestamp())),
        "traceparent": "00-abc-def-01",
    }
    assert (full.body["version"], bare.body["version"]) == ("v5", "v4")


async def test_events_of_a_resource_come_in_their_order_and_once(world: World) -> None:
    await world.listen("a")
    for n in range(6):
        for resource in ("o1", "o2", "o3"):
            await world.tell(resource, n)
    await world.turns(world.relay())
    for resource in ("o1", "o2", "o3"):
        assert [n for name, n in world.heard("a") if name == resource] == list(range(6))


async def test_a_refused_event_holds_back_only_its_own_resource(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [500]
    await world.tell("o1", 1)
    relay = world.relay()
    await world.turn(relay)
    await world.tell("o1", 2)
    await world.tell("o2", 1)
    await world.turns(relay, 3)
    assert world.heard("a") == [("o1", 1), ("o2", 1)]
    world.clock.advance(SCHEDULE_S[1])
    await world.turns(relay, 3)
    assert world.heard("a") == [("o1", 1), ("o2", 1), ("o1", 1), ("o1", 2)]
    assert [got.headers["webhook-id"] for got in world.got["a"]].count("event-1") == 2


async def test_the_schedule_of_standard_webhooks_and_its_end(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [0, 302, 400] + [503] * 20
    await world.tell("o1", 1)
    relay = world.relay()
    waits = []
    for wait in SCHEDULE_S:
        world.clock.advance(max(wait - 1, 0))
        await world.turn(relay)
        early = len(world.heard("a"))
        world.clock.advance(1 if wait else 0)
        await world.turn(relay)
        waits.append((early, len(world.heard("a"))))
    assert waits == [(1, 1), *((n, n + 1) for n in range(1, 10))]
    assert "10 attempts" in (await world.hub("a")).body["suspended"]["reason"]
    world.clock.advance(timedelta(days=2).total_seconds())
    await world.turns(relay, 2)
    assert len(world.heard("a")) == 10


async def test_410_ends_it_at_once(world: World) -> None:
    await world.listen("a")
    await world.listen("b")
    world.answers["a"] = [410]
    relay = world.relay()
    for n in range(3):
        await world.tell("o1", n)
        await world.turns(relay, 2)
    assert len(world.heard("a")) == 1
    assert len(world.heard("b")) == 3
    assert "410" in (await world.hub("a")).body["suspended"]["reason"]


async def test_a_removed_listener_hears_nothing_more(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [500]
    await world.tell("o1", 1)
    relay = world.relay()
    await world.turn(relay)
    await world.store.commit(Drop(HUB, "a"))
    world.clock.advance(3_600)
    await world.turns(relay, 2)
    await world.listen("a")
    await world.turns(relay, 2)
    assert len(world.heard("a")) == 1


async def test_a_silent_listener_delays_nobody(world: World) -> None:
    await world.listen("dead")
    await world.listen("well")
    world.answers["dead"] = [SILENCE] * 1_000
    relay = world.relay()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for n in range(30):
            await world.tell(f"o{n}", n)
            before = world.clock.now()
            while len(world.heard("well")) <= n:
                await relay.turn(group)
                await asyncio.sleep(0)
            assert world.clock.now() == before
        assert len(world.heard("dead")) == 8
        for task in group._tasks:
            task.cancel()
    assert [n for _, n in world.heard("well")] == list(range(30))


async def test_deliveries_go_on_after_a_restart(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [SILENCE]
    await world.tell("o1", 1)
    await world.tell("o1", 2)
    killed = world.relay()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await world.turn(killed)
    assert world.heard("a") == [("o1", 1)]
    world.clock.advance(61)
    await world.turns(world.relay(), 3)
    assert world.heard("a") == [("o1", 1), ("o1", 1), ("o1", 2)]


async def test_two_relays_deliver_everything_once(world: World) -> None:
    await world.listen("a")
    one, other = world.relay(), world.relay()
    for n in range(5):
        for resource in ("o1", "o2", "o3", "o4"):
            await world.tell(resource, n)
    for _ in range(8):
        await asyncio.gather(world.turn(one), world.turn(other))
    assert sorted(world.heard("a")) == sorted((f"o{o}", n) for o in range(1, 5) for n in range(5))
    numbers = await world.store.database.rows("SELECT number FROM outbox ORDER BY seq")
    assert numbers == [(n,) for n in range(1, 21)]


async def test_an_event_that_cannot_be_rendered_blocks_only_its_resource(world: World) -> None:
    await world.listen("a")
    await world.tell("o1", 1)
    await world.store.database.commit(Statement("UPDATE outbox SET body = '{}' WHERE id = ?", ("event-1",)))
    await world.tell("o2", 2)
    await world.turns(world.relay(), 2)
    assert world.heard("a") == [("o2", 2)]


async def test_running_it_wakes_at_a_commit(world: World) -> None:
    await world.listen("a")
    relay = world.relay()
    async with world.running(relay), asyncio.timeout(30):
        for n in range(3):
            await world.tell("o1", n)
            await world.heard_count("a", n + 1)
    assert world.heard("a") == [("o1", 0), ("o1", 1), ("o1", 2)]


async def test_what_is_a_week_old_and_done_is_swept(world: World) -> None:
    await world.listen("a")
    await world.tell("o1", 1)
    relay = world.relay()
    await world.turn(relay)
    world.clock.advance(timedelta(days=8).total_seconds())
    await world.turn(relay)
    assert await world.store.database.rows("SELECT id FROM outbox") == []
    assert await world.store.job(ALL, "event-1:a") is None
