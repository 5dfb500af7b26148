"""Listeners that refuse, hang or fail: when they are tried again, and that nobody else notices."""

import asyncio
from datetime import timedelta

import pytest

from gateway.events import Ear, Reply
from gateway.events.relay import SCHEDULE_S
from gateway.store import Emit, Event, Statement, deliveries
from tests.events.world import SILENCE, World


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


async def test_an_event_that_cannot_be_rendered_blocks_only_its_resource(world: World) -> None:
    await world.listen("a")
    await world.tell("o1", 1)
    await world.store.database.commit(Statement("UPDATE outbox SET body = '{}' WHERE id = ?", ("event-1",)))
    await world.tell("o2", 2)
    await world.turns(world.relay(), 2)
    assert world.heard("a") == [("o2", 2)]


async def test_a_listener_may_ask_for_more_time(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [Reply(429, "60"), Reply(503, "Mon, 02 Mar 2026 10:00:00 GMT")]
    await world.tell("o1", 1)
    relay = world.relay()
    counts = []
    for wait in (0, 59, 1, 3_538, 1):
        world.clock.advance(wait)
        await world.turn(relay)
        counts.append(len(world.heard("a")))
    assert counts == [1, 1, 2, 2, 2]
    world.clock.advance(3_600)
    await world.turn(relay)
    assert world.heard("a") == [("o1", 1)] * 3


async def test_an_event_refused_to_the_end_is_parked_where_others_are_taken(world: World) -> None:
    await world.listen("a")
    world.always["a", 1] = 500
    await world.tell("o1", 1)
    await world.tell("o1", 2)
    relay = world.relay()
    for number, wait in enumerate(SCHEDULE_S):
        world.clock.advance(wait)
        await world.tell("o2", 10 + number)
        await world.turns(relay, 2)
    assert world.heard("a").count(("o1", 1)) == len(SCHEDULE_S)
    assert "suspended" not in (await world.hub("a")).body
    assert [each.event for each in await deliveries.listed(world.store.database, "a", "parked")] == ["event-1"]
    await world.turns(relay, 2)
    assert ("o1", 2) in world.heard("a")
    world.clock.advance(timedelta(days=30).total_seconds())
    await world.turns(relay, 2)
    assert [each.event for each in await deliveries.listed(world.store.database, "a", None)] == ["event-1"]


async def test_one_that_hangs_costs_fifty_others_nothing(world: World) -> None:
    well = [f"well-{n}" for n in range(50)]
    for host in ("dead", *well):
        await world.listen(host)
    world.answers["dead"] = [SILENCE] * 10
    await world.tell("o1", 1)
    relay, before = world.relay(), world.clock.now()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        await relay.turn(group)
        async with world.arrived:
            await world.arrived.wait_for(lambda: all(world.heard(host) for host in well))
        for task in group._tasks:
            task.cancel()
    assert [world.heard(host) for host in ("dead", *well)] == [[("o1", 1)]] * 51
    assert world.clock.now() == before


async def test_one_that_hangs_costs_two_hundred_events_of_another_nothing(world: World) -> None:
    await world.listen("dead")
    await world.listen("well")
    world.answers["dead"] = [SILENCE] * 300
    events = [Event(f"e{n}", "X", "TMF622/productOrder", f"o{n % 20}", {"n": n}, world.clock.now()) for n in range(200)]
    await world.store.commit(*map(Emit, events))
    relay, before = world.relay(), world.clock.now()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        while len(world.heard("well")) < 200:
            await relay.turn(group)
            await asyncio.sleep(0)
        for task in group._tasks:
            task.cancel()
    assert world.clock.now() == before
    assert len(world.heard("dead")) == 8
    for n in range(20):
        assert [m for name, m in world.heard("well") if name == f"o{n}"] == list(range(n, 200, 20))


async def test_one_that_fails_is_tried_one_at_a_time_until_it_takes_something(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [0] * 8
    for n in range(20):
        await world.tell(f"o{n}", n)
    relay = world.relay()
    counts = []
    for _ in range(3):
        await world.turn(relay)
        counts.append(len(world.heard("a")))
    assert counts == [8, 9, 17]


async def test_what_no_query_can_be_asked_about_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.listen("a")
    await world.listen("b", query="odd")
    hears = world.hears

    def odd(event: Event, ear: Ear) -> bool:
        if ear.query == "odd":
            raise RuntimeError("a query that cannot be asked")
        return hears(event, ear)

    monkeypatch.setattr(world, "hears", odd)
    relay = world.relay()
    for n in range(2):
        await world.tell("o1", n)
        await world.turn(relay)
    assert world.heard("a") == [("o1", 0), ("o1", 1)]
    assert world.heard("b") == []
    assert [each.data["failures"] for each in await deliveries.listed(world.store.database, "b", "pending")] == [1, 0]
