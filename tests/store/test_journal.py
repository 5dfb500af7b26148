"""The journal: lanes, leases and fences."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.store import Advance, Emit, Enqueue, Job, Put, SqlStore, Stale, journal
from tests.clock import START, FakeClock
from tests.store.making import ALL, doc, event, ids, job, only


async def claimed(store: SqlStore, limit: int = 10) -> list[str]:
    return [each.id for each in await store.claim("order", lease_s=60, limit=limit)]


async def test_a_job_comes_back_as_it_was_handed_in(store: SqlStore) -> None:
    whole = Job("j", "order", "l", {"n": 1}, START, plan_version=3, trace="00-ab-cd-01", owner="anna")
    await store.commit(Enqueue(whole), Enqueue(replace(whole, data={})))
    assert await store.claim("order", lease_s=60) == [replace(whole, fence=1)]
    assert await store.job(ALL, "j") == replace(whole, fence=1)
    assert await store.job(only("anna"), "j") is not None
    assert await store.job(only("ben"), "j") is None


async def test_a_lane_runs_one_at_a_time_in_the_order_accepted(store: SqlStore) -> None:
    await store.commit(*(Enqueue(job(id, lane)) for id, lane in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a"))))
    first = await store.claim("order", lease_s=60, limit=10)
    assert [each.id for each in first] == ["a1", "b1"]
    assert await claimed(store) == []
    await store.commit(Advance(replace(first[0], open=False)))
    assert await claimed(store) == ["a2"]


async def test_a_job_waits_until_it_is_due_and_so_does_its_lane(store: SqlStore, clock: FakeClock) -> None:
    await store.commit(Enqueue(replace(job("a1", "a"), due=START + timedelta(seconds=30))), Enqueue(job("a2", "a")))
    assert await claimed(store) == []
    clock.advance(30)
    assert await claimed(store) == ["a1"]


async def test_an_old_holder_commits_nothing(store: SqlStore, clock: FakeClock) -> None:
    await store.commit(Enqueue(job("a1", "a")))
    (old,) = await store.claim("order", lease_s=60)
    clock.advance(59)
    assert await claimed(store) == []
    clock.advance(1)
    (young,) = await store.claim("order", lease_s=60)
    assert young.fence == old.fence + 1
    with pytest.raises(Stale):
        await store.commit(Put(doc("a")), Emit(event("e")), Advance(replace(old, open=False)))
    assert await ids(store) == []
    assert await store.database.rows("SELECT id FROM outbox") == []
    await store.commit(Put(doc("a")), Advance(replace(young, open=False)))
    assert await ids(store) == ["a"]


async def test_a_lease_is_kept_or_handed_back(store: SqlStore, clock: FakeClock) -> None:
    await store.commit(Enqueue(job("a1", "a")))
    (held,) = await store.claim("order", lease_s=60)
    clock.advance(50)
    await store.commit(Advance(replace(held, data={"step": 1}), keep=True))
    clock.advance(50)
    assert await claimed(store) == []
    await store.commit(Advance(replace(held, data={"step": 2})))
    (again,) = await store.claim("order", lease_s=60)
    assert (again.fence, again.data) == (2, {"step": 2})


async def test_many_claimers_never_share_a_job(store: SqlStore) -> None:
    await store.commit(*(Enqueue(job(f"j{n}", f"lane{n}")) for n in range(20)))
    hands = await asyncio.gather(*(claimed(store, limit=3) for _ in range(12)))
    taken = [id for hand in hands for id in hand]
    assert len(taken) == len(set(taken))
    assert sorted(taken + await claimed(store, limit=20)) == sorted(f"j{n}" for n in range(20))


async def test_concurrent_commits_into_crossing_lanes_end(store: SqlStore) -> None:
    lanes = ("a", "b", "c")
    commits = [
        store.commit(*(Enqueue(job(f"{n}{lane}", lane)) for lane in (lanes if n % 2 else reversed(lanes))))
        for n in range(12)
    ]
    await asyncio.gather(*commits)
    assert len(await claimed(store)) == 3


async def test_a_commit_wakes_whoever_listens(store: SqlStore) -> None:
    woken: list[str] = []
    store.on_emit(lambda: woken.append("emit"))
    store.on_enqueue(lambda: woken.append("enqueue"))
    await store.commit(Put(doc("a")))
    assert woken == []
    await store.commit(Enqueue(job("j", "l")), Emit(event("e")))
    assert sorted(woken) == ["emit", "enqueue"]
    with pytest.raises(Stale):
        await store.commit(Emit(event("e2")), Put(doc("a"), expect=9))
    assert len(woken) == 2


async def test_what_a_dead_process_held_is_free_where_only_one_serves(store: SqlStore) -> None:
    await store.commit(Enqueue(job("a1", "a")))
    assert await claimed(store) == ["a1"]
    await journal.inherit(store.database)
    assert await claimed(store) == (["a1"] if store.database.dialect == "sqlite" else [])
