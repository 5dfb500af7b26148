"""The limit of an attempt: its own end is a TimeoutError, the end of the task around it is none."""

import asyncio

import pytest

from gateway.policy.limit import Limit


async def hang(limit: float) -> None:
    with Limit(limit):
        await asyncio.Event().wait()


async def test_what_does_not_end_is_ended() -> None:
    with pytest.raises(TimeoutError):
        await hang(0.01)
    assert not asyncio.current_task().cancelling()  # type: ignore[union-attr]  # this is one


async def test_the_inner_limit_is_not_taken_for_the_outer() -> None:
    with Limit(60), pytest.raises(TimeoutError):
        await hang(0.01)


@pytest.mark.parametrize("limit", [0, 60])
async def test_who_is_called_off_did_not_run_out_of_time(limit: float) -> None:
    """Also when both come in one turn of the loop."""
    task = asyncio.create_task(hang(limit))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_ends_in_time_is_left_alone() -> None:
    with Limit(0.01):
        pass
    await asyncio.sleep(0.03)


async def fail() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        raise LookupError from None


async def test_a_failure_is_told_as_it_is() -> None:
    with pytest.raises(LookupError), Limit(0.01):
        await fail()
    assert not asyncio.current_task().cancelling()  # type: ignore[union-attr]  # this is one
