"""The limit of a request or an attempt: its own end is a TimeoutError, the end of the task around it is none."""

import asyncio

import pytest

from gateway.policy.limit import Limit
from tests.loops import Counting


async def waiting(limit: Limit, event: asyncio.Event | None = None) -> str:
    with limit.turn():
        await (event or asyncio.Event()).wait()
    return "done"


async def test_who_is_answered_in_time_is_left_alone_and_who_is_not_is_ended() -> None:
    limit, now, never = Limit(0.2), asyncio.Event(), asyncio.Event()
    tasks = [asyncio.create_task(waiting(limit, event)) for event in (never, now, never, now)]
    asyncio.get_running_loop().call_soon(now.set)
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in told] == [TimeoutError, str, TimeoutError, str]
    assert not any(task.cancelling() for task in tasks)


async def test_one_turn_follows_another() -> None:
    limit = Limit(0.01)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            await waiting(limit)
    with limit.turn():
        pass
    await asyncio.sleep(0.03)


async def test_who_comes_later_is_due_later() -> None:
    limit, ended = Limit(0.02), []

    async def noted(name: str) -> None:
        try:
            await waiting(limit)
        except TimeoutError:
            ended.append(name)

    first = asyncio.create_task(noted("first"))
    await asyncio.sleep(0.005)
    second = asyncio.create_task(noted("second"))
    await asyncio.wait([first, second], timeout=1)
    assert ended == ["first", "second"]


@pytest.mark.parametrize("seconds", [0, 60])
async def test_who_is_called_off_did_not_run_out_of_time(seconds: float) -> None:
    """Also when both come in one turn of the loop."""
    task = asyncio.create_task(waiting(Limit(seconds)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_outer_limit_is_not_taken_for_an_inner_one() -> None:
    soon, late = Limit(0.01), Limit(30)

    async def inner() -> None:
        try:
            await waiting(late)
        except TimeoutError:
            pytest.fail("the inner turn had time")

    with pytest.raises(TimeoutError), soon.turn():
        await inner()


async def test_the_inner_limit_is_not_taken_for_the_outer() -> None:
    with Limit(60).turn(), pytest.raises(TimeoutError):
        await waiting(Limit(0.01))


async def test_a_failure_is_told_as_it_is() -> None:
    async def fail() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise LookupError from None

    with pytest.raises(LookupError), Limit(0.01).turn():
        await fail()
    assert not asyncio.current_task().cancelling()  # type: ignore[union-attr]  # this is one


def test_another_loop_has_a_timer_of_its_own() -> None:
    limit = Limit(0.01)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            asyncio.run(waiting(limit))


def test_what_a_closed_loop_left_behind_keeps_nobody_from_his_end() -> None:
    limit, loop = Limit(0.01), asyncio.new_event_loop()
    left = loop.create_task(waiting(limit))
    left._log_destroy_pending = False  # type: ignore[attr-defined]  # that it is left behind is what is tested
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.run(ended(limit))


def test_a_timer_that_rings_a_little_early_is_not_set_again_and_again() -> None:
    with asyncio.Runner(loop_factory=Counting) as runner:
        for fraction in range(10):
            with pytest.raises(TimeoutError):
                runner.run(waiting(Limit(0.002 + fraction / 10_000)))
        assert runner.get_loop().timers == 10  # type: ignore[attr-defined]  # a Counting has it


async def ended(limit: Limit) -> None:
    """Without a wait whose end would be taken for the limit's."""
    done, _ = await asyncio.wait([asyncio.create_task(waiting(limit))], timeout=1)
    assert [type(task.exception()) for task in done] == [TimeoutError]
