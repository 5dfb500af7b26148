"""A bulkhead per backend: as many calls at once as it stands, so that one that hangs takes nobody else down."""

import asyncio

from contracts.places import Places
from gateway.policy.retry import Shed


class Bulkhead(Places):
    """`places` attempts run at once; one more waits a moment for a free place, then is refused before any work."""

    def __init__(self, system: str, places: int, *, wait_s: float = 1.0) -> None:
        super().__init__(places)
        self._system = system
        self._wait_s = wait_s

    async def queue(self, left_s: float) -> None:
        """Wait for a place for one attempt that has `left_s` seconds until its deadline."""
        try:
            async with asyncio.timeout(min(self._wait_s, left_s)):
                await self.wait()
        except TimeoutError as error:
            raise Shed(f"{self._system} is busy with as many calls as it stands", retry_after=1) from error
