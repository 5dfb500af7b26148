"""Adapters that are wrong in one way each: what the contract suites are there to find out."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import httpx
from opentelemetry import trace

from adapters.cdr_files.adapter import CdrFiles
from adapters.jbilling.adapter import Jbilling
from adapters.mtosi.adapter import Mtosi
from banyan import Conflict, Garbled, Happened, NotFound, PortError, Rejected, Slice, Unavailable, Window
from banyan.wire import seam

Wrong = Callable[..., Any]


def but(base: type[Any], **methods: Wrong) -> type[Any]:
    """The adapter with these methods instead of its own."""
    return type(f"Wrong{base.__name__}", (base,), {**methods, "__module__": __name__})


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


def patient(base: type[Any], method: str) -> Any:
    """Waits longer than anybody waits for it."""

    async def call(self: Any, first: Any, *values: Any) -> Any:
        return await getattr(base, method)(self, replace(first, deadline=first.deadline + 60), *values)

    return but(base, **{method: call})


def sleeping(base: type[Any], method: str) -> Any:
    """Holds the loop."""

    async def call(self: Any, *values: Any) -> Any:
        time.sleep(0.001)  # noqa: ASYNC251 - that is what is wrong with it
        return await getattr(base, method)(self, *values)

    return but(base, **{method: call})


def logging_it(base: type[Any]) -> Any:
    """Logs how it signs in."""

    def begin(self: Any, config: Any, clock: Any) -> None:
        base.__init__(self, config, clock)
        self.password = config.password

    async def probe(self: Any, call: Any) -> None:
        logging.getLogger("adapter").debug("as %s", self.password and self.password.get_secret_value())
        await base.probe(self, call)

    return but(base, __init__=begin, probe=probe)


class Traced(Jbilling):
    """Tells the trace whom it asks for."""

    async def customer(self, call: Any, customer_id: str) -> Any:
        with trace.get_tracer("adapter").start_as_current_span("look-up") as span:
            found = await super().customer(call, customer_id)
            span.set_attribute("login", str(found.login))
            return found


class Quoting(Jbilling):
    """Quotes in its errors what it could not read."""

    async def customer(self, call: Any, customer_id: str) -> Any:
        try:
            return await super().customer(call, customer_id)
        except PortError as error:
            raise type(error)("nordwerk cannot be read", happened=error.happened) from error


class Untraced(Jbilling):
    """Asks beside the wire."""

    def __init__(self, config: Any, clock: Any) -> None:
        super().__init__(config, clock)
        self.endpoint = config.endpoint

    async def probe(self, call: Any) -> None:
        await super().probe(call)
        body = b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>%s</e:Body></e:Envelope>"
        async with httpx.AsyncClient() as http:
            await http.post(self.endpoint, content=body % b"<j:getCallerId xmlns:j='http://jbilling/'/>")


class _Utf8(httpx.AsyncHTTPTransport):
    """Takes every byte for UTF-8, whatever the reply says of itself."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        body = await response.aread()
        if b"iso-8859-1" in body[:100].lower():
            body = body.decode("iso-8859-1").encode()
        return httpx.Response(200, headers={"content-type": response.headers["content-type"]}, content=body)


class Mojibake(Jbilling):
    """Reads another encoding than the reply says."""

    def __init__(self, config: Any, clock: Any) -> None:
        with seam.installed(_Utf8):
            super().__init__(config, clock)


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
