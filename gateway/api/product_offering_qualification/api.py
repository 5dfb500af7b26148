"""TMF679: qualifies offerings for a customer, at once, with the exact price."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from contracts.call import Principal
from contracts.clock import Clock, rfc3339
from gateway.api.product_offering_qualification.translate import qualified
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.bundles import Bundles, Verdict, picked, qualify
from gateway.flows.refusal import Invalid, Unknown
from gateway.store.port import Store

KIND = "TMF679/productOfferingQualification"
ITEMS = "productOfferingQualificationItem"
VALID = timedelta(days=14)
"""How long the answer, and its price, holds."""


class QualificationRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, store: Store, clock: Clock, bundles: Bundles) -> None:
        super().__init__(contracts.resource(KIND), store, clock)
        self._bundles = bundles

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        """A new request is answered before it is written; a later change touches the record only."""
        if before is not None:
            return body
        await self._customer(asked.principal, body)
        items = body.get(ITEMS)
        if not items:
            raise Invalid("qualification.itemMissing", f"{ITEMS} is missing: nothing to qualify")
        picks = picked(items, nested=ITEMS, related="qualificationItemRelationship")
        verdicts = [await qualify(self._bundles, asked.principal, pick) for pick in picks]
        now = self.clock.now()
        return {
            **body,
            "state": "done",
            "qualificationResult": "qualified" if all(verdict.priced for verdict in verdicts) else "unqualified",
            "productOfferingQualificationDate": rfc3339(now),
            "effectiveQualificationDate": rfc3339(now),
            "expirationDate": rfc3339(now + VALID),
            ITEMS: [_answered(item, verdicts) for item in items],
        }

    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        """What was worked out for a customer is that customer's alone."""
        return next(_customers(body), None) or await super().owner(asked, body)

    async def _customer(self, principal: Principal, body: dict[str, Any]) -> None:
        """The customer asked for must be one that the principal may see."""
        for id in _customers(body):
            if await self.store.get(principal, "TMF629/customer", id) is None:
                raise Unknown("customer.unknown", "There is no such customer")


def _customers(body: dict[str, Any]) -> Iterator[str]:
    """The parties in the role of customer; one without a role is one."""
    for party in body.get("relatedParty") or ():
        if str(party.get("role") or "customer").lower() == "customer":
            yield str(party.get("id"))


def _answered(item: dict[str, Any], verdicts: list[Verdict]) -> dict[str, Any]:
    """The item with its own verdict; an item inside a bundle shares the bundle's result, and carries no price."""
    for verdict in verdicts:
        if verdict.pick.item_id == item["id"]:
            return qualified(item, verdict)
        if any(inside.item_id == item["id"] for inside in verdict.pick.inside()):
            result = "qualified" if verdict.priced else "unqualified"
            return {**item, "state": "done", "qualificationItemResult": result}
    return item


def rooms(contracts: Contracts, store: Store, clock: Clock, bundles: Bundles) -> dict[str, Room]:
    return {KIND: QualificationRoom(contracts, store, clock, bundles)}
