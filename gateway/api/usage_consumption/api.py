"""TMF677: a query for consumption is answered at once and kept; earlier answers stay readable."""

from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock, rfc3339
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.api.usage_consumption.criteria import wanted
from gateway.flows.refusal import Invalid, Unknown
from gateway.flows.usage.consumption import Consumption
from gateway.flows.usage.wanted import Wanted
from gateway.store.port import Document, Put, Store

KIND = "TMF677/queryUsageConsumption"


class ConsumptionRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, consumption: Consumption, store: Store, clock: Clock) -> None:
        super().__init__(contracts.resource(KIND), store, clock)
        self._consumption = consumption

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        asks = wanted(body)
        owner = await self._owner(asked, asks)
        answer = {
            "relatedParty": [{"id": owner, "role": "customer", "@referredType": "Customer"}],
            **self.resource.defaults,
            **body,
            "id": str(uuid7()),
            "queryUsageConsumptionDate": rfc3339(self.clock.now()),
            "usageConsumption": await self._consumption.of(owner, asks),
        }
        document = Document(KIND, answer["id"], answer, owner=owner, revision=1)
        await self.store.commit(Put(document, expect=0), *self.emit("CreateEvent", document), *asked.remember(document))
        return document

    async def _owner(self, asked: Asked, asks: Wanted) -> str:
        """The one customer the query is about: named, or the owner of all it names, or the only one there is."""
        owners = await self._consumption.owners(asks)
        if not owners and asked.principal.customers is not None:
            owners = set(asked.principal.customers)
        if None in owners or any(not asked.principal.may_see(owner) for owner in owners):
            raise Unknown("consumption.unknown", "no such customer, account, product, number or service")
        if len(owners) != 1:
            raise Invalid("consumption.whose", "name one customer as relatedParty, or what belongs to one customer")
        return str(owners.pop())


def rooms(contracts: Contracts, consumption: Consumption, store: Store, clock: Clock) -> dict[str, Room]:
    return {KIND: ConsumptionRoom(contracts, consumption, store, clock)}
