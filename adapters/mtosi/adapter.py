"""An MTOSI operations support system behind the provisioning and service ports."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from adapters.mtosi import mapping
from adapters.mtosi.config import Config
from adapters.mtosi.faults import IN_USE, UNABLE, typed
from adapters.mtosi.mapping import CFS, HEADER, PRODUCT, SUBSCRIBER
from banyan import Call, Clock, Conflict, Garbled, NotFound, Rejected, Slice, Window
from banyan.model import Activation, OrderState, Receipt, Service
from banyan.ports import ProvisioningPort, ServicePort
from banyan.soap import Reply, SoapClient, connect

T = TypeVar("T")

FOLDER = Path(__file__).parent
_SOUGHT = {PRODUCT: "reference", SUBSCRIBER: "customer_id", CFS: "id"}


class Mtosi(ProvisioningPort, ServicePort):
    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._soap = connect(FOLDER, "mtosi.wsdl", config, clock)
        base = config.endpoint.rstrip("/")
        self._activation = self._soap.at(f"{base}/ServiceActivationInterface")
        self._inventory = self._soap.at(f"{base}/ServiceInventoryRetrieval")

    async def probe(self, call: Call) -> None:
        await self._find(call, PRODUCT, "probe")

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def activate(self, call: Call, activation: Activation) -> Receipt:
        parameters = {**self._order(activation), "basicInput": mapping.product(activation), "cfsCurrentState": ""}
        try:
            return await self._change(call, "activate", activation, parameters)
        except Rejected as refused:
            if refused.code != IN_USE:
                raise
            found = await self._settled(call, activation, refused, "active")
        asked = activation.characteristics.items()
        if any(found.characteristics.get(key) != value for key, value in asked):
            raise Conflict("our reference already names a service with other characteristics", code=IN_USE)
        return self._receipt(found, activation)

    async def modify(self, call: Call, activation: Activation) -> Receipt:
        parameters = {
            **self._order(activation),
            "basicInput": mapping.product(activation),
            "targetState": "Provisioned_Active",
        }
        return await self._change(call, "modify", activation, parameters)

    async def deactivate(self, call: Call, activation: Activation) -> Receipt:
        named = mapping.name(PRODUCT, activation.reference)
        try:
            return await self._change(
                call, "deactivate", activation, {**self._order(activation), "rootRequest": {}, "productName": named}
            )
        except Rejected as refused:
            if refused.code != UNABLE:
                raise
            return self._receipt(await self._settled(call, activation, refused, "inactive"), activation)

    async def activation_state(self, call: Call, reference: str) -> OrderState:
        return mapping.work(await self._one(call, PRODUCT, reference), reference)

    async def services(self, call: Call, customer_id: str, window: Window) -> Slice[Service]:
        found = await self._find(call, SUBSCRIBER, customer_id)
        return Slice(found[window.offset : window.offset + window.limit], total=len(found))

    async def service(self, call: Call, service_id: str) -> Service:
        return await self._one(call, CFS, service_id)

    def _order(self, activation: Activation) -> dict[str, Any]:
        return {"soaInput": mapping.order(activation.reference, self._clock.now())}

    def _receipt(self, found: Service, activation: Activation) -> Receipt:
        return Receipt(activation.reference, found.id, self._clock.now(), dict(found.characteristics))

    async def _change(
        self, call: Call, operation: str, activation: Activation, parameters: Mapping[str, Any]
    ) -> Receipt:
        def told(body: Any) -> Receipt:
            return mapping.receipt(body.get("_value_1") or (), activation.reference, self._clock.now())

        done, _ = await self._ask(self._activation, call, operation, parameters, told)
        return done

    async def _settled(self, call: Call, activation: Activation, refused: Rejected, state: str) -> Service:
        """A repeat is refused when the work is done: compare what stands under our reference with what we want."""
        found = await self._find(call, PRODUCT, activation.reference)
        if not found:
            raise refused
        if (found[0].customer_id, found[0].specification) != (activation.customer_id, activation.service):
            raise Conflict("our reference already names another service", code=refused.code)
        if found[0].state != state:
            raise refused
        return found[0]

    async def _one(self, call: Call, kind: str, value: str) -> Service:
        found = await self._find(call, kind, value)
        if not found:
            raise NotFound("the OSS knows no such service")
        return found[0]

    async def _find(self, call: Call, kind: str, value: str) -> list[Service]:
        batch = {"communicationPattern": "MultipleBatchResponse", "requestedBatchSize": self._config.batch_size}
        asked = {"filter": mapping.scope(kind, value)}
        found, header = await self._ask(self._inventory, call, "getServiceInventory", asked, mapping.services, **batch)
        while header.get("batchSequenceEndOfReply") is False:
            following = {**batch, "iteratorReferenceURI": header.get("iteratorReferenceURI")}
            more, header = await self._ask(
                self._inventory, call, "getServiceInventoryIterator", {}, mapping.services, **following
            )
            found += more
        if any(getattr(each, _SOUGHT[kind]) != value for each in found):
            raise Garbled("the inventory speaks of other services than those asked for")
        return found

    async def _ask(
        self,
        client: SoapClient,
        call: Call,
        operation: str,
        parameters: Mapping[str, Any],
        then: Callable[[Any], T],
        **header: Any,
    ) -> tuple[T, dict[str, Any]]:
        """One exchange: its body, mapped, and its header. One without our correlation belongs to somebody else."""
        correlation = uuid4().hex
        sent = {
            "activityName": operation,
            "msgName": f"{operation}Request",
            "msgType": "REQUEST",
            "senderURI": self._config.sender,
            "destinationURI": self._config.destination,
            "correlationId": correlation,
            "communicationPattern": "SimpleResponse",
            "communicationStyle": "RPC",
            "timestamp": self._clock.now(),
            **header,
        }

        def told(reply: Reply) -> tuple[T, dict[str, Any]]:
            answered = reply.header.get(HEADER) or {}
            if answered.get("correlationId") != correlation:
                raise Garbled("the reply answers another request")
            return then(reply.body), answered

        return await client.call(
            call, operation, parameters, {HEADER: sent}, fault=lambda fault: typed(fault, correlation), then=told
        )
