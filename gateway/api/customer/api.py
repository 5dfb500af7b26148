"""TMF629, TMF632 and TMF666: customers, who they are and what they are billed on, as billing tells them."""

from typing import Any

from gateway.api.mastered import SharedRoom
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import owner_of
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.customers import ACCOUNT, INDIVIDUAL, KIND, ORGANIZATION, Customers
from gateway.flows.mirror import Mirror

WHY = "billing masters it and offers no operation for this"


class CustomerRoom(SharedRoom):
    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        """A customer is his own."""
        return str(body["id"]) if asked.principal.customers is None else owner_of(asked, body)


def rooms(contracts: Contracts, mirror: Mirror, customers: Customers) -> dict[str, Room]:
    beside = {INDIVIDUAL: customers.individual, ORGANIZATION: customers.organization, ACCOUNT: customers.account}
    shared: dict[str, Room] = {
        kind: SharedRoom(contracts.resource(kind), mirror, read, WHY) for kind, read in beside.items()
    }
    return {KIND: CustomerRoom(contracts.resource(KIND), mirror, customers.customer, WHY), **shared}
