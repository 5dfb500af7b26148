"""The mirror of the legacy's price list in TMF620, and what clients add to it."""

from decimal import Decimal

from contracts.model import Money
from tests.bundles.conftest import EVERYBODY, V4, V5, World
from tests.bundles.legacy import tariff
from tests.bundles.shapes import allowance

MANDATORY = {"id", "href", "name", "lastUpdate", "lifecycleStatus"}


async def test_each_tariff_is_an_offering_with_specification_and_price(world: World) -> None:
    for version in (V4, V5):
        for resource in ("productOffering", "productSpecification", "productOfferingPrice"):
            rows = await world.call("GET", f"{version}/{resource}", status=200)
            assert len(rows) == 6
            assert all(row.keys() >= MANDATORY for row in rows)
    offering = await world.offering("Data 20")
    price = await world.call(
        "GET", f"{V5}/productOfferingPrice/{offering['productOfferingPrice'][0]['id']}", status=200
    )
    assert (price["priceType"], price["price"]) == ("recurring", {"unit": "EUR", "value": Decimal("15.00")})
    path = f"{V5}/productSpecification/{offering['productSpecification']['id']}"
    specification = await world.call("GET", path, status=200)
    said = {
        row["name"]: row["characteristicValueSpecification"][0] for row in specification["productSpecCharacteristic"]
    }
    assert (said["allowance"]["value"], said["allowance"]["unitOfMeasure"]) == (20, "bytes")
    assert specification["serviceSpecification"][0]["id"] == "data-pack"


async def test_a_sync_without_news_writes_nothing_and_says_when_it_looked(world: World) -> None:
    before = await world.client.get(f"{V5}/productOffering")
    world.clock.advance(3600)
    await world.catalog.sync()
    after = await world.client.get(f"{V5}/productOffering")
    assert before.json() == after.json()
    assert before.headers["X-As-Of"] < after.headers["X-As-Of"]


async def test_news_keep_the_ids_and_what_a_client_added(world: World) -> None:
    offering = await world.offering("Data 20")
    path = f"{V5}/productSpecification/{offering['productSpecification']['id']}"
    change = {"productSpecCharacteristic": [allowance(77, "bytes")], "brand": "Ours"}
    await world.call("PATCH", path, change, status=200)
    world.prices.change("3", name="Data 20 plus", price=Money(Decimal("16.00")), relies_on=None)
    await world.catalog.sync()
    renamed = await world.offering("Data 20 plus")
    assert renamed["id"] == offering["id"]
    specification = await world.call("GET", path, status=200)
    assert (specification["name"], specification["brand"]) == ("Data 20 plus", "Ours")
    assert [row["name"] for row in specification["productSpecCharacteristic"]] == ["allowance"]
    made = await world.bundles.bundle(EVERYBODY, offering["id"])
    part = made.parts[offering["id"]]
    assert (part.price.amount, part.allowance and part.allowance.amount) == (Decimal("16.00"), 77)


async def test_what_the_legacy_no_longer_lists_is_retired(world: World) -> None:
    del world.prices.offerings_by_id["5"]
    world.prices.offerings_by_id["9"] = tariff("9", "Newcomer", "1.00")
    await world.catalog.sync()
    assert (await world.offering("Insurance"))["lifecycleStatus"] == "Retired"
    assert (await world.offering("Newcomer"))["lifecycleStatus"] == "Launched"


async def test_the_mirror_answers_while_the_legacy_is_down(world: World) -> None:
    world.prices.down = True
    offering = await world.offering("Data 5")
    answer = await world.client.get(f"{V4}/productOffering/{offering['id']}")
    assert answer.status_code == 200
    assert "X-As-Of" in answer.headers


async def test_what_the_legacy_masters_cannot_be_patched_or_deleted(world: World) -> None:
    path = f"{V5}/productOffering/{(await world.offering('Data 5'))['id']}"
    refused = await world.call("PATCH", path, {"name": "Mine"}, status=409)
    assert "billing" in refused["reason"]
    await world.call("DELETE", path, status=409)
    assert (await world.call("PATCH", path, {"description": "Small"}, status=200))["description"] == "Small"


async def test_an_allowance_that_cannot_be_counted_is_refused(world: World) -> None:
    path = f"{V5}/productSpecification/{(await world.offering('Data 5'))['productSpecification']['id']}"
    for value, unit in ((5, "GB"), ("much", "bytes"), (-1, "seconds"), (True, "1")):
        change = {"productSpecCharacteristic": [allowance(value, unit)]}
        refused = await world.call("PATCH", path, change, status=400)
        assert refused["code"].startswith("allowance.")


async def test_many_tariffs_are_read_page_by_page(world: World) -> None:
    for number in range(100, 350):
        world.prices.offerings_by_id[str(number)] = tariff(str(number), f"T{number}", "1.00")
    await world.catalog.sync()
    answer = await world.client.get(f"{V5}/productOffering?limit=1")
    assert answer.headers["X-Total-Count"] == "256"


async def test_what_a_client_leaves_out_every_row_says_all_the_same(world: World) -> None:
    """Conformance kits look at these attributes of every row, whoever wrote it."""
    offering = await world.call("POST", f"{V4}/productOffering", {"name": "Own"}, status=201)
    own = await world.call("GET", f"{V4}/productSpecification/{offering['productSpecification']['id']}", status=200)
    assert (offering["isBundle"], own["name"]) == (False, "Own")
    whole = await world.call("POST", f"{V4}/productSpecification", {"name": "All", "isBundle": True}, status=201)
    assert whole["bundledProductSpecification"] == []
    parts = {"name": "All", "bundledProductSpecification": [{"id": own["id"]}]}
    assert (await world.call("POST", f"{V4}/productSpecification", parts, status=201))["isBundle"] is True
    for said, type in (
        ({}, "oneTime"),
        ({"recurringChargePeriodType": "month"}, "recurring"),
        ({"percentage": 5}, "discount"),
        ({"priceType": "usage"}, "usage"),
    ):
        price = await world.call("POST", f"{V4}/productOfferingPrice", {"name": "Fee", **said}, status=201)
        assert price["priceType"] == type
