"""The relay: who hears what, in which order, and how often."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.events import HUB, Listener, Relay, Reply
from gateway.events.relay import SCHEDULE_S
from gateway.store import Document, Drop, Put, Stale, Statement, deliveries, outbox
from tests.events.world import ALL, SILENCE, World


async def test_a_listener_hears_its_api_and_its_types(world: World) -> None:
    await world.listen("all")
    await world.listen("other-api", api="TMF620")
    await world.listen("one-type", query="DeleteEvent")
    for n, type in enumerate(("Create", "StateChange", "Delete")):
        await world.tell(f"o{n}", n, f"ProductOrder{type}Event")
    await world.turns(world.relay(), 2)
    assert sorted(world.heard("all")) == [("o0", 0), ("o1", 1), ("o2", 2)]
    assert world.heard("other-api") == []
    assert world.heard("one-type") == [("o2", 2)]


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


async def test_what_waits_is_never_swept(world: World) -> None:
    await world.listen("a")
    world.answers["a"] = [500] * 8
    await world.tell("o1", 1)
    relay = world.relay()
    for wait in SCHEDULE_S[:8]:
        world.clock.advance(wait)
        await world.turn(relay)
    world.answers["a"] = [Reply(503, "86400")]
    world.clock.advance(SCHEDULE_S[8])
    await world.turn(relay)
    await world.store.database.commit(Statement("UPDATE outbox SET at = 0"))
    world.clock.advance(3_601)
    await world.turn(relay)
    assert len(await world.store.database.rows("SELECT id FROM outbox")) == 1
    world.clock.advance(86_400)
    await world.turn(relay)
    assert len(world.heard("a")) == 10
    world.clock.advance(timedelta(days=8).total_seconds())
    await world.turn(relay)
    assert await world.store.database.rows("SELECT id FROM outbox") == []


async def test_who_may_not_hear_of_it_any_more_is_not_told(world: World) -> None:
    document = await world.listen("a", customers=["anna"])
    world.answers["a"] = [500]
    await world.tell("o1", 1, owner="anna")
    relay = world.relay()
    await world.turn(relay)
    await world.store.commit(Put(replace(document, body={**document.body, "customers": []})))
    world.clock.advance(10)
    await world.turns(relay, 2)
    assert len(world.heard("a")) == 1
    assert [each.state for each in await deliveries.listed(world.store.database, "a", None)] == ["cancelled"]


async def test_a_delivery_is_set_aside_taken_up_and_done_once_more(world: World) -> None:
    await world.listen("a")
    await world.tell("o1", 1)
    await world.tell("o1", 2)
    world.answers["a"] = [500]
    relay = world.relay()
    await world.turn(relay)
    database, now = world.store.database, world.clock.now()
    await database.commit(deliveries.turn("a", "event-1", "pending", "parked", now))
    with pytest.raises(Stale):
        await database.commit(deliveries.turn("a", "event-1", "pending", "parked", now))
    world.clock.advance(5)
    await world.turns(relay, 2)
    assert world.heard("a") == [("o1", 1), ("o1", 2)]
    await database.commit(deliveries.turn("a", "event-1", "parked", "pending", now))
    await world.turns(relay, 2)
    assert world.heard("a")[2:] == [("o1", 1)]
    events = [event for _, event in await outbox.after(database, 0, 10)]
    for _ in range(2):
        await database.commit(*deliveries.again(events, "a", now))
    await world.turns(relay, 4)
    assert world.heard("a")[3:] == [("o1", 1), ("o1", 2)]


async def test_what_was_never_sent_is_replayed_before_what_came_after_it(world: World) -> None:
    document = await world.listen("a")
    relay = world.relay()
    suspended = {**document.body, "suspended": {"reason": "by a test"}}
    await world.store.commit(Put(replace(document, body=suspended)))
    await world.tell("o1", 1)
    await world.turns(relay, 2)
    await world.store.commit(Put(document))
    await world.tell("o1", 2)
    await world.turns(relay, 2)
    assert world.heard("a") == [("o1", 2)]
    events = [event for _, event in await outbox.after(world.store.database, 0, 10)]
    await world.store.database.commit(*deliveries.again(events, "a", world.clock.now()))
    await world.turns(relay, 3)
    assert world.heard("a")[1:] == [("o1", 1), ("o1", 2)]
    assert [got.headers["webhook-id"] for got in world.got["a"]] == ["event-2", "event-1", "event-2"]


async def test_a_listener_removed_in_the_middle_of_a_delivery_stays_removed(world: World) -> None:
    answers = {"taking": 204, "refusing": 500, "gone": 410}
    removed = asyncio.Event()

    async def slow(url: str, *_: object) -> Reply:
        await removed.wait()
        return Reply(answers[url.split("/")[2]])

    for host in answers:
        await world.listen(host)
    await world.tell("o1", 1)
    relay = Relay(world.store, world.clock, world, slow)
    async with asyncio.TaskGroup() as group:
        await relay.turn(group)
        for host in answers:
            await world.store.commit(Drop(HUB, host))
            await deliveries.forget(world.store, host)
        removed.set()
    await world.turns(relay, 2)
    for host in answers:
        assert await world.store.get(ALL, HUB, host) is None
        assert await deliveries.listed(world.store.database, host, "pending") == []


async def test_killed_between_the_answer_and_its_note_it_is_sent_again_under_the_same_id(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.listen("a")
    await world.tell("o1", 1)
    await world.tell("o1", 2)

    async def killed(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "done", killed)
        await world.turn(world.relay())
    assert world.heard("a") == [("o1", 1)]
    world.clock.advance(-3_600)
    await world.turns(world.relay(), 2)
    assert world.heard("a") == [("o1", 1)]
    world.clock.advance(3_661)
    await world.turns(world.relay(), 3)
    assert world.heard("a") == [("o1", 1), ("o1", 1), ("o1", 2)]
    assert [got.headers["webhook-id"] for got in world.got["a"]] == ["event-1", "event-1", "event-2"]


def test_a_type_that_a_client_made_up_stays_one_step_of_the_address() -> None:
    body = {"api": "TMF688", "version": "v4", "callback": "https://apps.example.org"}
    listener = Listener.of(Document(HUB, "a", body))
    assert listener.address("../admin?x=1#") == "https://apps.example.org/listener/..%2Fadmin%3Fx%3D1%23"
