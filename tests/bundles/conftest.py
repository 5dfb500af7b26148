"""The catalogue's rooms behind the real kernel and a store in memory, over a price list that stands in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import jiter
import pytest

from contracts.call import Principal
from gateway.api.product_catalog import api as catalog_api
from gateway.api.product_offering_qualification import api as qualification_api
from gateway.api.tmf630.kernel import Kernel
from gateway.flows.bundles import Bundles
from gateway.flows.catalog import Catalog
from gateway.store import Document, Put, open_store
from gateway.store.port import Store
from tests.bundles.legacy import TARIFFS, PriceList
from tests.clock import FakeClock
from tests.edge import SERVED

V4 = "/tmf-api/productCatalogManagement/v4"
V5 = "/productCatalogManagement/v5"
QUALIFY = "/tmf-api/productOfferingQualification/v4/productOfferingQualification"
CUSTOMER = "customer-1"
EVERYBODY = Principal("tester", "tests", "default")


@dataclass
class World:
    client: httpx.AsyncClient
    prices: PriceList
    catalog: Catalog
    bundles: Bundles
    store: Store
    clock: FakeClock

    async def call(self, method: str, path: str, body: Any = None, *, status: int) -> Any:
        answer = await self.client.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return jiter.from_json(answer.content, float_mode="decimal") if answer.content else None

    async def offering(self, name: str) -> dict[str, Any]:
        found = await self.call("GET", f"{V5}/productOffering?name={name}", status=200)
        assert len(found) == 1
        return dict(found[0])

    async def ids(self) -> dict[str, str]:
        return {row["name"]: row["id"] for row in await self.call("GET", f"{V5}/productOffering", status=200)}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = FakeClock()
    store = await open_store("sqlite://", clock)
    prices = PriceList(*TARIFFS)
    catalog, bundles = Catalog(store, prices, clock), Bundles(store)
    await catalog.sync()
    await store.commit(Put(Document("TMF629/customer", CUSTOMER, {"id": CUSTOMER}, owner=CUSTOMER)))
    rooms = {
        **catalog_api.rooms(SERVED, store, clock, catalog, bundles),
        **qualification_api.rooms(SERVED, store, clock, bundles),
    }
    kernel = Kernel(SERVED, rooms, store, clock, lambda _: EVERYBODY)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(kernel), base_url="http://gateway") as client:
        yield World(client, prices, catalog, bundles, store, clock)
    await store.aclose()
