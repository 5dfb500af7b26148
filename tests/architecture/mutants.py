"""Adapters that are wrong in one way each: what the contract suites are there to find out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from adapters.cdr_files.adapter import CdrFiles
from adapters.jbilling.adapter import Jbilling
from adapters.mtosi.adapter import Mtosi
from banyan import Conflict, Garbled, Happened, NotFound, PortError, Rejected, Slice, Unavailable, Window

Wrong = Callable[..., Any]


def but(base: type[Any], **methods: Wrong) -> type[Any]:
    """The adapter with these methods instead of its own."""
    return type(f"Wrong{base.__name__}", (base,), dict(methods))


def swallowing(base: type[Any], method: str, kinds: type[PortError] | tuple[type[PortError], ...], answer: Any) -> Any:
    """Answers as if nothing had gone wrong."""

    async def call(self: Any, *values: Any) -> Any:
        try:
            return await getattr(base, method)(self, *values)
        except kinds:
            return answer

    return but(base, **{method: call})


def trying_again(base: type[Any], method: str) -> Any:
    async def call(self: Any, *values: Any) -> Any:
        try:
            return await getattr(base, method)(self, *values)
        except PortError:
            return await getattr(base, method)(self, *values)

    return but(base, **{method: call})


def claiming(base: type[Any], method: str, happened: Happened) -> Any:
    """Says of every failure that the work was, or was not, done."""

    async def call(self: Any, *values: Any) -> Any:
        try:
            return await getattr(base, method)(self, *values)
        except PortError as error:
            error.happened = happened
            raise

    return but(base, **{method: call})


def twice(base: type[Any], method: str) -> Any:
    async def call(self: Any, *values: Any) -> Any:
        await getattr(base, method)(self, *values)
        return await getattr(base, method)(self, *values)

    return but(base, **{method: call})


def never(base: type[Any], method: str, answer: Any) -> Any:
    """Answers without asking."""

    async def call(self: Any, *values: Any) -> Any:
        return answer

    return but(base, **{method: call})


def answering(base: type[Any], method: str, change: Callable[[Any], Any]) -> Any:
    """Answers something else than it found."""

    async def call(self: Any, *values: Any) -> Any:
        return change(await getattr(base, method)(self, *values))

    return but(base, **{method: call})


def each(change: Callable[[Any], Any]) -> Callable[[Slice[Any]], Slice[Any]]:
    return lambda found: replace(found, items=[change(item) for item in found.items])


def first_page_again(base: type[Any], method: str) -> Any:
    """Reads no offset."""

    async def call(self: Any, *values: Any) -> Any:
        *rest, window = values
        return await getattr(base, method)(self, *rest, replace(window, offset=0))

    return but(base, **{method: call})


def mixing(base: type[Any], method: str) -> Any:
    """Keeps what is asked in the adapter, where the next call finds it."""

    async def call(self: Any, first: Any, asked: Any) -> Any:
        self.asked = asked
        await asyncio.sleep(0)
        return await getattr(base, method)(self, first, self.asked)

    return but(base, **{method: call})


class Silent(Jbilling):
    """Probes without a wire."""

    async def probe(self, call: Any) -> None: ...


class Absent(Jbilling):
    """Never answers a probe."""

    async def probe(self, call: Any) -> None:
        raise Unavailable("nobody there", happened=Happened.NO)


def telling(base: type[Any], method: str, kind: type[PortError]) -> Any:
    """Calls every refusal by one name."""

    async def call(self: Any, *values: Any) -> Any:
        try:
            return await getattr(base, method)(self, *values)
        except (Rejected, Conflict, NotFound):
            raise kind("no") from None

    return but(base, **{method: call})


class NothingApplied(Jbilling):
    """Says that it searched, and lists everybody."""

    async def find_customers(self, call: Any, window: Window) -> Any:
        found = await super().find_customers(call, replace(window, conditions=()))
        return replace(found, applied=frozenset(window.conditions))


class DoubleBooking(Jbilling):
    """Sends an order again when its answer was lost."""

    async def place_order(self, call: Any, order: Any) -> Any:
        try:
            return await super().place_order(call, order)
        except (Garbled, Unavailable):
            await super().place_order(call, order)
            raise


class AnyState(Mtosi):
    """Takes every repeat for success."""

    async def activate(self, call: Any, activation: Any) -> Any:
        try:
            return await super().activate(call, activation)
        except (Conflict, Rejected):
            found = await self.services(call, activation.customer_id, Window())
            return self._receipt(found.items[0], activation)


class Stubborn(Mtosi):
    """Takes no repeat for success."""

    async def _settled(self, call: Any, activation: Any, refused: Rejected, state: str) -> Any:
        raise refused


class Forgetful(Mtosi):
    """Tells another number than the OSS assigned."""

    async def activation_state(self, call: Any, reference: str) -> Any:
        state = await super().activation_state(call, reference)
        return replace(state, facts={"msisdn": "0"})


class Skipping(CdrFiles):
    """Leaves out what it cannot read."""

    async def rows(self, call: Any, file: Any) -> AsyncIterator[Any]:
        async for chunk in super().rows(call, file):
            yield [row for row in chunk if hasattr(row, "key")]


class Keyless(CdrFiles):
    """Numbers no row."""

    async def rows(self, call: Any, file: Any) -> AsyncIterator[Any]:
        async for chunk in super().rows(call, file):
            yield [replace(row, line=1) for row in chunk]


class Hasty(CdrFiles):
    """Takes every file for complete."""

    async def waiting(self, call: Any) -> Any:
        found = await super().waiting(call)
        return found or [None for _ in self._config.folder.glob("*.*")]


class Careless(CdrFiles):
    """Opens whatever name it is given."""

    async def settle(self, call: Any, file: Any, *, accepted: bool) -> None:
        (self._config.folder / file.name).unlink(missing_ok=True)
