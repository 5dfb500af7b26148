"""TMF637: products come from orders and from the legacy; nobody writes them here."""

from gateway.api.mastered import MasteredRoom
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.room import Room
from gateway.flows.inventory import Inventory
from gateway.flows.mirror import Mirror

KIND = "TMF637/product"
WHY = "products come from orders: place a product order instead"


def rooms(contracts: Contracts, mirror: Mirror, inventory: Inventory) -> dict[str, Room]:
    return {KIND: MasteredRoom(contracts.resource(KIND), mirror, inventory.product, WHY)}
