"""So many at once: nobody is passed over, and no place is lost or made, however waiting ends."""

import asyncio
import gc
from random import Random

import pytest

from contracts.places import Places

PLACES = 3


def free(places: Places) -> int:
    taken = 0
    while places.take():
        taken += 1
    return taken


async def settled() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


async def test_who_waits_gets_in_by_the_order_of_coming() -> None:
    places, came = Places(1), []
    assert places.take()

    async def wait(name: int) -> None:
        await places.wait()
        came.append(name)

    tasks = [asyncio.create_task(wait(name)) for name in range(3)]
    await settled()
    for _ in tasks:
        places.leave()
        assert not places.take(), "whoever comes now is behind those who wait"
        await settled()
    assert came == [0, 1, 2]
    places.leave()
    assert free(places) == 1


@pytest.mark.parametrize("given", [False, True], ids=["before the place came", "in the turn in which it came"])
async def test_who_gives_up_leaves_the_place_to_the_next(given: bool) -> None:
    places = Places(1)
    assert places.take()
    first, second = (asyncio.create_task(places.wait()) for _ in range(2))
    await settled()
    if given:
        places.leave()
    first.cancel()
    await settled()
    if not given:
        places.leave()
        await settled()
    assert first.cancelled()
    assert second.done()
    assert free(places) == 0
    places.leave()
    assert free(places) == 1


async def test_who_is_dropped_while_he_waits_gets_no_place() -> None:
    places = Places(1)
    assert places.take()
    waiting = places.wait()
    waiting.send(None)
    waiting.close()
    places.leave()
    assert free(places) == 1


@pytest.mark.parametrize("seed", range(20))
async def test_no_place_is_lost_or_made(seed: int) -> None:
    random, places, inside = Random(seed), Places(PLACES), 0

    async def visit() -> None:
        nonlocal inside
        if not places.take():
            await places.wait()
        inside += 1
        assert inside <= PLACES
        try:
            for _ in range(random.randrange(4)):
                await asyncio.sleep(0)
        finally:
            inside -= 1
            places.leave()

    tasks = [asyncio.create_task(visit()) for _ in range(40)]
    while not all(task.done() for task in tasks):
        if random.random() < 0.3:
            random.choice(tasks).cancel()
        await asyncio.sleep(0)
    for task in tasks:
        assert task.cancelled() or task.exception() is None
    assert free(places) == PLACES


def test_it_serves_one_loop_after_another() -> None:
    places = Places(1)

    async def crowd() -> None:
        async def one() -> None:
            if not places.take():
                await places.wait()
            await asyncio.sleep(0)
            places.leave()

        await asyncio.gather(one(), one())

    asyncio.run(crowd())
    asyncio.run(crowd())
    assert free(places) == 1


def test_who_waited_in_a_loop_that_is_gone_gets_no_place() -> None:
    places, loop = Places(1), asyncio.new_event_loop()
    assert places.take()
    left = loop.create_task(places.wait())
    left._log_destroy_pending = False  # type: ignore[attr-defined]  # that it is left behind is what is tested
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    places.leave()
    assert free(places) == 1
    del left
    gc.collect()
    assert free(places) == 0, "its end makes no place"
