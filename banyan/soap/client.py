"""Calls one SOAP endpoint: writes, sends once, reads strictly. Whoever wants a second attempt asks policy."""

from collections.abc import Callable, Mapping
from typing import Any

from banyan.soap.contract import SoapContract
from banyan.soap.fault import SoapFault, port_error
from banyan.soap.message import Reply
from banyan.wire import Wire
from contracts.call import Call
from contracts.errors import PortError


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
        self, call: Call, operation: str, parameters: Mapping[str, Any], header: Mapping[str, Any] | None = None
    ) -> Reply:
        request = self._contract.write(operation, parameters, header)
        headers = self._contract.http_headers(operation)
        answer = await self._wire.post(call, self._endpoint, request, headers, operation)
        try:
            return self._contract.read(operation, answer.body)
        except SoapFault as fault:
            raise self._fault(fault) from None

    async def aclose(self) -> None:
        await self._wire.aclose()
