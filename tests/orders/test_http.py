"""TMF622 and TMF637 from outside: what is accepted, refused, changed and cancelled."""

from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from gateway.api.product_inventory import api as inventory_api
from gateway.api.product_inventory.translate import subscription_document
from gateway.api.product_ordering import api as ordering_api
from gateway.api.tmf630.forms.schema import Validators
from gateway.api.tmf630.kernel import Kernel
from gateway.flows.inventory import Inventory
from gateway.flows.mirror import Mirror
from gateway.security import BANYAN, embedded
from tests.edge import SERVED, speaking_to
from tests.orders.world import CUSTOMER, FakePorts, World, item, spoken

VERSIONS = pytest.mark.parametrize("version", ["v4", "v5"])
ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
CANCELS = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
PRODUCTS = "/tmf-api/productInventory/v4/product"
FLEX = (item("b", "flex", item("m", "line"), item("d", "data"), item("s", "tv")),)
LINE = (item("m", "line"),)
REFERENCE = {"@type": "ProductOrderRef"}


def at(path: str, version: str) -> str:
    return path.replace("/v4/", f"/{version}/")


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    ports: Any = FakePorts(world.network, world.billing)
    mirror = Mirror(world.store, world.clock, BANYAN)
    inventory = Inventory(mirror, ports, subscription_document)
    rooms = {
        **ordering_api.rooms(SERVED, world.store, world.clock, world.orders),
        **inventory_api.rooms(SERVED, mirror, inventory),
    }
    kernel = Kernel(SERVED, rooms, world.store, world.clock, embedded("default"))
    async with speaking_to(kernel) as client:
        yield client


@VERSIONS
async def test_an_order_from_post_to_products(world: World, http: httpx.AsyncClient, version: str) -> None:
    orders = at(ORDERS, version)
    world.network.always["activate"] = "down"
    world.billing.always["place_order"] = "down"
    answer = await http.post(orders, json=spoken(version, *FLEX))
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert order["state"] == "acknowledged"
    assert order["orderTotalPrice"][0]["price"]["dutyFreeAmount"] == {"unit": "EUR", "value": 34.0}
    for _ in range(5):
        await world.step()
        world.clock.advance(1)
    assert (await http.get(f"{orders}/{order['id']}")).json()["state"] == "inProgress"
    world.network.always.clear()
    world.billing.always.clear()
    await world.settle(order["id"])
    assert (await http.get(f"{orders}/{order['id']}")).json()["state"] == "completed"
    inventory = at(PRODUCTS, version)
    products = (await http.get(inventory, params={"isBundle": "true"})).json()
    assert [sorted(part["name"] for part in product["product"]) for product in products] == [["Data", "Line", "Tv"]]
    one = await http.get(f"{inventory}/{products[0]['id']}")
    assert one.status_code == 200
    assert one.json()["status"] == "active"


async def test_v4_and_v5_show_one_order(world: World, http: httpx.AsyncClient) -> None:
    sent = {**spoken("v4", *FLEX), "externalId": "shop-7", "channel": [{"id": "web", "role": "sales"}]}
    older = (await http.post(ORDERS, json=sent)).json()
    await world.settle(older["id"])
    older = (await http.get(f"{ORDERS}/{older['id']}")).json()
    newer = (await http.get(f"{at(ORDERS, 'v5')}/{older['id']}")).json()
    assert faults("TMF622", "ProductOrder", newer) == []
    assert (newer["creationDate"], newer["state"]) == (older["orderDate"], older["state"]) == (ANY, "completed")
    assert "orderDate" not in newer
    assert [external["id"] for external in newer["externalId"]] == [older["externalId"]] == ["shop-7"]
    assert newer["relatedParty"][0]["partyOrPartyRole"]["id"] == older["relatedParty"][0]["id"] == CUSTOMER
    assert newer["channel"][0]["channel"]["id"] == older["channel"][0]["id"] == "web"
    assert newer["productOrderItem"][0]["product"]["@type"] == "Product"
    for path, query in (
        (ORDERS, {"orderDate": older["orderDate"], "relatedParty.id": CUSTOMER, "externalId": "shop-7"}),
        (
            at(ORDERS, "v5"),
            {"creationDate": newer["creationDate"], "relatedParty.partyOrPartyRole.id": CUSTOMER, "state": "completed"},
        ),
    ):
        listed = await http.get(path, params=query)
        assert [order["id"] for order in listed.json()] == [older["id"]], listed.text


async def test_v4_and_v5_show_one_product(world: World, http: httpx.AsyncClient) -> None:
    order = (await http.post(ORDERS, json=spoken("v4", *FLEX))).json()["id"]
    await world.settle(order)
    older = {product["id"]: product for product in (await http.get(PRODUCTS)).json()}
    newer = {product["id"]: product for product in (await http.get(at(PRODUCTS, "v5"))).json()}
    assert older.keys() == newer.keys()
    assert len(older) == 4
    for id, product in newer.items():
        assert faults("TMF637", "Product", product) == []
        assert product["productOrderItem"][0]["orderId"] == older[id]["productOrderItem"][0]["productOrderId"] == order
        related = [(relation["relationshipType"], relation["id"]) for relation in product["productRelationship"]]
        told = [(one["relationshipType"], one["product"]["id"]) for one in older[id]["productRelationship"]]
        assert related == told
    for version, names in (
        ("v4", ("productOrderItem.productOrderId", "relatedParty.id")),
        ("v5", ("productOrderItem.orderId", "relatedParty.partyOrPartyRole.id")),
    ):
        query = dict(zip(names, (order, CUSTOMER), strict=True)) | {"isBundle": "true"}
        assert len((await http.get(at(PRODUCTS, version), params=query)).json()) == 1, version


async def test_the_same_key_is_the_same_order(world: World, http: httpx.AsyncClient) -> None:
    first = await http.post(ORDERS, json=spoken("v4", *LINE), headers={"Idempotency-Key": "k1"})
    again = await http.post(ORDERS, json=spoken("v4", *LINE), headers={"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    await world.settle(first.json()["id"])
    assert len(world.billing.ledger) == 1


TWO = {"relatedParty": [{"id": "a", "role": "customer"}, {"id": "b", "role": "customer"}]}
REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "unknown customer": (spoken("v4", *LINE, customer="nobody"), 404),
    "unknown offering": (spoken("v4", item("m", "nothing")), 404),
    "no customer": ({"productOrderItem": [*LINE]}, 400),
    "two customers": (spoken("v4", *LINE) | TWO, 400),
    "no item": (spoken("v4"), 400),
    "nothing at all": ({"@type": "ProductOrder", "productOrderItem": []}, 400),
    "delete": (spoken("v4", item("m", "line", action="delete")), 400),
    "modify a part": (spoken("v4", item("b", "flex", item("m", "line", action="modify"))), 400),
    "too many": (spoken("v4", item("b", "flex", item("m", "line", quantity=4))), 400),
    "an id twice": (spoken("v4", item("b", "flex", item("1", "line"), item("1", "data"))), 400),
    "an id twice, one in the other": (spoken("v4", item("1", "flex", item("1", "line"))), 400),
    "unknown offering inside": (spoken("v4", item("b", "flex", item("m", "nothing"))), 404),
    "unknown account": ({**spoken("v4", *LINE), "billingAccount": {"id": "nowhere"}}, 404),
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


@VERSIONS
async def test_an_order_of_strangers_is_kept_and_rejected(world: World, http: httpx.AsyncClient, version: str) -> None:
    orders = at(ORDERS, version)
    body = spoken(version, item("1", "14277"), customer="somebody")
    if version == "v4":
        body["billingAccount"] = {"id": "1513"}
    answer = await http.post(orders, json=body)
    assert (answer.status_code, answer.json()["state"]) == (201, "rejected")
    order = (await http.get(answer.headers["Location"])).json()
    assert "no customer" in order["note"][0]["text"]
    assert [one["state"] for one in order["productOrderItem"]] == ["rejected"]
    assert world.told(order["id"]) == ["Create(acknowledged)", "StateChange(rejected) [1=rejected]"]
    newer = (await http.get(f"{at(ORDERS, 'v5')}/{order['id']}")).json()
    assert faults("TMF622", "ProductOrder", newer) == []
    assert newer["productOrderErrorMessage"][0]["code"] == "customer.unknown"
    assert (await http.patch(f"{orders}/{order['id']}", json={"description": "x"})).status_code == 409
    assert (await http.post(CANCELS, json={"productOrder": {"id": order["id"]}})).status_code == 409
    assert not await world.step()


@pytest.mark.parametrize("missing", ["@type", "productOrderItem"])
async def test_v5_asks_for_what_its_document_makes_mandatory(http: httpx.AsyncClient, missing: str) -> None:
    orders, body = at(ORDERS, "v5"), spoken("v5", *LINE)
    answer = await http.post(orders, json={name: value for name, value in body.items() if name != missing})
    assert (answer.status_code, missing in answer.json()["reason"]) == (400, True)
    for inside in ("@type", "id", "action"):
        wrong = {name: value for name, value in body["productOrderItem"][0].items() if name != inside}
        answer = await http.post(orders, json={**body, "productOrderItem": [wrong]})
        assert (answer.status_code, inside in answer.json()["reason"]) == (400, True)


async def test_a_draft_is_written_in_peace_and_then_ordered(world: World, http: httpx.AsyncClient) -> None:
    orders = at(ORDERS, "v5")
    made = await http.post(orders, json=spoken("v5", item("m", "data")) | {"requestedInitialState": "draft"})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    draft = f"{orders}/{made.json()['id']}"
    assert (await http.get(f"{ORDERS}/{made.json()['id']}")).json()["state"] == "pending"
    edited = await http.patch(draft, json={"productOrderItem": spoken("v5", *LINE)["productOrderItem"]})
    assert (edited.status_code, edited.json()["state"]) == (200, "draft"), edited.text
    assert (await http.patch(draft, json={"state": "completed"})).status_code == 400
    assert not await world.step()
    ordered = await http.patch(draft, json={"state": "acknowledged"})
    assert (ordered.status_code, ordered.json()["state"]) == (200, "acknowledged"), ordered.text
    assert ordered.json()["creationDate"] == made.json()["creationDate"]
    await world.settle(made.json()["id"])
    assert [order.customer_id for order in world.billing.orders.values()] == [f"native-{CUSTOMER}"]
    told = world.told(made.json()["id"])
    assert told[:3] == ["Create(draft)", "AttributeValueChange(draft)", "StateChange(acknowledged)"]


async def test_a_draft_is_deleted_an_order_is_not(world: World, http: httpx.AsyncClient) -> None:
    orders = at(ORDERS, "v5")
    made = await http.post(orders, json=spoken("v5", *LINE) | {"requestedInitialState": "draft"})
    draft = f"{orders}/{made.json()['id']}"
    assert (await http.delete(draft)).status_code == 204
    assert (await http.get(draft)).status_code == 404
    order = (await http.post(orders, json=spoken("v5", *LINE))).json()["id"]
    assert (await http.delete(f"{orders}/{order}")).status_code == 409


@VERSIONS
async def test_words_may_change_and_nothing_else(world: World, http: httpx.AsyncClient, version: str) -> None:
    order = (await http.post(at(ORDERS, version), json=spoken(version, *LINE))).json()
    path = f"{at(ORDERS, version)}/{order['id']}"
    assert (await http.patch(path, json={"description": "for the office"})).json()["description"] == "for the office"
    wish = {"requestedCompletionDate": "2027-01-01T00:00:00Z"}
    assert (await http.patch(path, json=wish)).json()["requestedCompletionDate"] == wish["requestedCompletionDate"]
    assert (await http.patch(path, json={"state": "completed"})).status_code == 400
    assert (await http.patch(path, json={"requestedStartDate": "2027-01-01T00:00:00Z"})).status_code == 400
    assert (await http.delete(path)).status_code in (405, 409)
    await world.settle(order["id"])
    assert (await http.patch(path, json={"description": "too late"})).status_code == 409
    assert (await http.get(path)).json()["description"] == "for the office"


@VERSIONS
async def test_cancel_before_start_and_after(world: World, http: httpx.AsyncClient, version: str) -> None:
    orders, cancels = at(ORDERS, version), at(CANCELS, version)

    def cancellation(id: str) -> dict[str, Any]:
        return {"@type": "CancelProductOrder", "productOrder": REFERENCE | {"id": id}, "cancellationReason": "no more"}

    order = (await http.post(orders, json=spoken(version, *FLEX))).json()
    answer = await http.post(cancels, json=cancellation(order["id"]))
    assert (answer.status_code, answer.json()["state"]) == (201, "done")
    assert not await world.step()
    assert world.told(order["id"]) == [
        "Create(acknowledged)",
        f"StateChange(assessingCancellation) [{' '.join(f'{i}=assessingCancellation' for i in 'mdsb')}]",
        "StateChange(cancelled) [m=cancelled d=cancelled s=cancelled b=cancelled]",
        "AttributeValueChange(cancelled)",
    ]
    begun = (await http.post(orders, json=spoken(version, *LINE))).json()
    await world.step()
    assert (await http.post(cancels, json=cancellation(begun["id"]))).status_code == 409
    assert (await http.post(cancels, json=cancellation("nothing"))).status_code == 404


async def test_products_are_not_written_here(http: httpx.AsyncClient) -> None:
    assert (await http.post(PRODUCTS, json={"status": "active"})).status_code == 501
    assert (await http.get(f"{PRODUCTS}/nothing")).status_code == 404


def faults(api: str, type: str, body: dict[str, Any]) -> list[str]:
    return Validators(SERVED.contract(api, "v5")).faults(type, body)
