"""Several processes on one store: nothing done twice, nothing lost when one of them stops, nothing kept for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.clock import Clock, SystemClock
from contracts.page import Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.kernel import Kernel, Limits
from gateway.api.tmf630.room import Asked
from gateway.security import BANYAN, embedded
from gateway.store import SqlStore, open_store
from tests.clock import FakeClock
from tests.edge import speaking_to
from tests.stores import DATABASES, fresh_url

CATEGORIES = "/tmf-api/productCatalogManagement/v4/category"
MONITORS = "/tmf-api/productCatalogManagement/v4/monitor"
KIND = "TMF620/category"
LATER = {"Prefer": "respond-async"}
DAY_S = 86_400.0
Instance = tuple[Kernel, httpx.AsyncClient, SqlStore]


class Gate(DocumentRoom):
    """Writes wait within until they are let through."""

    def __init__(self, room: DocumentRoom, inside: asyncio.Semaphore, through: asyncio.Event) -> None:
        super().__init__(room.resource, room.store, room.clock)
        self._inside, self._through = inside, through

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        self._inside.release()
        await self._through.wait()
        return await super().accept(asked, body, before)


@pytest.fixture(params=DATABASES)
async def start(
    request: pytest.FixtureRequest, tmp_path: Path, contracts: Contracts
) -> AsyncIterator[Callable[..., Any]]:
    """Starts one more instance over the same database."""
    own = Contracts([contract for contract in contracts if contract.api == "TMF620"])
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(fresh_url(request.param, tmp_path))

        async def start(clock: Clock, *gate: Any, **limits: Any) -> Instance:
            store = await open_store(url, clock)
            stack.push_async_callback(store.aclose)
            rooms = {KIND: Gate(DocumentRoom(own.resource(KIND), store, clock), *gate)} if gate else {}
            kernel = Kernel(own, rooms, store, clock, embedded("default"), limits=Limits(**limits))
            return kernel, await stack.enter_async_context(speaking_to(kernel)), store

        yield start


async def jobs(store: SqlStore) -> int:
    ((count,),) = await store.database.rows("SELECT COUNT(*) FROM jobs")
    return int(count)


async def test_an_ended_monitor_is_forgotten_after_a_week(start: Callable[..., Any]) -> None:
    clock = FakeClock()
    kernel, client, store = await start(clock)
    at = (await client.post(CATEGORIES, json={"name": "x"}, headers=LATER)).headers["Location"]
    clock.advance(30 * DAY_S)
    await kernel.deferred.sweep()
    assert (await client.get(at)).json()["state"] == "InProgress", "it is kept as long as it goes on"
    assert await kernel.deferred.work()
    clock.advance(6.9 * DAY_S)
    await kernel.deferred.sweep()
    assert (await client.get(at)).json()["state"] == "Completed"
    clock.advance(0.2 * DAY_S)
    await kernel.deferred.sweep()
    assert (await client.get(at)).status_code == 404
    assert (await store.find(BANYAN, KIND, Window())).total == 1
    assert await jobs(store) == 0


async def test_a_write_at_work_is_finished_when_its_process_stops(start: Callable[..., Any]) -> None:
    inside, through = asyncio.Semaphore(0), asyncio.Event()
    kernel, client, _ = await start(SystemClock(), inside, through)
    at = (await client.post(CATEGORIES, json={"name": "x"}, headers=LATER)).headers["Location"]
    running = asyncio.create_task(kernel.deferred.run())
    await inside.acquire()
    running.cancel()
    asyncio.get_running_loop().call_soon(through.set)
    await asyncio.gather(running, return_exceptions=True)
    assert running.cancelled()
    assert (await client.get(at)).json()["state"] == "Completed"


async def test_a_write_that_takes_too_long_is_somebody_elses_at_once(start: Callable[..., Any]) -> None:
    inside, clock = asyncio.Semaphore(0), SystemClock()
    kernel, client, _ = await start(clock, inside, asyncio.Event(), drain_s=0.01)
    other, _, store = await start(clock)
    at = (await client.post(CATEGORIES, json={"name": "x"}, headers=LATER)).headers["Location"]
    running = asyncio.create_task(kernel.deferred.run())
    await inside.acquire()
    assert not await other.deferred.work()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await client.get(at)).json()["state"] == "InProgress"
    assert await other.deferred.work()
    assert (await client.get(at)).json()["state"] == "Completed"
    assert (await store.find(BANYAN, KIND, Window())).total == 1


async def test_two_instances_carry_out_each_write_once(start: Callable[..., Any]) -> None:
    clock, many = FakeClock(), 40
    one, client, store = await start(clock)
    two, _, _ = await start(clock)
    accepted = [await client.post(CATEGORIES, json={"name": str(number)}, headers=LATER) for number in range(many)]
    assert {answer.status_code for answer in accepted} == {202}

    async def drained(kernel: Kernel) -> int:
        done = 0
        while await kernel.deferred.work():
            done += 1
        return done

    done = await asyncio.gather(*map(drained, (one, two, one, two)))
    assert sum(done) == many
    found = await store.find(BANYAN, KIND, Window(limit=many))
    assert sorted(int(document.body["name"]) for document in found.items) == list(range(many))
    for state, count in (("Completed", many), ("InProgress", 0), ("InError", 0)):
        answer = await client.get(MONITORS, params={"state": state, "limit": "1"})
        assert answer.headers["X-Total-Count"] == str(count)


@pytest.mark.parametrize("headers", [{}, LATER])
async def test_twins_in_two_instances_are_one_write(start: Callable[..., Any], headers: dict[str, str]) -> None:
    clock, inside, through = FakeClock(), asyncio.Semaphore(0), asyncio.Event()
    gate = () if headers else (inside, through)
    instances = [await start(clock, *gate) for _ in range(2)]
    keyed = {"Idempotency-Key": "k", **headers}
    sent = [asyncio.create_task(one.post(CATEGORIES, json={"name": "x"}, headers=keyed)) for _, one, _ in instances]
    for _ in gate:
        await inside.acquire()
    through.set()
    first, second = await asyncio.gather(*sent)
    assert first.status_code == second.status_code == (202 if headers else 201)
    assert first.json() == second.json()
    assert ["Idempotency-Replayed" in answer.headers for answer in (first, second)].count(True) == 1
    assert sum([await kernel.deferred.work() for kernel, _, _ in instances]) == len(headers)
    (_, _, store), _ = instances
    assert (await store.find(BANYAN, KIND, Window())).total == 1
    events = await store.database.rows("SELECT type FROM outbox")
    assert [type for (type,) in events] == ["CategoryCreateEvent"]
