"""TMF679: qualifies offerings for a customer, at once, with the exact price; or finds those that he can have."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from contracts.call import Principal
from contracts.clock import Clock, rfc3339
from gateway.api.product_offering_qualification.translate import (
    ITEMS,
    answered,
    offered,
    read_criteria,
    read_items,
    read_picks,
)
from gateway.api.tmf630.contract import Contracts, Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.bundles import Bundles, Verdict, qualify
from gateway.flows.party import customers, party_id
from gateway.flows.refusal import Unknown
from gateway.store.port import Store

CHECK = "TMF679/checkProductOfferingQualification"
QUERY = "TMF679/queryProductOfferingQualification"
VALID = timedelta(days=14)
"""How long the answer, and its price, holds."""


class _TaskRoom(DocumentRoom, ABC):
    """A task that is done when it is answered; a later change touches its record only."""

    def __init__(self, resource: Resource, store: Store, clock: Clock, bundles: Bundles) -> None:
        super().__init__(resource, store, clock)
        self.bundles = bundles

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        if before is not None:
            return body
        try:
            await self._require_customers(asked.principal, body)
            answer = await self.answer(asked.principal, body)
        except Unknown as unknown:
            if not await self._is_strange(asked.principal, body):
                raise
            answer = self.nothing(body, unknown)
        now = self.clock.now()
        return {
            **body,
            **answer,
            "state": "done",
            "creationDate": rfc3339(now),
            "effectiveQualificationDate": rfc3339(now),
            "expirationDate": rfc3339(now + VALID),
        }

    @abstractmethod
    async def answer(self, principal: Principal, body: dict[str, Any]) -> dict[str, Any]:
        """The attributes that answer what the body asks."""

    @abstractmethod
    def nothing(self, body: dict[str, Any], unknown: Unknown) -> dict[str, Any]:
        """The attributes that answer strangers: they can have nothing."""

    @abstractmethod
    def offerings(self, body: dict[str, Any]) -> Iterable[str]:
        """The ids of the offerings that the body names to have them qualified."""

    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        """What was worked out for a customer is that customer's alone; what strangers asked belongs to no customer."""
        named = next(customers(body.get("relatedParty")), None)
        if named is None:
            return await super().owner(asked, body)
        return named if await self._is_customer(asked.principal, named) else None

    async def _require_customers(self, principal: Principal, body: dict[str, Any]) -> None:
        for id in customers(body.get("relatedParty")):
            if not await self._is_customer(principal, id):
                raise Unknown("customer.unknown", "There is no such customer")

    async def _is_customer(self, principal: Principal, id: str) -> bool:
        return await self.store.get(principal, "TMF629/customer", id) is not None

    async def _is_strange(self, principal: Principal, body: dict[str, Any]) -> bool:
        """Whether nobody and nothing it names is known here; to who may not see all, what is foreign is unknown."""
        if principal.customers is not None:
            return False
        parties = [id for party in body.get("relatedParty") or () if (id := party_id(party))]
        known = [
            *[await self._is_customer(principal, id) for id in parties],
            *[await self.bundles.knows(principal, id) for id in self.offerings(body)],
        ]
        return not any(known)


class CheckRoom(_TaskRoom):
    async def answer(self, principal: Principal, body: dict[str, Any]) -> dict[str, Any]:
        verdicts = [await qualify(self.bundles, principal, pick) for pick in read_picks(body)]
        return {
            "qualificationResult": "qualified" if all(verdict.priced for verdict in verdicts) else "unqualified",
            ITEMS: answered(read_items(body), verdicts),
        }

    def nothing(self, body: dict[str, Any], unknown: Unknown) -> dict[str, Any]:
        verdicts = [Verdict(pick, None, ((unknown.code, unknown.reason),)) for pick in read_picks(body)]
        return {"qualificationResult": "unqualified", ITEMS: answered(read_items(body), verdicts)}

    def offerings(self, body: dict[str, Any]) -> Iterable[str]:
        return (each.offering_id for pick in read_picks(body) for each in (pick, *pick.inside()))


class QueryRoom(_TaskRoom):
    async def answer(self, principal: Principal, body: dict[str, Any]) -> dict[str, Any]:
        found = await self.bundles.on_sale(principal, read_criteria(body))
        verdicts = [await qualify(self.bundles, principal, pick) for pick in found]
        return {"qualifiedProductOfferingItem": offered(verdicts)}

    def nothing(self, body: dict[str, Any], unknown: Unknown) -> dict[str, Any]:
        del body, unknown
        return {"qualifiedProductOfferingItem": []}

    def offerings(self, body: dict[str, Any]) -> Iterable[str]:
        del body
        return ()


def rooms(contracts: Contracts, store: Store, clock: Clock, bundles: Bundles) -> dict[str, Room]:
    return {
        CHECK: CheckRoom(contracts.resource(CHECK), store, clock, bundles),
        QUERY: QueryRoom(contracts.resource(QUERY), store, clock, bundles),
    }
