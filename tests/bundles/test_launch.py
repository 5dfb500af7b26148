"""The launch check over HTTP: a contradictory bundle is refused, every rule it breaks is named, nothing is stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.bundles.conftest import EVERYBODY, V4, V5, World
from tests.bundles.shapes import PUBLISHED, discount, group, mobile, offering, part

Ids = dict[str, str]
Draw = Callable[[Ids], dict[str, Any]]


def line_and(*prices: dict[str, Any]) -> Draw:
    return lambda ids: offering("B", [part(ids["Mobile line"])], None, *prices)


def recurring(value: int, unit: str = "EUR", kind: str = "recurring") -> dict[str, Any]:
    price = {"unit": unit, "value": value}
    return {"@type": "ProductOfferingPrice", "name": "Own", "priceType": kind, "price": price, **PUBLISHED}


CONTRADICTORY: dict[str, tuple[str, Draw]] = {
    "no part": ("bundle.empty", lambda _: offering("B", [])),
    "unknown part": ("bundle.unknownPart", lambda _: offering("B", [part("nowhere")])),
    "unknown part in a group": ("bundle.unknownPart", lambda _: offering("B", [], [group("g", [part("no")], 0, 1)])),
    "part twice": ("bundle.partTwice", lambda i: offering("B", [part(i["Data 5"]), part(i["Data 5"])])),
    "part twice in a group": (
        "bundle.partTwice",
        lambda i: offering("B", [], [group("g", [part(i["Data 5"], 0, 1), part(i["Data 5"], 0, 1)], 0, 1)]),
    ),
    "part in two groups": (
        "bundle.partInTwoGroups",
        lambda i: offering("B", [], [group(name, [part(i["Data 5"], 0, 1)], 0, 1) for name in "gh"]),
    ),
    "part in a group and its sub-group": (
        "bundle.partInTwoGroups",
        lambda i: offering(
            "B", [], [group("g", [part(i["Data 5"], 0, 1)], 0, 1, group("h", [part(i["Data 5"], 0, 1)], 0, 1))]
        ),
    ),
    "part limits crossed": ("bundle.lowerAboveUpper", lambda i: offering("B", [part(i["Data 5"], 2, 1)])),
    "group limits crossed": (
        "bundle.lowerAboveUpper",
        lambda i: offering("B", [], [group("g", [part(i["Data 5"], 0, 1)], 2, 1)]),
    ),
    "default above": ("bundle.defaultOutside", lambda i: offering("B", [part(i["Data 5"], 0, 1, 2)])),
    "default below": ("bundle.defaultOutside", lambda i: offering("B", [part(i["Data 5"], 1, 2, 0)])),
    "group asks for more than is in it": (
        "bundle.groupOutsideBundle",
        lambda i: offering("B", [], [group("g", [part(i["Data 5"], 0, 1)], 2, 3)]),
    ),
    "group allows less than its parts need": (
        "bundle.groupOutsideBundle",
        lambda i: offering("B", [], [group("g", [part(i["Data 5"], 1, 1), part(i["Data 20"], 1, 1)], 0, 1)]),
    ),
    "outer group against inner groups": (
        "bundle.groupOutsideBundle",
        lambda i: offering(
            "B",
            [],
            [
                group(
                    "all", [], 3, 4, group("g", [part(i["Data 5"], 0, 5)], 0, 1), group("h", [part(i["Data 20"])], 0, 1)
                )
            ],
        ),
    ),
    "group wider than the bundle": (
        "bundle.groupOutsideBundle",
        lambda i: offering("B", [part(i["Data 5"], 0, 1)], [group("g", [part(i["Data 5"], 0, 3)], 0, 3)]),
    ),
    "discount on a part outside": ("rule.unknownPart", line_and(discount("nowhere"))),
    "discount above 100 %": ("price.negative", line_and(discount(percentage=101))),
    "discount below 0": ("price.negative", line_and(discount(percentage=-1))),
    "discount of a negative amount": ("price.negative", line_and(recurring(-5, kind="discount"))),
    "discount in another currency": ("price.currencyMix", line_and(recurring(5, "USD", kind="discount"))),
    "price that is nowhere": ("price.missing", line_and({"@type": "ProductOfferingPriceRef", "id": "nowhere"})),
    "price of its own": ("realisation.missing", line_and(recurring(30))),
}


@pytest.mark.parametrize("case", CONTRADICTORY)
@pytest.mark.parametrize("version", [V4, V5])
async def test_refused_naming_the_rule(world: World, version: str, case: str) -> None:
    code, draw = CONTRADICTORY[case]
    # v4 calls a policy a constraint.
    renamed = ('"policy"', '"constraint"') if version == V4 else ("", "")
    body = json.loads(json.dumps(draw(await world.ids())).replace(*renamed))
    refused = await world.call("POST", f"{version}/productOffering", body, status=400)
    assert refused["code"] == code
    assert code in refused["message"]
    assert len(await world.ids()) == 6


async def test_all_findings_are_told_at_once(world: World) -> None:
    ids = await world.ids()
    body = offering("B", [part("nowhere"), part(ids["Data 5"], 2, 1)], None, discount("elsewhere"))
    refused = await world.call("POST", f"{V5}/productOffering", body, status=400)
    for code in ("bundle.unknownPart", "bundle.lowerAboveUpper", "rule.unknownPart"):
        assert code in refused["message"]


async def test_an_offering_that_no_billing_system_books_is_no_part(world: World) -> None:
    own = {"@type": "ProductOffering", "name": "Own", "isBundle": False, **PUBLISHED}
    made = await world.call("POST", f"{V5}/productOffering", own, status=201)
    refused = await world.call("POST", f"{V5}/productOffering", offering("B", [part(made["id"])]), status=400)
    assert refused["code"] == "price.missing"
    assert "realisation.missing" in refused["message"]


async def test_a_mix_of_currencies_is_refused(world: World) -> None:
    price = world.prices.offerings_by_id["5"].price
    world.prices.change("5", price=type(price)(price.amount, "USD"))
    await world.catalog.sync()
    ids = await world.ids()
    body = offering("B", [part(ids["Insurance"]), part(ids["Data 5"])])
    refused = await world.call("POST", f"{V5}/productOffering", body, status=400)
    assert refused["code"] == "price.currencyMix"


@pytest.mark.parametrize("version", [V4, V5])
async def test_a_cycle_is_refused_with_its_path(world: World, version: str) -> None:
    ids = await world.ids()
    path = f"{version}/productOffering"
    inner = await world.call("POST", path, offering("Inner", [part(ids["Data 5"])]), status=201)
    outer = await world.call("POST", path, offering("Outer", [part(inner["id"])]), status=201)
    for change in (part(outer["id"]), part(inner["id"])):
        body = {"bundledProductOffering": [part(ids["Data 5"]), change]}
        refused = await world.call("PATCH", f"{path}/{inner['id']}", body, status=400)
        assert refused["code"] == "bundle.cycle"
        assert "Inner -> " in refused["message"]


@pytest.mark.parametrize("version", [V4, V5])
async def test_a_bundle_comes_back_as_it_was_written_with_its_parts_flat(world: World, version: str) -> None:
    ids = await world.ids()
    body = mobile(ids, discount(ids["Mobile line"], "data", under="constraint" if version == V4 else "policy"))
    made = await world.call("POST", f"{version}/productOffering", body, status=201)
    for spoken in (V4, V5):
        read = await world.call("GET", f"{spoken}/productOffering/{made['id']}", status=200)
        groups = read["bundledGroupProductOffering"]
        assert [(g["id"], len(g["bundledProductOffering"])) for g in groups] == [("data", 3), ("extras", 2)]
        assert {entry["id"] for entry in read["bundledProductOffering"]} == set(ids.values())
    bundle = await world.bundles.bundle(EVERYBODY, made["id"])
    assert bundle.discounts[0].needs == (ids["Mobile line"], "data")


async def test_a_part_leaves_the_bundle_with_its_group(world: World) -> None:
    ids = await world.ids()
    made = await world.call("POST", f"{V5}/productOffering", mobile(ids), status=201)
    path = f"{V5}/productOffering/{made['id']}"
    body = {"bundledGroupProductOffering": [made["bundledGroupProductOffering"][0]]}
    changed = await world.call("PATCH", path, body, status=200)
    assert ids["Insurance"] not in {entry["id"] for entry in changed["bundledProductOffering"]}
    assert set((await world.bundles.bundle(EVERYBODY, made["id"])).parts) == {
        ids[name] for name in ("Mobile line", "Data 5", "Data 20", "Data 100")
    }


async def test_a_contradictory_patch_is_refused_and_changes_nothing(world: World) -> None:
    made = await world.call("POST", f"{V4}/productOffering", mobile(await world.ids()), status=201)
    path = f"{V4}/productOffering/{made['id']}"
    refused = await world.call("PATCH", path, {"bundledProductOffering": [part("nowhere")]}, status=400)
    assert refused["code"] == "bundle.unknownPart"
    assert (await world.call("GET", path, status=200))["bundledProductOffering"] == made["bundledProductOffering"]


async def test_a_bundle_with_a_withdrawn_part_can_be_retired_but_not_launched_again(world: World) -> None:
    made = await world.call("POST", f"{V4}/productOffering", mobile(await world.ids()), status=201)
    world.prices.change("2", active=False)
    await world.catalog.sync()
    path = f"{V4}/productOffering/{made['id']}"
    await world.call("PATCH", path, {"lifecycleStatus": "Retired"}, status=200)
    refused = await world.call("PATCH", path, {"lifecycleStatus": "Launched"}, status=400)
    assert refused["code"] == "bundle.unknownPart"


@pytest.mark.parametrize("launched", ["Launched", "active", "On sale"])
async def test_the_parts_of_a_draft_may_come_later_but_before_it_is_launched(world: World, launched: str) -> None:
    path, draft = f"{V4}/productOffering", offering("B", [part("later")]) | {"lifecycleStatus": "In study"}
    made = await world.call("POST", path, draft, status=201)
    item = f"{path}/{made['id']}"
    refused = await world.call("PATCH", item, {"lifecycleStatus": launched}, status=400)
    assert refused["code"] == "bundle.unknownPart"
    known = [part((await world.ids())["Data 5"])]
    await world.call("PATCH", item, {"lifecycleStatus": launched, "bundledProductOffering": known}, status=200)


@pytest.mark.parametrize(
    "wrong", [{"bundledProductOffering": [{"name": "no id"}]}, {"bundledGroupProductOffering": "x"}]
)
async def test_a_draft_is_well_written_too(world: World, wrong: dict[str, Any]) -> None:
    draft = offering("B", [part("later")]) | {"lifecycleStatus": "In design"} | wrong
    await world.call("POST", f"{V4}/productOffering", draft, status=400)


@pytest.mark.parametrize("wrong", ["x", 1, {"a": 1}, [1], [["x"]], [{"bundledProductOffering": "x"}]])
async def test_groups_of_the_wrong_type_are_refused(world: World, wrong: Any) -> None:
    body = offering("B", [part((await world.ids())["Data 5"])]) | {"bundledGroupProductOffering": wrong}
    await world.call("POST", f"{V4}/productOffering", body, status=400)


@pytest.mark.parametrize("wrong", ["1", 1.5, -1, True, 10**40])
async def test_limits_of_the_wrong_type_are_refused(world: World, wrong: Any) -> None:
    inside = [part((await world.ids())["Data 5"], 0, wrong)]
    for body in (offering("B", inside), offering("B", [], [group("g", inside, 0, 1)])):
        await world.call("POST", f"{V4}/productOffering", body, status=400)
