"""TMF620: offerings, specifications and prices; the legacy's are mirrored, bundles and extensions are ours."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts.clock import Clock
from contracts.page import Window
from gateway.api.product_catalog.translate import COMPOSED, launched_anew, listed_flat, priced_somehow, refuse_mastered
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.bundles import Bundles
from gateway.flows.catalog import Catalog
from gateway.flows.catalog.documents import OFFERING, PRICE, SPECIFICATION, reference
from gateway.flows.catalog.specification import allowance_of
from gateway.flows.refusal import Clash, Unknown
from gateway.store.port import Document, Found, Store


class CatalogRoom(DocumentRoom):
    """A mirrored row says when its source last confirmed it, and keeps what the source masters."""

    def __init__(self, contracts: Contracts, kind: str, store: Store, clock: Clock, catalog: Catalog) -> None:
        super().__init__(contracts.resource(kind), store, clock)
        self._catalog = catalog

    async def get(self, asked: Asked, id: str) -> Document:
        try:
            document = await super().get(asked, id)
        except Unknown:
            await self._catalog.require_read()
            raise
        dated = document.dated(self._catalog.as_of(document))
        return replace(dated, missing=(dated.source,)) if dated.source in self._catalog.missing else dated

    async def find(self, asked: Asked, window: Window) -> Found:
        found = await super().find(asked, window)
        if not found.total:
            await self._catalog.require_read()
        if not any(document.source for document in found.items):
            return replace(found, missing=self._catalog.missing)
        items = [document.dated(self._catalog.as_of(document)) for document in found.items]
        as_of = min((document.as_of for document in items if document.as_of is not None), default=found.as_of)
        return replace(found, items=items, as_of=as_of, missing=self._catalog.missing)

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        source = (await self.get(asked, id)).source

        def guarded(before: dict[str, Any]) -> dict[str, Any]:
            after = patch(before)
            if source is not None:
                refuse_mastered(self.resource.name, source, before, after)
            return after

        return await super().change(asked, id, guarded)

    async def remove(self, asked: Asked, id: str) -> None:
        document = await self.get(asked, id)
        if document.source is not None:
            raise Clash("catalog.mastered", f"this {self.resource.name} is mastered by {document.source}")
        await super().remove(asked, id)


class OfferingRoom(CatalogRoom):
    def __init__(self, contracts: Contracts, store: Store, clock: Clock, catalog: Catalog, bundles: Bundles) -> None:
        super().__init__(contracts, OFFERING, store, clock, catalog)
        self._bundles = bundles
        self._specifications = SpecificationRoom(contracts, SPECIFICATION, store, clock, catalog)

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        """Every offering but a bundle has a specification: one that names none gets one of its own name."""
        if any(body.get(name) for name in ("productSpecification", *COMPOSED)):
            return await super().create(asked, body)
        beside = replace(asked, resource=self._specifications.resource.name, remember=lambda _: ())
        own = await self._specifications.create(beside, {"@type": "ProductSpecification", "name": body["name"]})
        named = reference("ProductSpecification", own.id, body["name"])
        return await super().create(asked, {**body, "productSpecification": named})

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        """A bundle passes the launch check before its composition is written, and before it is put on sale."""
        if body.get("bundledGroupProductOffering") or body.get("bundledProductOffering"):
            body = {**body, "isBundle": True}
        if body.get("isBundle") is not True:
            return body
        if launched_anew(body, before):
            await self._bundles.check(asked.principal, body["id"], body)
        return listed_flat(body, before)


class SpecificationRoom(CatalogRoom):
    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        del asked, before
        allowance_of(body)
        if body.get("isBundle") or body.get("bundledProductSpecification"):
            return {"bundledProductSpecification": [], **body, "isBundle": True}
        return body


class PriceRoom(CatalogRoom):
    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        del asked, before
        return priced_somehow(body)


def rooms(contracts: Contracts, store: Store, clock: Clock, catalog: Catalog, bundles: Bundles) -> dict[str, Room]:
    return {
        OFFERING: OfferingRoom(contracts, store, clock, catalog, bundles),
        SPECIFICATION: SpecificationRoom(contracts, SPECIFICATION, store, clock, catalog),
        PRICE: PriceRoom(contracts, PRICE, store, clock, catalog),
    }
