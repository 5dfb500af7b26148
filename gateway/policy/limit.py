"""A time limit as asyncio.timeout sets one, without its states: one that no attempt waits for costs a fifth."""

import asyncio
from types import TracebackType


class Limit:
    """Entered by a task, which is cancelled after `seconds`; TimeoutError is what comes of that."""

    __slots__ = ("_before", "_late", "_over", "_seconds", "_task")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._before = task.cancelling()
        self._late = task.get_loop().call_later(self._seconds, self._end)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._late.cancel()
        if self._over and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _end(self) -> None:
        self._over = True
        self._task.cancel()
