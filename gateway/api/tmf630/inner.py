"""Resources that lie within another, such as processFlow/{id}/taskFlow: a list shows its parent's own, and no other."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contracts.clock import Clock
from contracts.page import Condition, Window
from gateway.api.tmf630.contract import Contracts, Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.forms.projection import ASIDE
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.refusal import Unknown
from gateway.store.port import Document, Found, Store


class InnerRoom(DocumentRoom):
    """Each document keeps the id of its parent aside; what the parent's room does not show has no parts either."""

    def __init__(self, resource: Resource, outer: Room, store: Store, clock: Clock) -> None:
        super().__init__(resource, store, clock)
        self._outer = outer
        self._within = resource.within or ""

    async def get(self, asked: Asked, id: str) -> Document:
        parent, document = await self._parent(asked), await super().get(asked, id)
        if document.body.get(ASIDE) != self._aside(parent):
            raise Unknown("resource.unknown", f"no {self.resource.name} has this id")
        return document

    async def find(self, asked: Asked, window: Window) -> Found:
        parent = await self._parent(asked)
        own = Condition(f"{ASIDE}.{self._within}", "eq", (parent.id,))
        return await super().find(asked, replace(window, conditions=(*window.conditions, own)))

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        del before
        return {**body, ASIDE: self._aside(await self._parent(asked))}

    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        """A part belongs to whom the whole belongs."""
        del body
        return (await self._parent(asked)).owner

    async def _parent(self, asked: Asked) -> Document:
        outside = replace(asked, resource=self._within, parents=(), expect=None)
        return await self._outer.get(outside, asked.parents[-1])

    def _aside(self, parent: Document) -> dict[str, str]:
        return {self._within: parent.id}


def furnished(contracts: Contracts, rooms: Mapping[str, Room], store: Store, clock: Clock) -> dict[str, Room]:
    """A room for every kind of resource: the given ones, and the document store where nothing else stands behind."""
    furnished = dict(rooms)
    for kind, resource in contracts.kinds.items():
        if resource.within is None:
            furnished.setdefault(kind, DocumentRoom(resource, store, clock))
    for kind, resource in contracts.kinds.items():
        if resource.within is not None:
            outer = furnished[f"{resource.api}/{resource.within}"]
            furnished.setdefault(kind, InnerRoom(resource, outer, store, clock))
    return furnished
