"""How long something may take. One timer serves all who have the same time: nearly everyone ends long before."""

import asyncio
from asyncio import CancelledError, Task
from itertools import takewhile
from types import TracebackType

from contracts.clock import EARLY_S


class Limit:
    """`with limit.turn():` ends with a TimeoutError after `seconds`, as `asyncio.timeout` does.

    All have the same time, so that whoever came first is due first, and the timer is set for that one only.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._turns: dict[Turn, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def turn(self) -> "Turn":
        return Turn(self)

    def begin(self, turn: "Turn", loop: asyncio.AbstractEventLoop) -> None:
        turn.due = loop.time() + self.seconds
        self._turns[turn] = None
        if self._timer is None or loop is not self._loop:
            self._loop, self._timer = loop, loop.call_at(turn.due, self._end_overdue)

    def end(self, turn: "Turn") -> None:
        self._turns.pop(turn, None)

    def _end_overdue(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time() + EARLY_S
        for turn in [*takewhile(lambda turn: turn.due <= now, self._turns)]:
            del self._turns[turn]
            turn.is_over()
        if self._turns:
            first = next(iter(self._turns))
            self._timer = loop.call_at(first.due, self._end_overdue)


class Turn:
    """One of them; entered and left by the same task."""

    __slots__ = ("_cancelling", "_limit", "_over", "_task", "due")
    _task: Task[object]
    due: float

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task, self._cancelling = task, task.cancelling()
        self._limit.begin(self, task.get_loop())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._limit.end(self)
        if self._over and self._task.uncancel() <= self._cancelling and kind is CancelledError:
            raise TimeoutError from error

    def is_over(self) -> None:
        if self._task.get_loop().is_closed():
            return
        self._over = True
        self._task.cancel()
