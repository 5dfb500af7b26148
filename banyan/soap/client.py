"""Calls one SOAP endpoint: writes, sends once, reads strictly. Whoever wants a second attempt asks policy."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from opentelemetry import trace

from banyan.soap.contract import SoapContract
from banyan.soap.fault import SoapFault, port_error
from banyan.soap.message import Reply
from banyan.wire import Wire
from contracts.call import Call
from contracts.errors import Garbled, PortError

LARGE = 20_000
"""Bytes of a reply that is read in a thread: some 20 ms of work, for which the loop should not stand still."""


class SoapClient:
    def __init__(
        self,
        contract: SoapContract,
        wire: Wire,
        endpoint: str,
        *,
        fault: Callable[[SoapFault], PortError] = port_error,
    ) -> None:
        """`endpoint` is ours to configure; the address in the WSDL is never dialled."""
        self._contract = contract
        self._wire = wire
        self._endpoint = endpoint
        self._fault = fault

    async def call(
        self,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        header: Mapping[str, Any] | None = None,
        *,
        fault: Callable[[SoapFault], PortError] | None = None,
    ) -> Reply:
        """`fault`: what a fault of this one call means, where that needs to know what was asked."""
        trace.get_current_span().set_attribute("rpc.system.name", "soap")
        request = self._contract.write(operation, parameters, header)
        headers = self._contract.http_headers(operation)
        answer = await self._wire.post(call, self._endpoint, request, headers, operation)
        try:
            reply = await self._read(operation, answer.body)
        except SoapFault as told:
            raise (fault or self._fault)(told) from None
        if answer.status != HTTPStatus.OK:
            raise Garbled(f"the reply to {operation} is a success with status {answer.status}", code=str(answer.status))
        return reply

    async def _read(self, operation: str, reply: bytes) -> Reply:
        if len(reply) > LARGE:
            return await asyncio.to_thread(self._contract.read, operation, reply)
        return self._contract.read(operation, reply)

    async def aclose(self) -> None:
        await self._wire.aclose()
