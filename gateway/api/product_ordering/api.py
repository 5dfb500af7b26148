"""TMF622: an order is accepted at once and carried out behind; cancelling is a task of its own."""

from collections.abc import Callable
from typing import Any

from contracts.clock import Clock
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.orders.amend import check_change
from gateway.flows.orders.orders import Orders
from gateway.flows.orders.states import FINAL, State
from gateway.flows.refusal import Clash
from gateway.store.port import Document, Store

ORDER = "TMF622/productOrder"
CANCEL = "TMF622/cancelProductOrder"
_REMOVABLE = FINAL | {State.DRAFT}
"""Nothing is in progress for these, and nothing will be."""


class OrderRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, store: Store, clock: Clock, orders: Orders) -> None:
        super().__init__(contracts.resource(ORDER), store, clock)
        self._orders = orders

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        return await self._orders.accept(asked.principal, body, asked.remember)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self._expected(asked, id)
        if before.body["state"] != State.DRAFT:
            return await super().change(asked, id, patch)
        body = patch(before.body)
        if body is before.body:
            return await self.answered(asked, before)
        return await self._orders.release(asked.principal, before, body, asked.remember)

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        if before is not None:
            check_change(before, body)
        return await super().accept(asked, body, before)

    async def remove(self, asked: Asked, id: str) -> None:
        order = await self.get(asked, id)
        if State(order.body["state"]) in _REMOVABLE:
            return await super().remove(asked, id)
        raise Clash("order.kept", f"the order is {order.body['state']}; it has to be cancelled before it is deleted")


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
