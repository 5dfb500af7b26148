"""However an attempt ends, by itself, by its limit, its deadline or a cancellation: nothing of it stays behind."""

import asyncio
from random import Random

import pytest

from contracts.call import Call, Principal
from contracts.clock import SystemClock
from contracts.errors import Garbled, NotFound, PortError, Unavailable
from gateway.policy import backend
from gateway.policy.backend import Backend
from gateway.policy.breaker import BreakerState
from gateway.policy.limit import Limit
from gateway.policy.retry import Patience, Semantics
from tests.clock import FakeClock

PRINCIPAL = Principal("anna", "app", "default")
PLACES, CALLS = 3, 60
WELL, HANGS, SWALLOWS, SLOW = "well", "hangs", "swallows its end", "slow"
ENDS = (WELL, HANGS, SWALLOWS, SLOW, Garbled("x"), Unavailable("x"), NotFound("x"), ZeroDivisionError(), TimeoutError())


class Odd(BaseException):
    """What is no Exception."""


class Crowd:
    """Calls of one backend, each with an end of its own."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.clock = SystemClock()
        tries = Patience(least_s=0.001, base_s=0.001, throttled_base_s=0.001, cap_s=0.004)
        chance = self.random.random
        self.backend = Backend("x", self.clock, places=PLACES, timeout_s=0.01, patience=tries, chance=chance)
        self.turns = Limit(0.03)

    async def one(self, end: object) -> object:
        semantics = self.random.choice(list(Semantics))
        call = Call(self.clock.monotonic() + self.random.choice([0.01, 0.03, 1]), "default", PRINCIPAL)
        try:
            with self.turns.turn():
                return await self.backend.call("method", semantics, self._method, call, end)
        finally:
            task = asyncio.current_task()
            assert task is not None
            self.cancelling = task.cancelling()

    async def _method(self, call: Call, end: object) -> object:
        del call
        await asyncio.sleep(self.random.random() * 0.004)
        if isinstance(end, BaseException):
            raise end
        if end is SLOW:
            await asyncio.sleep(self.random.random() * 0.03)
        elif end is HANGS:
            await asyncio.Event().wait()
        elif end is SWALLOWS:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                raise LookupError from None
        return end


@pytest.mark.parametrize("seed", range(12))
async def test_counters_return_to_where_they_were(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "GRACE_S", 0.005)
    crowd = Crowd(seed)
    chosen = [crowd.random.choice([*ENDS, Odd(), asyncio.CancelledError()]) for _ in range(CALLS)]
    tasks = [asyncio.create_task(crowd.one(end)) for end in chosen]
    called_off = [task for task in tasks if crowd.random.random() < 0.3]
    for task in called_off:
        asyncio.get_running_loop().call_later(crowd.random.random() * 0.03, task.cancel)
    told = await asyncio.gather(*tasks, return_exceptions=True)
    cancelled = {task for task in tasks if task.cancelled()}
    assert cancelled <= set(called_off), "a limit or a deadline was taken for a cancellation"
    assert all(task.cancelled() or not task.cancelling() for task in tasks if task not in called_off)
    assert {type(end) for end in told} <= {
        str, Odd, ZeroDivisionError, LookupError, TimeoutError, RuntimeError, asyncio.CancelledError, *_kinds(PortError)
    }  # fmt: skip
    budget, breaker = crowd.backend.budget, crowd.backend.breaker
    assert (budget.active, budget.retrying) == (0, 0)
    assert all(crowd.backend._bulkhead.take() for _ in range(PLACES))
    with pytest.raises(Unavailable):
        await crowd.backend._bulkhead.queue(0)
    assert breaker.state is BreakerState.CLOSED or not breaker._probing


def _kinds(kind: type) -> set[type]:
    return {kind}.union(*(_kinds(below) for below in kind.__subclasses__()))


@pytest.mark.parametrize("end", ["called off", "bug"])
async def test_a_probe_without_a_word_leaves_room_for_the_next(end: str) -> None:
    clock = FakeClock()
    made = Backend("x", clock, places=PLACES, timeout_s=5, chance=lambda: 0.5)
    call = Call(1000, "default", PRINCIPAL)

    async def method(call: Call, what: object) -> object:
        del call
        if isinstance(what, BaseException):
            raise what
        if what is HANGS:
            await asyncio.Event().wait()
        return what

    async def ask(what: object) -> object:
        return await made.call("method", Semantics.ONCE, method, call, what)

    for _ in range(20):
        with pytest.raises(Garbled):
            await ask(Garbled("x"))
    clock.advance(60)
    probing = asyncio.create_task(ask(ZeroDivisionError() if end == "bug" else HANGS))
    await asyncio.sleep(0)
    if end == "called off":
        probing.cancel()
    await asyncio.gather(probing, return_exceptions=True)
    assert await ask(WELL) == WELL
