"""TMF677: a query for consumption is answered at once and kept; earlier answers stay readable."""

from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.refusal import Invalid, Unknown
from gateway.flows.usage.consumption import Consumption
from gateway.store.port import Document, Put, Store

KIND = "TMF677/queryUsageConsumption"


class ConsumptionRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, consumption: Consumption, store: Store, clock: Clock) -> None:
        super().__init__(contracts.resource(KIND), store, clock)
        self._consumption = consumption

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        criteria = body.get("searchCriteria") or {}
        products = [each["id"] for each in criteria.get("product", ()) if each.get("id")]
        owner = await self._owner(asked, [*_ids(body), *_ids(criteria)], products)
        answer = {
            "relatedParty": [{"id": owner, "role": "customer", "@referredType": "Customer"}],
            **self.resource.defaults,
            **body,
            "id": str(uuid7()),
            "queryUsageConsumptionDate": self.clock.now().isoformat(),
            "usageConsumption": await self._consumption.of(owner, products),
        }
        document = Document(KIND, answer["id"], answer, owner=owner, revision=1)
        await self.store.commit(Put(document, expect=0), *self.emit("CreateEvent", document), *asked.remember(document))
        return document

    async def _owner(self, asked: Asked, parties: list[str], products: list[str]) -> str:
        """The one customer the query is about: named, or the owner of the named products, or the only one there is."""
        owners = set(parties)
        if not owners:
            owners = {await self._consumption.owner_of(product) or "" for product in products}
        if not owners and asked.principal.customers is not None:
            owners = set(asked.principal.customers)
        if len(owners) != 1:
            raise Invalid("consumption.whose", "name one customer as relatedParty, or products of one customer")
        (owner,) = owners
        if not owner or not asked.principal.may_see(owner) or not await self._consumption.known(owner):
            raise Unknown("customer.unknown", "no such customer")
        return owner


def _ids(body: dict[str, Any]) -> list[str]:
    return [party["id"] for party in body.get("relatedParty") or () if party.get("id")]


def rooms(contracts: Contracts, consumption: Consumption, store: Store, clock: Clock) -> dict[str, Room]:
    return {KIND: ConsumptionRoom(contracts, consumption, store, clock)}
