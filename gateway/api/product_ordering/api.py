"""TMF622: an order is accepted at once and carried out behind; cancelling is a task of its own."""

from typing import Any

from contracts.clock import Clock
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.orders.amend import check_change
from gateway.flows.orders.orders import Orders
from gateway.flows.refusal import Clash
from gateway.store.port import Document, Store

ORDER = "TMF622/productOrder"
CANCEL = "TMF622/cancelProductOrder"


class OrderRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, store: Store, clock: Clock, orders: Orders) -> None:
        super().__init__(contracts.resource(ORDER), store, clock)
        self._orders = orders

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        return await self._orders.accept(asked.principal, body, asked.remember)

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        if before is not None:
            check_change(before, body)
        return await super().accept(asked, body, before)

    async def remove(self, asked: Asked, id: str) -> None:
        order = await self.get(asked, id)
        raise Clash("order.kept", f"the order is {order.body['state']}; orders are cancelled, never deleted")


class CancelRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, store: Store, clock: Clock, orders: Orders) -> None:
        super().__init__(contracts.resource(CANCEL), store, clock)
        self._orders = orders

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        return await self._orders.cancel(asked.principal, body, asked.remember)


def rooms(contracts: Contracts, store: Store, clock: Clock, orders: Orders) -> dict[str, Room]:
    return {
        ORDER: OrderRoom(contracts, store, clock, orders),
        CANCEL: CancelRoom(contracts, store, clock, orders),
    }
