"""TMF622 and TMF637 from outside: what is accepted, refused, changed and cancelled."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.api.product_inventory import api as inventory_api
from gateway.api.product_inventory.translate import subscription_document
from gateway.api.product_ordering import api as ordering_api
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.flows.inventory import Inventory
from gateway.flows.mirror import Mirror
from gateway.security import BANYAN, embedded
from tests.edge import CONTRACTS, speaking_to
from tests.orders.world import FLEX, LINE, FakePorts, World, item, order_body

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
CANCELS = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
PRODUCTS = "/tmf-api/productInventory/v4/product"


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    contracts = Contracts.load(CONTRACTS)
    ports: Any = FakePorts(world.network, world.billing)
    mirror = Mirror(world.store, world.clock, BANYAN)
    inventory = Inventory(mirror, ports, subscription_document)
    rooms = {
        **ordering_api.rooms(contracts, world.store, world.clock, world.orders),
        **inventory_api.rooms(contracts, mirror, inventory),
    }
    kernel = Kernel(contracts, rooms, world.store, world.clock, embedded("default"))
    async with speaking_to(kernel) as client:
        yield client


async def test_an_order_from_post_to_products(world: World, http: httpx.AsyncClient) -> None:
    world.network.always["activate"] = "down"
    world.billing.always["place_order"] = "down"
    answer = await http.post(ORDERS, json=FLEX)
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert order["state"] == "acknowledged"
    assert order["orderTotalPrice"][0]["price"]["dutyFreeAmount"] == {"unit": "EUR", "value": 34.0}
    for _ in range(5):
        await world.step()
        world.clock.advance(1)
    assert (await http.get(f"{ORDERS}/{order['id']}")).json()["state"] == "inProgress"
    world.network.always.clear()
    world.billing.always.clear()
    await world.settle(order["id"])
    assert (await http.get(f"{ORDERS}/{order['id']}")).json()["state"] == "completed"
    products = (await http.get(PRODUCTS, params={"isBundle": "true"})).json()
    assert [sorted(part["name"] for part in product["product"]) for product in products] == [["Data", "Line", "Tv"]]
    one = await http.get(f"{PRODUCTS}/{products[0]['id']}")
    assert one.status_code == 200
    assert one.json()["status"] == "active"


async def test_the_same_key_is_the_same_order(world: World, http: httpx.AsyncClient) -> None:
    first = await http.post(ORDERS, json=LINE, headers={"Idempotency-Key": "k1"})
    again = await http.post(ORDERS, json=LINE, headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    await world.settle(first.json()["id"])
    assert len(world.billing.ledger) == 1


REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "unknown customer": (order_body(item("m", "line"), customer="nobody"), 404),
    "unknown offering": (order_body(item("m", "nothing")), 404),
    "no customer": ({"productOrderItem": [item("m", "line")]}, 400),
    "two customers": (
        {**LINE, "relatedParty": [{"id": "a", "role": "customer"}, {"id": "b", "role": "customer"}]},
        400,
    ),
    "no item": (order_body(), 400),
    "delete": (order_body(item("m", "line", action="delete")), 400),
    "modify a part": (order_body(item("b", "flex", item("m", "line", action="modify"))), 400),
    "too many": (order_body(item("b", "flex", item("m", "line", quantity=4))), 400),
    "an id twice": (order_body(item("b", "flex", item("1", "line"), item("1", "data"))), 400),
    "an id twice, one in the other": (order_body(item("1", "flex", item("1", "line"))), 400),
    "unknown offering inside": (order_body(item("b", "flex", item("m", "nothing"))), 404),
    "unknown account": ({**LINE, "billingAccount": {"id": "nowhere"}}, 404),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_leaves_nothing(world: World, http: httpx.AsyncClient, case: str) -> None:
    body, status = REFUSED[case]
    answer = await http.post(ORDERS, json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["reason"]
    assert (await http.get(ORDERS)).json() == []
    assert not await world.step()
    assert world.network.calls == world.billing.calls == []


async def test_words_may_change_and_nothing_else(world: World, http: httpx.AsyncClient) -> None:
    order = (await http.post(ORDERS, json=LINE)).json()
    at = f"{ORDERS}/{order['id']}"
    assert (await http.patch(at, json={"description": "for the office"})).json()["description"] == "for the office"
    assert (await http.patch(at, json={"state": "completed"})).status_code == 400
    assert (await http.patch(at, json={"requestedStartDate": "2027-01-01T00:00:00Z"})).status_code == 400
    assert (await http.delete(at)).status_code in (405, 409)
    await world.settle(order["id"])
    assert (await http.patch(at, json={"description": "too late"})).status_code == 409
    assert (await http.get(at)).json()["description"] == "for the office"


async def test_cancel_before_start_and_after(world: World, http: httpx.AsyncClient) -> None:
    order = (await http.post(ORDERS, json=FLEX)).json()
    answer = await http.post(CANCELS, json={"productOrder": {"id": order["id"]}, "cancellationReason": "no more"})
    assert (answer.status_code, answer.json()["state"]) == (201, "done")
    assert not await world.step()
    assert world.told(order["id"]) == [
        "Create(acknowledged)",
        f"StateChange(assessingCancellation) [{' '.join(f'{i}=assessingCancellation' for i in 'mdsb')}]",
        "StateChange(cancelled) [m=cancelled d=cancelled s=cancelled b=cancelled]",
    ]
    begun = (await http.post(ORDERS, json=LINE)).json()
    await world.step()
    assert (await http.post(CANCELS, json={"productOrder": {"id": begun["id"]}})).status_code == 409
    assert (await http.post(CANCELS, json={"productOrder": {"id": "nothing"}})).status_code == 404


async def test_products_are_not_written_here(http: httpx.AsyncClient) -> None:
    assert (await http.post(PRODUCTS, json={"status": "active"})).status_code == 501
    assert (await http.get(f"{PRODUCTS}/nothing")).status_code == 404
