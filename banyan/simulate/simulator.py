"""One simulated SOAP system: operations over state, with faults injected around them."""

import inspect
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from aiohttp import web

from banyan.simulate.damage import LOGIN, PAGE, damaged
from banyan.simulate.faults import Armed, Faults
from banyan.simulate.ledger import Ledger
from banyan.soap import SoapContract, SoapFault
from banyan.soap.sampled import sampled_reply
from contracts.clock import Clock
from contracts.faults import VALUES, Fault

DELAY_S = 60.0
"""Later than anybody waits."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an operation is asked."""

    operation: str
    parameters: Mapping[str, Any]
    header: Mapping[str, Any]
    traceparent: str | None
    ledger: Ledger

    def effect(self, *, reference: str | None, native_id: str | None, amount: Decimal | None = None) -> None:
        """Enter in the ledger that this request changed something."""
        self.ledger.write(
            self.operation, reference=reference, native_id=native_id, amount=amount, traceparent=self.traceparent
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """For operations that answer with a header too."""

    body: Any
    header: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What is done on a request, and what the same system would have answered to somebody else's.

    `handle` and `stranger` return the children of the output element by name (or an Answer), or raise SoapFault.
    `stranger` gets the request and its true answer and has no effect; without one, a swapped reply is that of another
    operation.
    """

    handle: Callable[[Request], Any | Awaitable[Any]]
    stranger: Callable[[Request, Any], Any] | None = None


@dataclass(slots=True)
class Simulator:
    name: str
    contract: SoapContract
    operations: Mapping[str, Operation]
    ledger: Ledger
    clock: Clock
    reset_state: Callable[[], None]
    actions: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    """More to do over the control address: POST /<name> calls it and answers with its JSON."""
    background: Callable[[], Coroutine[Any, Any, None]] | None = None
    """Runs beside the operations until the simulator ends: a nightly bill run."""
    delay_s: float = DELAY_S
    faults: Faults = field(default_factory=Faults)
    received: Counter[str] = field(default_factory=Counter)
    """Requests by operation, whatever became of them."""

    def reset(self) -> None:
        """Back to how it started: state, ledger and faults."""
        self.reset_state()
        self.ledger.reset()
        self.faults.reset()
        self.received.clear()

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Answer one SOAP request."""
        try:
            asked = self.contract.read_request(None, await http.read())
        except SoapFault as fault:
            return self._fault(fault)
        self.received[asked.operation] += 1
        armed = self.faults.take(asked.operation)
        kind = None if armed is None else armed.kind
        instead = self._instead(kind)
        if instead is not None:
            return instead
        request = Request(*asked, http.headers.get("traceparent"), self.ledger)
        answer = await self._work(request, kind)
        return answer if armed is None else await self._send(http, asked.operation, answer, armed)

    def _instead(self, kind: Fault | None) -> web.Response | None:
        """What comes in place of the work."""
        match kind:
            case Fault.REFUSE:
                return web.Response(status=503, headers={"retry-after": "1"}, text="busy")
            case Fault.HTTP_503:
                return web.Response(status=503, body=PAGE, content_type="text/html")
            case Fault.LOGIN_PAGE:
                return web.Response(body=LOGIN, content_type=self._media, charset="utf-8")
            case Fault.FAULT:
                return self._fault(SoapFault("Server", "injected fault"))
            case Fault.FAULT_AS_200:
                return self._fault(SoapFault("Server", "injected fault"), status=200)
            case _:
                return None

    async def _send(self, http: web.Request, operation: str, answer: web.Response, armed: Armed) -> web.StreamResponse:
        """What becomes of an answer on its way."""
        kind, seconds = armed.kind, self.delay_s if armed.seconds is None else armed.seconds
        if kind is Fault.LOST_ANSWER and http.transport is not None:
            http.transport.abort()
        if kind is Fault.GARBAGE:
            return web.Response(body=PAGE, content_type="text/html")
        if kind is Fault.DELAY:
            await self.clock.sleep(seconds)
        if kind is Fault.SLOW_DRIP:
            return await self._drip(http, answer, seconds)
        reply = damaged(self.contract, operation, _body(answer), kind) if answer.status == HTTPStatus.OK else None
        if reply is not None:
            charset = "iso-8859-1" if kind is Fault.LATIN_1 else "utf-8"
            return web.Response(body=reply, content_type=self._media, charset=charset)
        if kind in VALUES:
            self.faults.put_back(armed)
        return answer

    async def _drip(self, http: web.Request, answer: web.Response, seconds: float) -> web.StreamResponse:
        """Byte by byte, until all is sent or nobody listens."""
        dripping = web.StreamResponse(status=answer.status, headers={"content-type": answer.headers["content-type"]})
        await dripping.prepare(http)
        body = _body(answer)
        with suppress(ConnectionError):
            for byte in body:
                await dripping.write(bytes([byte]))
                await self.clock.sleep(seconds / len(body))
        return dripping

    async def _work(self, request: Request, kind: Fault | None) -> web.Response:
        """Whatever it answers is answered under the fault: a no is as easily lost as a yes."""
        try:
            answer = await self._answer(request, kind)
        except SoapFault as fault:
            return self._fault(fault)
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as failure:
            # As legacy systems do when a record is not what they expect.
            return self._fault(SoapFault("Server", type(failure).__name__))
        return web.Response(body=answer, content_type=self._media, charset="utf-8")

    async def _answer(self, request: Request, kind: Fault | None) -> bytes:
        operation = self.operations[request.operation]
        value = operation.handle(request)
        if inspect.isawaitable(value):
            value = await value
        if kind is not Fault.SWAP:
            return self._write(request.operation, value)
        if operation.stranger is not None:
            return self._write(request.operation, operation.stranger(request, value))
        other = next(name for name in sorted(self.operations) if name != request.operation)
        return self.contract.write_reply(other, *sampled_reply(self.contract, other))

    def _write(self, operation: str, value: Any) -> bytes:
        answer = value if isinstance(value, Answer) else Answer(value)
        return self.contract.write_reply(operation, answer.body, answer.header)

    def _fault(self, fault: SoapFault, status: int = 500) -> web.Response:
        return web.Response(
            status=status, body=self.contract.write_fault(fault), content_type=self._media, charset="utf-8"
        )

    @property
    def _media(self) -> str:
        return "text/xml" if self.contract.version == "1.1" else "application/soap+xml"


def _body(answer: web.Response) -> bytes:
    return answer.body if isinstance(answer.body, bytes) else b""
