"""TMF629: customers are mastered by billing; a read goes through, a write has no counterpart there."""

from collections.abc import Callable
from typing import Any

from contracts.errors import Unsupported
from contracts.page import Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.customers import Customers
from gateway.flows.mirror import Mirror
from gateway.store.port import Document, Found

KIND = "TMF629/customer"
_MASTERED = "customers are mastered by billing, which offers no operation for this"


class CustomerRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, mirror: Mirror, customers: Customers) -> None:
        super().__init__(contracts.resource(KIND), mirror.store, mirror.clock)
        self._mirror = mirror
        self._customers = customers

    async def find(self, asked: Asked, window: Window) -> Found:
        found = await super().find(asked, window)
        if not found.total:
            await self._mirror.require_whole(KIND)
        return found

    async def get(self, asked: Asked, id: str) -> Document:
        return await self._customers.customer(asked.call, id)

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:  # noqa: ARG002 - refused whatever it says
        raise Unsupported(_MASTERED)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self.get(asked, id)
        if patch(before.body) == before.body:
            return await self.answered(asked, before)
        raise Unsupported(_MASTERED)

    async def remove(self, asked: Asked, id: str) -> None:
        await self.get(asked, id)
        raise Unsupported(_MASTERED)


def rooms(contracts: Contracts, mirror: Mirror, customers: Customers) -> dict[str, Room]:
    return {KIND: CustomerRoom(contracts, mirror, customers)}
