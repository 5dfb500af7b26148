"""TMF638: services that run in the network, beside those that clients keep here."""

from gateway.api.mastered import SharedRoom
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.room import Room
from gateway.flows.mirror import Mirror
from gateway.flows.services import KIND, Services

WHY = "services in the network are changed by product orders"


def rooms(contracts: Contracts, mirror: Mirror, services: Services) -> dict[str, Room]:
    return {KIND: SharedRoom(contracts.resource(KIND), mirror, services.service, WHY)}
