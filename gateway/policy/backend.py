"""One backend under policy: every attempt passes its bulkhead and breaker, every retry its budget."""

import secrets
from asyncio import CancelledError, current_task
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import Happened, PortError, TimedOut, Unavailable
from gateway.policy.breaker import Breaker
from gateway.policy.budget import RetryBudget, Spending
from gateway.policy.bulkhead import Bulkhead
from gateway.policy.limit import Limit
from gateway.policy.retry import PASSING, Patience, Semantics, failure, may_repeat, wait
from gateway.policy.spans import Attempts, logical

GRACE_S = 0.1
"""The wire ends an attempt itself and knows how far the bytes got; policy cuts it off only when the wire does not."""


class Backend:
    def __init__(
        self,
        system: str,
        clock: Clock,
        *,
        places: int,
        timeout_s: float,
        patience: Patience | None = None,
        chance: Callable[[], float] | None = None,
    ) -> None:
        self.system = system
        chance = chance or secrets.SystemRandom().random
        self.breaker = Breaker(system, clock, chance)
        self.budget = RetryBudget()
        self._clock = clock
        self._timeout_s = timeout_s
        self._patience = patience or Patience()
        self._limit = Limit(timeout_s + GRACE_S)
        self._chance = chance
        self._bulkhead = Bulkhead(system, places)

    async def call(
        self, name: str, semantics: Semantics, method: Callable[..., Awaitable[Any]], call: Call, *args: Any, **kw: Any
    ) -> Any:
        """The answer of this port method within the call's deadline, after as many attempts as policy allows."""
        with logical(self.system, name, semantics) as attempts, self.budget.spending() as spending:
            try:
                try:
                    answer: Any = await self._attempt(attempts, method, call, args, kw)
                except PortError as first:
                    attempt = partial(self._attempt, attempts, method, call, args, kw)
                    answer = await self._again(first, attempt, semantics, self._enough(call, spending))
            except PASSING as error:
                if attempts.doubtful and semantics is not Semantics.READ and error.happened is Happened.NO:
                    raise Unavailable(str(error), happened=Happened.UNKNOWN, retry_after=error.retry_after) from error
                raise
            spending.succeeded()
            return answer

    async def _again(
        self,
        first: PortError,
        attempt: Callable[[], Awaitable[Any]],
        semantics: Semantics,
        enough: Callable[[RetryCallState], bool],
    ) -> Any:
        """What follows a first attempt that failed like this. Most do not fail, and are spared the making of it."""
        told = [first]

        async def counted() -> Any:
            if told:
                raise told.pop()
            return await attempt()

        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            wait=wait(self._patience, self._chance),
            stop=enough,
            retry=retry_if_exception(lambda error: may_repeat(semantics, error)),
            reraise=True,
        )
        return await retrying(counted)

    async def stream(
        self, name: str, semantics: Semantics, method: Callable[..., AsyncIterator[Any]], call: Call, *args: Any
    ) -> AsyncIterator[Any]:
        """A port method that answers in chunks: one attempt, since half of an answer cannot be taken back."""
        with logical(self.system, name, semantics) as attempts:
            attempts.count = 1
            try:
                async for chunk in method(call, *args):
                    yield chunk
            except CancelledError as error:
                self._called_off(error)

    def _called_off(self, error: CancelledError) -> NoReturn:
        """Unless nobody did: then it is a bug of the adapter, and nothing that ends whoever asked without a word."""
        task = current_task()
        if task is not None and task.cancelling():
            raise error
        raise RuntimeError(f"the adapter of {self.system} ended as if it were called off") from error

    def _enough(self, call: Call, spending: Spending) -> Callable[[RetryCallState], bool]:
        def enough(state: RetryCallState) -> bool:
            late = self._left(call) - state.upcoming_sleep < self._patience.least_s
            if late or state.attempt_number >= self._patience.attempts:
                return True
            error = failure(state)
            return not spending.retry(throttled=error is not None and error.retry_after is not None)

        return enough

    def _left(self, call: Call) -> float:
        return call.deadline - self._clock.monotonic()

    async def _attempt(
        self,
        attempts: Attempts,
        method: Callable[..., Awaitable[Any]],
        call: Call,
        args: tuple[Any, ...],
        kw: Mapping[str, Any],
    ) -> Any:
        if not self._bulkhead.take():
            await self._bulkhead.queue(max(self._left(call), 0))
        try:
            left = self._left(call)
            if left < self._patience.least_s:
                raise TimedOut(f"too late to ask {self.system}", happened=Happened.NO)
            with self.breaker.attempt():
                counted = call if call.attempt == attempts.count else replace(call, attempt=attempts.count)
                attempts.count += 1
                try:
                    limit = self._limit if left >= self._timeout_s else Limit(left + GRACE_S)
                    with limit.turn():
                        return await method(counted, *args, **kw)
                except CancelledError as error:
                    self._called_off(error)
                except TimeoutError as error:
                    attempts.doubtful = True
                    raise TimedOut(f"{self.system} did not answer in time") from error
                except PortError as error:
                    attempts.doubtful |= error.happened is Happened.UNKNOWN
                    raise
        finally:
            self._bulkhead.leave()
