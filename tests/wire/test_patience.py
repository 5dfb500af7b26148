"""Many wait at once, and each for as long as it may."""

import asyncio

import pytest

from gateway.api.tmf630.patience import Patience


async def waiting(patience: Patience, event: asyncio.Event) -> str:
    with patience.turn():
        await event.wait()
    return "done"


async def test_who_is_answered_in_time_is_left_alone_and_who_is_not_is_ended() -> None:
    patience, now, never = Patience(0.2), asyncio.Event(), asyncio.Event()
    tasks = [asyncio.create_task(waiting(patience, event)) for event in (never, now, never, now)]
    asyncio.get_running_loop().call_soon(now.set)
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in told] == [TimeoutError, str, TimeoutError, str]
    assert not any(task.cancelling() for task in tasks)


async def test_one_turn_follows_another() -> None:
    patience, never = Patience(0.01), asyncio.Event()
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await waiting(patience, never)
    with patience.turn():
        pass


async def test_who_comes_later_is_due_later() -> None:
    patience, never, ended = Patience(0.02), asyncio.Event(), []

    async def noted(name: str) -> None:
        try:
            await waiting(patience, never)
        except TimeoutError:
            ended.append(name)

    first = asyncio.create_task(noted("first"))
    await asyncio.sleep(0)
    second = asyncio.create_task(noted("second"))
    await asyncio.gather(first, second)
    assert ended == ["first", "second"]


async def test_a_task_that_is_cancelled_is_not_late() -> None:
    patience, never = Patience(30), asyncio.Event()
    task = asyncio.create_task(waiting(patience, never))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_both_at_once_is_a_cancellation() -> None:
    patience, never = Patience(0), asyncio.Event()
    task = asyncio.create_task(waiting(patience, never))
    asyncio.get_running_loop().call_soon(task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_outer_turn_is_not_taken_for_an_inner_one() -> None:
    soon, late, never = Patience(0.01), Patience(30), asyncio.Event()

    async def inner() -> None:
        try:
            await waiting(late, never)
        except TimeoutError:
            pytest.fail("the inner turn had time")

    with pytest.raises(TimeoutError), soon.turn():
        await inner()
