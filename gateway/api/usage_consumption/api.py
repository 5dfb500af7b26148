"""TMF677: a query for consumption is answered at once and kept, a report likewise; earlier answers stay readable."""

from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock, rfc3339
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.api.usage_consumption.criteria import wanted
from gateway.flows import told
from gateway.flows.balance import NOBODY, Prepaid
from gateway.flows.party import as_customer
from gateway.flows.refusal import Invalid, Unknown
from gateway.flows.usage.consumption import Consumption
from gateway.flows.usage.wanted import Wanted
from gateway.store.port import Document, Put, Store

QUERY = "TMF677/queryUsageConsumption"
REPORT = "TMF677/usageConsumptionReport"


class ConsumptionRoom(DocumentRoom):
    """Answers a query: one report for each bundle that fits it, and one for each prepaid subscriber."""

    def __init__(
        self, contracts: Contracts, kind: str, consumption: Consumption, prepaid: Prepaid, store: Store, clock: Clock
    ) -> None:
        super().__init__(contracts.resource(kind), store, clock)
        self._consumption = consumption
        self._prepaid = prepaid

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        asks = wanted(body)
        owner = await self._owner(asked, asks)
        bundles = await self._consumption.of(owner, asks) if owner else []
        balances, missing = await self._prepaid.of(asked.call, owner, asks)
        answer = {
            **({"relatedParty": [as_customer(owner)]} if owner else {}),
            **self.resource.defaults,
            **body,
            "id": str(uuid7()),
            "creationDate": rfc3339(self.clock.now()),
            **self._answer([*bundles, *balances]),
        }
        kept_for = NOBODY if owner is None and balances else owner
        document = Document(self.resource.kind, answer["id"], answer, owner=kept_for, revision=1, missing=missing)
        await self.store.commit(
            Put(document, expect=0), *self.emit(told.CREATED, of=document), *asked.remember(document)
        )
        return document

    def _answer(self, bundles: list[dict[str, Any]]) -> dict[str, Any]:
        return {"state": "done", "usageConsumption": bundles}

    async def _owner(self, asked: Asked, asks: Wanted) -> str | None:
        """The one customer the query is about: named, or the owner of all it names, or the only one there is.

        None: a party that is no customer here, nor is anything else it names known, has consumed nothing; one who sees
        only his own is not told so.
        """
        owners = await self._consumption.owners(asks)
        strange = owners == {None} and asked.principal.customers is None
        if strange and (asks.parties or await self._prepaid.knows(asked.call, asks)):
            return None
        if not owners and asked.principal.customers is not None:
            owners = set(asked.principal.customers)
        if None in owners or any(not asked.principal.may_see(owner) for owner in owners):
            raise Unknown("consumption.unknown", "no such customer, account, product, number or service")
        if len(owners) != 1:
            raise Invalid("consumption.whose", "name one customer as relatedParty, or what belongs to one customer")
        return owners.pop()


class ReportRoom(ConsumptionRoom):
    """One report over all the bundles that fit what it names."""

    def _answer(self, bundles: list[dict[str, Any]]) -> dict[str, Any]:
        dated = [name for name in ("lastUpdate", "validPeriod") if bundles and name in bundles[0]]
        common: dict[str, Any] = {name: bundles[0][name] for name in dated}
        parts: dict[str, Any] = {
            name: [each for bundle in bundles for each in bundle.get(name, ())] for name in ("product", "bucket")
        }
        return {**common, **parts}


def rooms(
    contracts: Contracts, consumption: Consumption, prepaid: Prepaid, store: Store, clock: Clock
) -> dict[str, Room]:
    return {
        QUERY: ConsumptionRoom(contracts, QUERY, consumption, prepaid, store, clock),
        REPORT: ReportRoom(contracts, REPORT, consumption, prepaid, store, clock),
    }
