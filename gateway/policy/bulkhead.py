"""A bulkhead per backend: as many calls at once as it stands, so that one that hangs takes nobody else down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.policy.retry import Shed


class Bulkhead:
    """`places` attempts run at once; one more waits a moment for a free place, then is refused before any work."""

    def __init__(self, system: str, places: int, *, wait_s: float = 1.0) -> None:
        self._system = system
        self._wait_s = wait_s
        self._free = asyncio.Semaphore(places)

    @asynccontextmanager
    async def place(self, left_s: float) -> AsyncIterator[None]:
        """A place for one attempt that has `left_s` seconds until its deadline."""
        if not self._free.locked():
            await self._free.acquire()  # at once
        else:
            await self._wait(min(self._wait_s, left_s))
        try:
            yield
        finally:
            self._free.release()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise Shed(f"{self._system} is busy with as many calls as it stands", retry_after=1) from error
