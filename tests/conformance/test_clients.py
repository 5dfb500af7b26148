"""A stranger's generator makes a client of what we publish, and the client works by its types alone."""

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import uvicorn
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from contracts.clock import SystemClock
from tests.house import CATALOG, CUSTOMERS
from tests.whole import Whole, line, whole

pytestmark = pytest.mark.slow
ORDERING = "/tmf-api/productOrderingManagement"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path) as house:
        yield house


@pytest.fixture
async def at(house: Whole) -> AsyncIterator[str]:
    """The address of the whole gateway behind a server."""
    server = uvicorn.Server(uvicorn.Config(house.app, port=0, lifespan="off", log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve())
    clock = SystemClock()
    while not server.started:
        await clock.sleep(0.01)
    [socket] = server.servers[0].sockets
    yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    server.should_exit = True
    await serving


class Generated:
    """The client, as a program imports it."""

    def __init__(self, package: str, base: str) -> None:
        self._package = package
        self.client = self._module("client").Client(base_url=base, raise_on_unexpected_status=True)

    def _module(self, path: str) -> ModuleType:
        return importlib.import_module(f"{self._package}.{path}")

    def model(self, name: str, /, *value: str, **attributes: Any) -> Any:
        return getattr(self._module("models"), name)(*value, **attributes)

    async def call(self, tag: str, operation: str, *path: str, **asked: Any) -> tuple[int, Any]:
        """The status, and the answer as its model."""
        answer = await self._module(f"api.{tag}.{operation}").asyncio_detailed(*path, client=self.client, **asked)
        return answer.status_code, answer.parsed

    async def aclose(self) -> None:
        await self.client.get_async_httpx_client().aclose()


@pytest.fixture
async def generated(at: str, tmp_path: Path) -> AsyncIterator[Callable[[str], Awaitable[Generated]]]:
    async def generated(base: str) -> Generated:
        package = base.strip("/").replace("/", "_").replace("-", "_")
        page = tmp_path / f"{package}.json"
        async with httpx.AsyncClient(base_url=at) as http:
            page.write_bytes((await http.get(f"{base}/openapi.json")).content)
        wanted = Config.from_sources(
            ConfigFile(post_hooks=[]), MetaType.NONE, page, "utf-8", overwrite=True, output_path=tmp_path / package
        )
        complaints = await asyncio.to_thread(generate, config=wanted)
        assert [f"{one.header} {one.detail}" for one in complaints] == []
        made.append(Generated(package, at + base))
        return made[-1]

    made: list[Generated] = []
    sys.path.insert(0, str(tmp_path))
    yield generated
    sys.path.remove(str(tmp_path))
    for client in made:
        await client.aclose()


@pytest.mark.parametrize(("version", "create", "update"), [("v4", "Create", "Update"), ("v5", "FVO", "MVO")])
async def test_the_catalog(
    generated: Callable[[str], Awaitable[Generated]], version: str, create: str, update: str
) -> None:
    client = await generated(f"{CATALOG}/{version}")
    tag, typed = "product_offering", {"type_": "ProductOffering"} if version == "v5" else {}
    body = client.model(f"ProductOffering{create}", name=f"Fibre {version}", is_bundle=False, **typed)
    status, created = await client.call(tag, "create_product_offering", body=body, idempotency_key="once")
    assert (status, created.name, created.lifecycle_status) == (201, f"Fibre {version}", "Active")
    status, read = await client.call(tag, "retrieve_product_offering", created.id)
    assert (status, read) == (200, created)
    patch = client.model(f"ProductOffering{update}", description="fast", **typed)
    status, changed = await client.call(tag, "patch_product_offering", created.id, body=patch)
    assert (status, changed.description, changed.name) == (200, "fast", created.name)
    status, listed = await client.call(tag, "list_product_offering", name=created.name, is_bundle=False)
    assert (status, [one.id for one in listed]) == (200, [created.id])
    status, listed = await client.call(tag, "list_product_offering", limit=1, sort="-name")
    assert (status, len(listed)) == (206, 1)
    status, error = await client.call(tag, "patch_product_offering", created.id, body=patch, if_match='"999"')
    assert (status, error.code) == (412, "resource.changed")
    status, _ = await client.call(tag, "delete_product_offering", created.id)
    assert status == 204
    status, error = await client.call(tag, "retrieve_product_offering", created.id)
    assert (status, error.status) == (404, "404")


@pytest.mark.parametrize(("version", "create", "update"), [("v4", "Create", "Update"), ("v5", "FVO", "MVO")])
async def test_an_order(
    house: Whole, generated: Callable[[str], Awaitable[Generated]], version: str, create: str, update: str
) -> None:
    client = await generated(f"{ORDERING}/{version}")
    tag, typed = "product_order", {"type_": "ProductOrder"} if version == "v5" else {}
    body = client.model(f"ProductOrder{create}", **await ordered(house, client, version), **typed)
    status, created = await client.call(tag, "create_product_order", body=body)
    assert status == 201, created
    status, read = await client.call(tag, "retrieve_product_order", created.id)
    assert (status, read.id, read.href) == (200, created.id, created.href)
    patch = client.model(f"ProductOrder{update}", description="ring twice", **typed)
    status, changed = await client.call(tag, "patch_product_order", created.id, body=patch)
    assert (status, changed.description) == (200, "ring twice")
    status, listed = await client.call(tag, "list_product_order", description="ring twice")
    assert (status, [one.id for one in listed]) == (200, [created.id])
    status, error = await client.call(tag, "delete_product_order", created.id)
    assert (status, error.code) == (409, "order.kept")
    cancel = client.model(f"CancelProductOrder{create}", **cancelled(client, version, created.id))
    status, _ = await client.call("cancel_product_order", "create_cancel_product_order", body=cancel)
    assert status == 201
    status, _ = await client.call(tag, "delete_product_order", created.id)
    assert status == 204
    status, error = await client.call(tag, "retrieve_product_order", created.id)
    assert (status, error.status) == (404, "404")


async def ordered(house: Whole, client: Generated, version: str) -> dict[str, Any]:
    """What an order of one tariff for one customer says, in the generated models."""
    [customer, *_] = (await house.http.get(CUSTOMERS)).json()
    tariff, later = {"id": await line(house.http)}, datetime(2036, 1, 1, tzinfo=UTC)
    if version == "v4":
        party = client.model("RelatedParty", id=customer["id"], role="customer")
        action = client.model("OrderItemActionType", "add")
        offering = client.model("ProductOfferingRef", **tariff)
        item = client.model("ProductOrderItem", id="1", quantity=1, action=action, product_offering=offering)
    else:
        reference = client.model("PartyRefOrPartyRoleRefFVO", type_="PartyRef")
        reference["id"] = customer["id"]
        typed = {"type_": "RelatedPartyRefOrPartyRoleRef", "role": "customer"}
        party = client.model("RelatedPartyRefOrPartyRoleRefFVO", **typed, party_or_party_role=reference)
        action = client.model("ItemActionType", "add")
        offering = client.model("ProductOfferingRefFVO", type_="ProductOfferingRef", **tariff)
        known = {"type_": "ProductOrderItem", "id": "1", "quantity": 1}
        item = client.model("ProductOrderItemFVO", **known, action=action, product_offering=offering)
    return {"related_party": [party], "product_order_item": [item], "requested_start_date": later}


def cancelled(client: Generated, version: str, order: str) -> dict[str, Any]:
    if version == "v4":
        return {"product_order": client.model("ProductOrderRef", id=order)}
    reference = client.model("ProductOrderRefFVO", type_="ProductOrderRef", id=order)
    return {"product_order": reference, "type_": "CancelProductOrder"}
