"""TMF679 over HTTP: verdict, reasons and a price whose parts add up to what the first invoice will say."""

from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.bundles.conftest import CUSTOMER, QUALIFY, V4, V5, World
from tests.bundles.shapes import discount, mobile, offering, part

BUY = {"relatedParty": [{"id": CUSTOMER, "role": "customer", "@referredType": "Customer"}]}


@pytest.fixture
async def sold(world: World) -> tuple[str, dict[str, str]]:
    ids = await world.ids()
    made = await world.call("POST", f"{V4}/productOfferingPrice", discount(ids["Mobile line"], "data"), status=201)
    reference = {"@type": "ProductOfferingPriceRef", "id": made["id"]}
    bundle = await world.call("POST", f"{V5}/productOffering", mobile(ids, reference), status=201)
    return bundle["id"], ids


def nested(bundle_id: str, picks: dict[str, int]) -> dict[str, Any]:
    products = [
        {"productOffering": {"id": id}, "productCharacteristic": [{"name": "quantity", "value": quantity}]}
        for id, quantity in picks.items()
    ]
    item = {"id": "1", "action": "add", "productOffering": {"id": bundle_id}, "product": {"product": products}}
    return {**BUY, "productOfferingQualificationItem": [item]}


def total(item: dict[str, Any]) -> Decimal:
    """As a client adds it up: every price and every alteration."""
    prices = item["product"]["productPrice"]
    listed = sum(price["price"]["dutyFreeAmount"]["value"] for price in prices)
    altered = [a["price"]["dutyFreeAmount"]["value"] for price in prices for a in price["productPriceAlteration"]]
    return Decimal(listed) + sum(altered, Decimal(0))


async def test_nothing_named_means_the_defaults(world: World, sold: tuple[str, dict[str, str]]) -> None:
    item = {"id": "1", "productOffering": {"id": sold[0]}}
    answer = await world.call("POST", QUALIFY, {**BUY, "productOfferingQualificationItem": [item]}, status=201)
    assert (answer["state"], answer["qualificationResult"]) == ("done", "qualified")
    assert answer["expirationDate"] > answer["effectiveQualificationDate"]
    item = answer["productOfferingQualificationItem"][0]
    assert [price["name"] for price in item["product"]["productPrice"]] == ["Mobile line", "Data 20"]
    assert total(item) == Decimal("29.75")
    assert item["itemTotalPrice"][0]["price"]["dutyFreeAmount"] == {"unit": "EUR", "value": Decimal("29.75")}
    shares = [price["productPriceAlteration"][0]["price"] for price in item["product"]["productPrice"]]
    assert [share["dutyFreeAmount"]["value"] for share in shares] == [Decimal("-3.00"), Decimal("-2.25")]
    stored = await world.call("GET", f"{QUALIFY}/{answer['id']}", status=200)
    assert stored == answer


async def test_every_configuration_adds_up(world: World, sold: tuple[str, dict[str, str]]) -> None:
    bundle_id, ids = sold
    prices = {"Data 5": "10.00", "Data 20": "15.00", "Data 100": "33.33"}
    sims = {0: "0", 1: "2.50", 2: "4.99", 3: "7.49"}
    for pack, sim, insured in product(prices, sims, (0, 1)):
        picks = {ids["Mobile line"]: 1, ids[pack]: 1, ids["Extra SIM"]: sim, ids["Insurance"]: insured}
        answer = await world.call("POST", QUALIFY, nested(bundle_id, picks), status=201)
        item = answer["productOfferingQualificationItem"][0]
        if sim + insured > 3:
            assert item["qualificationItemResult"] == "unqualified"
            continue
        listed = Decimal("20.00") + Decimal(prices[pack]) + Decimal(sims[sim]) + insured * Decimal("4.99")
        off = (listed * 15 / 100).quantize(Decimal("0.01"), "ROUND_HALF_UP")
        assert total(item) == listed - off


async def test_an_unknown_offering_is_404_at_any_depth(world: World, sold: tuple[str, dict[str, str]]) -> None:
    bundle_id, ids = sold
    refused = await world.call("POST", QUALIFY, nested(bundle_id, {ids["Data 5"]: 1, "nowhere": 1}), status=404)
    assert refused["code"] == "offering.unknown"


async def test_broken_limits_are_a_verdict_with_reasons(world: World, sold: tuple[str, dict[str, str]]) -> None:
    bundle_id, ids = sold
    picks = {ids["Data 5"]: 1, ids["Data 20"]: 1, ids["Insurance"]: 2}
    answer = await world.call("POST", QUALIFY, nested(bundle_id, picks), status=201)
    assert answer["qualificationResult"] == "unqualified"
    item = answer["productOfferingQualificationItem"][0]
    codes = [reason["code"] for reason in item["eligibilityUnavailabilityReason"]]
    assert codes == ["choice.aboveUpper", "choice.groupAboveUpper"]
    assert "Insurance: 2 taken, at most 1 allowed" in item["eligibilityUnavailabilityReason"][0]["label"]
    assert "productPrice" not in item["product"]


@pytest.mark.parametrize("linked", ["down", "up", "quantity", "repeat"])
async def test_every_way_to_name_the_parts_means_the_same(
    world: World, sold: tuple[str, dict[str, str]], linked: str
) -> None:
    bundle_id, ids = sold
    top: dict[str, Any] = {"id": "1", "productOffering": {"id": bundle_id}}
    named = {"2": ids["Mobile line"], "3": ids["Data 5"], "4": ids["Extra SIM"]}
    children: list[dict[str, Any]] = [{"id": id, "productOffering": {"id": named[id]}} for id in named]
    children[2]["quantity"] = 2
    if linked == "down":
        top["qualificationItemRelationship"] = [{"id": id, "relationshipType": "bundles"} for id in named]
    elif linked == "up":
        for child in children:
            child["qualificationItemRelationship"] = [{"id": "1", "relationshipType": "bundledBy"}]
    elif linked == "quantity":
        top["product"] = {"product": children}
        children = []
    else:
        sim = {"productOffering": {"id": ids["Extra SIM"]}}
        top["product"] = {"product": [*children[:2], sim, sim]}
        children = []
    body = {**BUY, "productOfferingQualificationItem": [top, *children]}
    answer = await world.call("POST", QUALIFY, body, status=201)
    first, *rest = answer["productOfferingQualificationItem"]
    assert total(first) == Decimal("34.99") - Decimal("5.25")
    assert all(item["qualificationItemResult"] == "qualified" and "product" not in item for item in rest)


async def test_an_atomic_offering_is_a_bundle_of_itself(world: World, sold: tuple[str, dict[str, str]]) -> None:
    item = {"id": "1", "productOffering": {"id": sold[1]["Insurance"]}}
    answer = await world.call("POST", QUALIFY, {"productOfferingQualificationItem": [item]}, status=201)
    assert total(answer["productOfferingQualificationItem"][0]) == Decimal("4.99")


async def test_a_bundle_inside_a_bundle_brings_its_parts_limits_and_discount(
    world: World, sold: tuple[str, dict[str, str]]
) -> None:
    bundle_id, ids = sold
    del ids["Mobile line"]
    body = offering("Family", [part(bundle_id)])
    outer = await world.call("POST", f"{V5}/productOffering", body, status=201)
    answer = await world.call("POST", QUALIFY, nested(outer["id"], {bundle_id: 1}), status=201)
    assert total(answer["productOfferingQualificationItem"][0]) == Decimal("29.75")
    answer = await world.call("POST", QUALIFY, nested(outer["id"], {ids["Data 5"]: 1}), status=201)
    assert total(answer["productOfferingQualificationItem"][0]) == Decimal("25.50")


async def test_what_is_not_launched_is_not_sold(world: World) -> None:
    ids = await world.ids()
    body = offering("B", [part(ids["Insurance"])]) | {"lifecycleStatus": "In design"}
    made = await world.call("POST", f"{V5}/productOffering", body, status=201)
    answer = await world.call("POST", QUALIFY, nested(made["id"], {}), status=201)
    reasons = answer["productOfferingQualificationItem"][0]["eligibilityUnavailabilityReason"]
    assert reasons[0]["code"] == "offering.notSellable"


async def test_a_withdrawn_part_cannot_be_chosen_and_a_bundle_that_needs_it_cannot_be_sold(
    world: World, sold: tuple[str, dict[str, str]]
) -> None:
    bundle_id, ids = sold
    world.prices.change("2", active=False)
    await world.catalog.sync()

    async def reasons(picks: dict[str, int]) -> list[str]:
        answer = await world.call("POST", QUALIFY, nested(bundle_id, picks), status=201)
        item = answer["productOfferingQualificationItem"][0]
        return [reason["code"] for reason in item.get("eligibilityUnavailabilityReason", [])]

    assert await reasons({}) == []
    assert "choice.unknownPart" in await reasons({ids["Data 5"]: 1})
    world.prices.change("1", active=False)
    await world.catalog.sync()
    assert await reasons({}) == ["bundle.unknownPart"]


async def test_unknown_customer_and_unknown_offering(world: World, sold: tuple[str, dict[str, str]]) -> None:
    body = nested("nowhere", {})
    assert (await world.call("POST", QUALIFY, body, status=404))["code"] == "offering.unknown"
    body = nested(sold[0], {}) | {"relatedParty": [{"id": "nobody", "role": "customer", "@referredType": "Customer"}]}
    assert (await world.call("POST", QUALIFY, body, status=404))["code"] == "customer.unknown"


async def test_strangers_are_told_that_they_can_have_nothing(world: World) -> None:
    """As conformance kits ask: with parties and an offering that they made up."""
    item = {"id": "1", "action": "add", "productOffering": {"id": "142789", "name": "Broadband"}}
    parties = [{"id": "45", "role": "prospect", "@referredType": "Individual"}]
    for named in (parties, [{"id": "45", "role": "customer", "@referredType": "Customer"}], []):
        body = {"relatedParty": named, "productOfferingQualificationItem": [item]}
        answer = await world.call("POST", QUALIFY, body, status=201)
        assert (answer["state"], answer["qualificationResult"]) == ("done", "unqualified")
        [told] = answer["productOfferingQualificationItem"]
        assert told["qualificationItemResult"] == "unqualified"
        assert [reason["code"] for reason in told["eligibilityUnavailabilityReason"]] in (
            ["offering.unknown"],
            ["customer.unknown"],
        )
        assert await world.call("GET", f"{QUALIFY}/{answer['id']}", status=200) == answer


@pytest.mark.parametrize("quantity", [-1, 1.5, "two", True, None, 10**30, [1]])
async def test_a_quantity_that_is_none(world: World, sold: tuple[str, dict[str, str]], quantity: Any) -> None:
    answer = await world.client.post(QUALIFY, json=nested(sold[0], {sold[1]["Extra SIM"]: quantity}))
    assert answer.status_code == 400


async def test_items_that_contain_each_other_are_refused(world: World, sold: tuple[str, dict[str, str]]) -> None:
    items = [
        {
            "id": id,
            "productOffering": {"id": sold[0]},
            "qualificationItemRelationship": [{"id": other, "relationshipType": "bundles"}],
        }
        for id, other in (("1", "2"), ("2", "1"))
    ]
    refused = await world.call("POST", QUALIFY, {"productOfferingQualificationItem": items}, status=400)
    assert refused["code"] == "item.cycle"
