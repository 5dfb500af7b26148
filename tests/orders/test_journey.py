"""Orders by the domain's oracle (E1, E2, E5), and every fault with one effect each."""

from decimal import Decimal

import pytest

from contracts.call import Principal
from contracts.page import Window
from gateway.flows.orders.documents import items_of
from gateway.flows.orders.states import State
from gateway.store.port import Crossref
from tests.orders.world import ALL, CUSTOMER, FLEX, LINE, World, item, order_body


async def test_e1_all_or_nothing_all_well(world: World) -> None:
    id = await world.accept(FLEX)
    await world.settle(id)
    assert world.told(id) == [
        "Create(acknowledged)",
        "StateChange(inProgress) [m=inProgress b=inProgress]",
        "AttributeValueChange(inProgress) [d=inProgress s=inProgress]",
        "StateChange(completed) [m=completed d=completed s=completed b=completed]",
        "AttributeValueChange(completed)",
    ]


async def test_e2_a_refusal_undoes_what_was_done(world: World) -> None:
    world.network.script["activate"] = ["", "reject"]
    id = await world.accept(FLEX)
    (order,) = await world.settle(id)
    assert world.told(id) == [
        "Create(acknowledged)",
        "StateChange(inProgress) [m=inProgress b=inProgress]",
        "AttributeValueChange(inProgress) [d=inProgress s=inProgress]",
        "StateChange(failed) [m=cancelled d=failed s=cancelled b=failed]",
        "AttributeValueChange(failed)",
    ]
    assert world.network.ledger == [("activate", f"{id}.m"), ("deactivate", f"{id}.m")]
    assert world.billing.ledger == []
    assert "not for this customer" in order["note"][0]["text"]


async def test_e5_a_lost_answer_is_found_by_asking(world: World) -> None:
    world.billing.script["place_order"] = ["lost"]
    id = await world.accept(LINE)
    (order,) = await world.settle(id)
    assert world.told(id) == [
        "Create(acknowledged)",
        "StateChange(inProgress) [m=inProgress]",
        "AttributeValueChange(inProgress)",
        "StateChange(completed) [m=completed]",
        "AttributeValueChange(completed)",
    ]
    assert world.billing.ledger == [("book", id)]
    assert world.clock.monotonic() >= 5
    assert len(order["note"]) == 1


@pytest.mark.parametrize("method", ["activate", "place_order"])
@pytest.mark.parametrize("fault", ["down", "timeout", "lost", "garbage"])
async def test_a_fault_leaves_one_effect(world: World, method: str, fault: str) -> None:
    system = world.network if method == "activate" else world.billing
    system.script[method] = [fault, "lost", "down"]
    id = await world.accept(FLEX)
    (order,) = await world.settle(id)
    assert order["state"] == "completed"
    assert sorted(world.network.ledger) == [("activate", f"{id}.d"), ("activate", f"{id}.m")]
    assert world.billing.ledger == [("book", id)]


async def test_a_booking_that_never_arrived_is_sent_again_only_after_the_settle_time(world: World) -> None:
    world.billing.script["place_order"] = ["timeout"]
    id = await world.accept(LINE)
    await world.step()
    world.clock.advance(6)
    await world.step()
    assert world.billing.ledger == []
    assert [method for method, _ in world.billing.calls] == ["place_order", "order_by_key"]
    await world.settle(id)
    assert world.billing.ledger == [("book", id)]
    assert world.clock.monotonic() >= 20


async def test_a_backend_that_is_down_only_delays(world: World) -> None:
    world.network.always["activate"] = "down"
    id = await world.accept(FLEX)
    (order,) = await world.settle(id, within_s=600)
    assert order["state"] == "inProgress"
    world.network.always.clear()
    (order,) = await world.settle(id, within_s=40)
    assert order["state"] == "completed"


async def test_a_doubt_that_nobody_clears_ends_in_held_and_goes_on_when_it_is_cleared(world: World) -> None:
    world.billing.script["place_order"] = ["lost"]
    world.billing.always["order_by_key"] = "down"
    id = await world.accept(LINE)
    (order,) = await world.settle(id, within_s=3700)
    assert order["state"] == "held"
    world.billing.always.clear()
    (order,) = await world.settle(id)
    assert order["state"] == "completed"
    assert world.billing.ledger == [("book", id)]


async def test_a_contradiction_and_a_bug_hold_the_order_and_end_nothing_else(world: World) -> None:
    await world.customer("customer-2")
    world.network.script["activate"] = ["bug"]
    held = await world.accept(LINE)
    await world.step()
    assert (await world.order(held))["state"] == "held"
    other = await world.accept(order_body(item("1", "line"), customer="customer-2"))
    await world.settle(other, within_s=10)
    (order, after) = await world.settle(held, other)
    assert (order["state"], after["state"]) == ("completed", "completed")
    assert len(world.network.ledger) == 2


async def test_a_contradiction_is_held(world: World) -> None:
    world.billing.script["place_order"] = ["conflict"]
    id = await world.accept(LINE)
    await world.step()
    assert (await world.order(id))["state"] == "held"
    (order,) = await world.settle(id)
    assert order["state"] == "completed"


async def test_an_undo_that_is_refused_is_told(world: World) -> None:
    world.network.script["activate"] = ["", "reject"]
    world.network.script["deactivate"] = ["down", "conflict"]
    id = await world.accept(FLEX)
    (order,) = await world.settle(id)
    assert order["state"] == "failed"
    assert f"{id}.m could not be undone and remains in oss" in order["note"][0]["text"]


async def test_orders_of_one_customer_run_in_the_order_of_acceptance(world: World) -> None:
    await world.customer("customer-2")
    world.network.script["activate"] = ["down", "down"]
    first = await world.accept(LINE)
    second = await world.accept(LINE)
    other = await world.accept(order_body(item("m", "line"), customer="customer-2"))
    await world.settle(first, second, other)
    done = [event.resource_id for event in world.events if event.body.get("state") == "completed"]
    assert done.index(first) < done.index(second)
    assert done[0] == other or done.index(other) < done.index(second)


async def test_an_order_for_a_later_day_waits_alone(world: World) -> None:
    later = await world.accept({**LINE, "requestedStartDate": "2026-03-05T00:00:00Z"})
    now = await world.accept(LINE)
    (order,) = await world.settle(now)
    assert order["state"] == "completed"
    assert (await world.order(later))["state"] == "acknowledged"
    world.clock.advance(3 * 86400)
    (order,) = await world.settle(later)
    assert order["state"] == "completed"


async def test_what_is_booked_and_activated(world: World) -> None:
    msisdn = {"productCharacteristic": [{"name": "msisdn", "value": "4915112345678"}]}
    line = item("m", "line", product=msisdn)
    id = await world.accept(order_body(item("b", "flex", line, item("d", "data", quantity=2), item("s", "tv"))))
    await world.settle(id)
    booked = world.billing.orders[id]
    assert booked.customer_id == f"native-{CUSTOMER}"
    assert [(line.reference, line.quantity, line.amount.amount) for line in booked.lines] == [
        (f"{id}.m.line", 1, Decimal("20.00")),
        (f"{id}.d.line", 2, Decimal("30.00")),
        (f"{id}.s.line", 1, Decimal("5.00")),
        (f"{id}.b.combi.discount", 1, Decimal("-8.25")),
    ]
    services = world.network.services
    assert list(services) == [f"{id}.m", f"{id}.d/1", f"{id}.d/2"]
    assert services[f"{id}.m"].characteristics == {"msisdn": "4915112345678"}
    assert {services[f"{id}.d/1"].parent, services[f"{id}.d/2"].parent} == {f"{id}.m"}
    found = await world.store.by_key(ALL, "msisdn", "4915112345678")
    assert [(ref.kind, ref.system, ref.native_id) for ref in found] == [("product", "oss", f"svc-{id}.m")]
    assert await world.store.native(ALL, "order", id) == Crossref("order", id, "default", "bss", f"po-{id}")


async def test_it_comes_back_when_it_was_told_to(world: World) -> None:
    """However long it has waited before: what left a failing system alone knows when it is tried again."""
    world.network.script["activate"] = ["down"] * 8 + ["busy"]
    id = await world.accept(LINE)
    while world.network.script["activate"]:
        await world.step() or world.clock.advance(1)
    (order,) = await world.settle(id, within_s=3.5)
    assert order["state"] == "completed"


async def test_the_same_bundle_twice_in_one_order(world: World) -> None:
    id = await world.accept(order_body(*(item(i, "flex", item(f"{i}m", "line"), item(f"{i}d", "data")) for i in "ab")))
    (order,) = await world.settle(id)
    assert order["state"] == "completed"
    discounts = [line.reference for line in world.billing.orders[id].lines if line.amount.amount < 0]
    assert discounts == [f"{id}.a.combi.discount", f"{id}.b.combi.discount"]


async def test_item_ids_of_any_scheme_stay_apart(world: World) -> None:
    """Neither the pieces of one item nor the parts that come by default take an id the client gave."""
    inside = [item("b-1", "line", quantity=2), item("b-1.1", "data", quantity=2), item("b-1.1.1", "tv")]
    id = await world.accept(order_body(item("b", "flex", *inside)))
    (order,) = await world.settle(id)
    assert order["state"] == "completed"


async def test_the_ids_of_parts_that_are_no_items_give_way(world: World) -> None:
    parts = {"product": [{"productOffering": {"id": offering}} for offering in ("line", "data")]}
    id = await world.accept(order_body(item("b", "flex", product=parts), item("b-1", "line")))
    ids = [one["id"] for one in items_of(await world.order(id))]
    assert len(set(ids)) == len(ids) == 4


async def test_what_the_customer_owns_afterwards(world: World) -> None:
    id = await world.accept(FLEX)
    (order,) = await world.settle(id)
    assert order["orderTotalPrice"][0]["price"]["dutyFreeAmount"] == {"unit": "EUR", "value": Decimal("34.00")}
    products = (await world.store.find(ALL, "TMF637/product", Window())).items
    assert {product.owner for product in products} == {CUSTOMER}
    bundle = next(product for product in products if product.body["isBundle"])
    assert sorted(part["name"] for part in bundle.body["product"]) == ["Data", "Line", "Tv"]
    line = next(product for product in products if product.body["name"] == "Line")
    msisdn = {"name": "msisdn", "valueType": "string", "value": "4917000000001"}
    assert bundle.body["productCharacteristic"] == [msisdn]
    assert line.body["productCharacteristic"] == [msisdn, {"name": "quantity", "valueType": "integer", "value": 1}]
    assert {one["product"]["id"] for one in items_of(order)} == {product.id for product in products}
    assert all(product.body["productCharacteristic"] for product in products)
    assert {moment[-1] for moment in (order["creationDate"], order["completionDate"], bundle.body["startDate"])} == {
        "Z"
    }
    (realisation,) = (await world.store.find(ALL, "banyan/realisation", Window())).items
    assert realisation.id == bundle.id
    body = realisation.body
    assert (body["nativeOrderId"], body["subscribers"]) == (f"po-{id}", {"msisdn": ["4917000000001"]})
    assert [grant["size"] for grant in body["grants"]] == [20_000_000_000]
    assert body["grants"][0]["from"] == "2026-03-02T00:00:00+00:00"
    discount = next(line for line in body["lines"] if line["kind"] == "discount")
    assert [share["amount"] for share in discount["shares"]] == [Decimal("-3.00"), Decimal("-2.25"), Decimal("-0.75")]


async def test_an_add_on_relies_on_the_line_the_customer_has(world: World) -> None:
    first = await world.accept(LINE)
    await world.settle(first)
    second = await world.accept(order_body(item("d", "data")))
    await world.settle(second)
    assert world.network.services[f"{second}.d"].parent == f"{first}.m"


async def test_parts_that_nobody_named_are_shown_as_items(world: World) -> None:
    id = await world.accept(
        order_body(
            item(
                "b",
                "flex",
                product={"product": [{"productOffering": {"id": "line"}}, {"productOffering": {"id": "tv"}}]},
            )
        )
    )
    (order,) = await world.settle(id)
    (bundle,) = order["productOrderItem"]
    assert [(one["id"], one["state"]) for one in bundle["productOrderItem"]] == [
        ("b-1", "completed"),
        ("b-2", "completed"),
    ]


async def test_the_principal_arrives_everywhere(world: World) -> None:
    for customer, name in (("customer-7", "anna"), ("customer-8", "bert")):
        await world.customer(customer)
        principal = Principal(name, f"app-of-{name}", "default", frozenset({customer}))
        id = await world.accept(order_body(item("m", "line"), customer=customer), principal)
        calls = len(world.network.calls), len(world.billing.calls)
        await world.settle(id)
        made = [call for _, call in world.network.calls[calls[0] :] + world.billing.calls[calls[1] :]]
        assert made
        for call in made:
            assert call.principal.acting_for == name
            assert call.principal.client == f"app-of-{name}"
            assert call.principal.customers == frozenset({customer})
            assert call.key is not None
            assert call.deadline > 0


async def test_the_states_of_a_run_are_in_the_contract(world: World) -> None:
    id = await world.accept(FLEX)
    await world.settle(id)
    assert {event.body["state"] for event in world.events if event.resource_id == id} <= set(State)
