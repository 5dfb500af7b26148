"""What a legacy system masters: a read goes through to it, a list runs on the mirror, a write is refused."""

from collections.abc import Awaitable, Callable
from typing import Any

from contracts.call import Call
from contracts.errors import Unsupported
from contracts.page import Window
from gateway.api.tmf630.contract import Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked
from gateway.flows.mirror import Mirror
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
        await self._mirror.require_whole(self.resource.kind)
        return await super().find(asked, window)

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
