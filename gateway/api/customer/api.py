"""TMF629: customers, mastered by billing."""

from gateway.api.mastered import MasteredRoom
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.room import Room
from gateway.flows.customers import Customers
from gateway.flows.mirror import Mirror

KIND = "TMF629/customer"
WHY = "customers are mastered by billing, which offers no operation for this"


def rooms(contracts: Contracts, mirror: Mirror, customers: Customers) -> dict[str, Room]:
    return {KIND: MasteredRoom(contracts.resource(KIND), mirror, customers.customer, WHY)}
