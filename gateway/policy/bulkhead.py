"""A bulkhead per backend: as many calls at once as it stands, so that one that hangs takes nobody else down."""

import asyncio

from gateway.policy.retry import Shed


class Bulkhead:
    """`places` attempts run at once; one more waits a moment for a free place, then is refused before any work."""

    def __init__(self, system: str, places: int, *, wait_s: float = 1.0) -> None:
        self._system = system
        self._wait_s = wait_s
        self._free = asyncio.Semaphore(places)

    async def enter(self, left_s: float) -> None:
        """Take a place for one attempt that has `left_s` seconds until its deadline."""
        if not self._free.locked():
            await self._free.acquire()  # at once
        else:
            await self._wait(min(self._wait_s, left_s))

    def leave(self) -> None:
        self._free.release()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise Shed(f"{self._system} is busy with as many calls as it stands", retry_after=1) from error
