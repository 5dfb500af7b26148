"""Calls one SOAP endpoint: writes, sends once, reads strictly. Whoever wants a second attempt asks policy."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar, overload

from opentelemetry import trace

from banyan.soap.contract import SoapContract
from banyan.soap.fault import SoapFault, port_error
from banyan.soap.message import Reply
from banyan.soap.security import UsernameToken, with_block
from banyan.tracing import unseen
from banyan.wire import Answer, Wire
from contracts.call import Call
from contracts.errors import Garbled, PortError

LARGE = 64_000
"""Bytes of a reply that is read and mapped in a thread: some ms of work, for which the loop should not stand still."""
PIECE = 500
"""Rows that are freed at once."""
_OK = HTTPStatus.OK.value
T = TypeVar("T")


Header = Callable[[Call, str], Mapping[str, Any]]
"""Makes the header parts of one call of an operation, by name; those its contract does not know are left out."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What every message of a session carries."""

    header: Mapping[str, Any] = field(default_factory=dict)
    """By name, parts of the header, or of the body of those operations that have them there."""
    cookie: str = ""


class SoapClient:
    def __init__(
        self,
        contract: SoapContract,
        wire: Wire,
        endpoint: str,
        *,
        fault: Callable[[SoapFault], PortError] = port_error,
        header: Header | None = None,
        token: UsernameToken | None = None,
    ) -> None:
        """`endpoint` is ours to configure; the address in the WSDL is never dialled."""
        self._contract = contract
        self._wire = wire
        self._endpoint = endpoint
        self._fault = fault
        self._header = header
        self._token = token
        self._opened: Opened | None = None
        self._heard: list[str] | None = None

    @overload
    async def call(
        self,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        header: Mapping[str, Any] | None = None,
        *,
        fault: Callable[[SoapFault], PortError] | None = None,
        then: None = None,
    ) -> Reply: ...

    @overload
    async def call(
        self,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        header: Mapping[str, Any] | None = None,
        *,
        fault: Callable[[SoapFault], PortError] | None = None,
        then: Callable[[Reply], T],
    ) -> T: ...

    async def call(
        self,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        header: Mapping[str, Any] | None = None,
        *,
        fault: Callable[[SoapFault], PortError] | None = None,
        then: Callable[[Reply], T] | None = None,
    ) -> T | Reply:
        """Ask, and read what is answered.

        `fault`: what a fault of this one call means, where that needs to know what was asked. `then`: maps the reply;
        it is called where the reply is read, for a large one in a thread.
        """
        if unseen() is None:
            trace.get_current_span().set_attribute("rpc.system.name", "soap")
        if self._opened is not None and (inside := self._contract.takes(operation) & self._opened.header.keys()):
            parameters = {**{name: self._opened.header[name] for name in inside}, **parameters}
        request = self._contract.write(operation, parameters, self._parts(call, operation, header))
        if self._token is not None:
            request = with_block(request, self._token.block())
        headers = self._contract.http_headers(operation)
        if self._opened is not None and self._opened.cookie:
            headers = {**headers, "cookie": self._opened.cookie}
        one_way = self._contract.one_way(operation)
        answer = await self._wire.post(call, self._endpoint, request, headers, operation, one_way=one_way)
        if self._heard is not None:
            self._heard += answer.cookies
        if one_way and not answer.body.strip():
            return Reply(None) if then is None else then(Reply(None))
        try:
            if len(answer.body) > LARGE:
                return await asyncio.to_thread(self._read, operation, answer, then)
            reply = self._reply(operation, answer)
            return reply if then is None else then(reply)
        except SoapFault as told:
            raise (fault or self._fault)(told) from None

    def _reply(self, operation: str, answer: Answer) -> Reply:
        reply = self._contract.read(operation, answer.body)
        if answer.status != _OK:
            raise Garbled(f"the reply to {operation} is a success with status {answer.status}", code=str(answer.status))
        return reply

    def _read(self, operation: str, answer: Answer, then: Callable[[Reply], T] | None) -> T | Reply:
        """For a large reply: its rows are freed with care."""
        reply = self._reply(operation, answer)
        if then is None:
            return reply
        value, lists = then(reply), list(_long_lists(reply.body))
        del reply
        _let_go(lists)
        return value

    def _parts(self, call: Call, operation: str, header: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if self._header is None and self._opened is None:
            return header
        made = {} if self._header is None else self._header(call, operation)
        session = {} if self._opened is None else self._opened.header
        return {**made, **session, **(header or {})}

    def at(self, endpoint: str) -> "SoapClient":
        """The same system at another of its addresses: one pool, one limit of calls in flight."""
        return self._with(_endpoint=endpoint)

    def carrying(self, opened: Opened) -> "SoapClient":
        """One whose messages belong to this session."""
        return self._with(_opened=opened)

    def hearing(self, heard: list[str]) -> "SoapClient":
        """One that adds the Set-Cookie headers of its replies to `heard`."""
        return self._with(_heard=heard)

    def _with(self, **changes: Any) -> "SoapClient":
        made = copy(self)
        vars(made).update(changes)
        return made

    async def aclose(self) -> None:
        await self._wire.aclose()


def _long_lists(value: Any) -> Iterator[list[Any]]:
    """Copies of the lists in a reply whose rows take ms to free."""
    if isinstance(value, list) and len(value) > PIECE:
        yield value[:]
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _long_lists(inner)


def _let_go(lists: list[list[Any]]) -> None:
    """Free rows piece by piece: all at once they would hold the interpreter, and the loop, for 20 ms and more."""
    for rows in lists:
        while rows:
            del rows[-PIECE:]
