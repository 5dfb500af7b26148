"""TMF637: products come from orders and from the legacy; nobody writes them here."""

from collections.abc import Callable
from typing import Any

from contracts.clock import Clock
from contracts.errors import Unsupported
from contracts.page import Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.inventory import Inventory
from gateway.store.port import Document, Found, Store

KIND = "TMF637/product"
_ORDERED = "products come from orders: place a product order instead"


class ProductRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, store: Store, clock: Clock, inventory: Inventory) -> None:
        super().__init__(contracts.resource(KIND), store, clock)
        self._inventory = inventory

    async def get(self, asked: Asked, id: str) -> Document:
        return await self._inventory.product(asked.call, id)

    async def find(self, asked: Asked, window: Window) -> Found:
        found = await super().find(asked, window)
        if not found.total:
            await self._inventory.require_read()
        return found

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:  # noqa: ARG002 - refused whatever it says
        raise Unsupported(_ORDERED)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self.get(asked, id)
        if patch(before.body) == before.body:
            return await self.answered(asked, before)
        raise Unsupported(_ORDERED)

    async def remove(self, asked: Asked, id: str) -> None:
        await self.get(asked, id)
        raise Unsupported(_ORDERED)


def rooms(contracts: Contracts, store: Store, clock: Clock, inventory: Inventory) -> dict[str, Room]:
    return {KIND: ProductRoom(contracts, store, clock, inventory)}
