"""Turns: how everybody who writes usage keeps out of everybody else's way, without leases.

Whoever writes computes his change from what he read in one turn, and the commit names that turn: when somebody else
wrote meanwhile it is Stale and computed again. A kill between two commits loses and doubles nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from gateway.store.port import Database, Stale, Statement

_TRIES = 20


class Turns:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def write(self, work: Callable[[], Awaitable[Sequence[Statement]]]) -> None:
        """Commit what `work` computes from what it reads now; again when somebody else wrote meanwhile."""
        for attempt in range(1, _TRIES + 1):
            found = await self.database.rows("SELECT n FROM usage_turn WHERE id = 1")
            turn = Statement("UPDATE usage_turn SET n = n + 1 WHERE id = 1 AND n = ?", (found[0][0],), touches=1)
            statements = await work()
            try:
                if needed := [one for one in statements if one.many is None or one.many]:
                    await self.database.commit(turn, *needed)
            except Stale:
                if attempt == _TRIES:
                    raise
            else:
                return


def marks(values: Collection[Any]) -> str:
    """One placeholder for each."""
    return ", ".join("?" * len(values))
