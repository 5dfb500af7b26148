"""Adapters for one test, built as its class states them and closed when it ends."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from banyan.kit.building import SECRET, armed, built
from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.ports import Adapter
from contracts.suites.kit import PATIENCE_S, Calls


@dataclass(frozen=True, slots=True)
class Armed:
    """An adapter whose every secret is the same made-up word."""

    adapter: Adapter
    secret: str


class Stage:
    """`transport` takes the network's place under every adapter that is made here."""

    def __init__(
        self,
        facts: type[Any],
        place: str | Path,
        clock: Clock,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self._facts = facts
        self._place = place
        self._clock = clock
        self._transport = transport
        self._made: list[Adapter] = []

    async def another(self) -> Any:
        return await self._make(self._facts.config(self._place))

    async def armed(self) -> Armed:
        return Armed(await self._make(armed(self._facts.config(self._place))), SECRET)

    async def _make(self, config: Any) -> Any:
        from banyan.wire import seam  # noqa: PLC0415 - most runs need no wire

        with ExitStack() as stack:
            if self._transport is not None:
                stack.enter_context(seam.installed(self._transport))
            made = await built(self._facts.adapter_class, config, self._clock)
        self._made.append(made)
        return made

    async def aclose(self) -> None:
        for made in self._made:
            await made.aclose()


def calls_by(clock: Clock) -> Calls:
    """Calls of one tester, with a deadline that many seconds ahead."""

    def call(seconds: float = PATIENCE_S) -> Call:
        return Call(clock.monotonic() + seconds, "default", Principal("tester", "tests", "default"))

    return call
