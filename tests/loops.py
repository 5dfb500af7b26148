"""The loops that the house runs on: the tests' usual one, and the gateway's."""

import asyncio
from typing import Any

import uvloop

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class Counting(uvloop.Loop):
    """How many timers are set. They ring early, by less than a millisecond: it counts in whole ones."""

    timers = 0

    def call_at(self, *what: Any, **more: Any) -> asyncio.TimerHandle:
        self.timers += 1
        return super().call_at(*what, **more)
