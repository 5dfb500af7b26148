"""What a legacy system masters: a read goes through to it, a list runs on the mirror, a write is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from contracts.call import Call
from contracts.errors import Unsupported
from contracts.page import Window
from gateway.api.tmf630.contract import Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Clash
from gateway.store.port import Document, Found

Read = Callable[[Call, str], Awaitable[Document]]


class MasteredRoom(DocumentRoom):
    def __init__(self, resource: Resource, mirror: Mirror, read: Read, why: str) -> None:
        """`why` tells a client that writes what to do instead."""
        super().__init__(resource, mirror.store, mirror.clock)
        self._mirror = mirror
        self._read = read
        self._why = why

    async def get(self, asked: Asked, id: str) -> Document:
        return await self._read(asked.call, id)

    async def find(self, asked: Asked, window: Window) -> Found:
        """Unavailable until the legacy was read once: a part is never told as the whole."""
        kind = self.resource.kind
        await self._mirror.require_whole(kind)
        return replace(await super().find(asked, window), missing=self._mirror.missing(kind))

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:  # noqa: ARG002 - refused whatever it says
        raise Unsupported(self._why)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self.get(asked, id)
        if patch(before.body) == before.body:
            return await self.answered(asked, before)
        raise Unsupported(self._why)

    async def remove(self, asked: Asked, id: str) -> None:
        await self.get(asked, id)
        raise Unsupported(self._why)


class SharedRoom(MasteredRoom):
    """Rows of a legacy system, told by their `source`, beside rows that clients create here, change and remove."""

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        return await DocumentRoom.create(self, asked, body)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self.get(asked, id)
        if before.source is None:
            return await DocumentRoom.change(self, asked, id, patch)
        if patch(before.body) == before.body:
            return await self.answered(asked, before)
        raise self._mastered(before)

    async def remove(self, asked: Asked, id: str) -> None:
        before = await self.get(asked, id)
        if before.source is not None:
            raise self._mastered(before)
        await DocumentRoom.remove(self, asked, id)

    def _mastered(self, row: Document) -> Clash:
        return Clash("resource.mastered", f"this {self.resource.name} is mastered by {row.source}", self._why)
