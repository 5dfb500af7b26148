"""Options left out: "one of these" needs the group's limits only."""

from tests.bundles.conftest import EVERYBODY, V5, World
from tests.bundles.shapes import group, offering, part


async def test_one_of_two_by_the_limits_of_the_group_alone(world: World) -> None:
    ids = await world.ids()
    packs = group("packs", [part(ids["Data 5"]), part(ids["Data 20"])], 1, 1)
    made = await world.call(
        "POST", f"{V5}/productOffering", offering("One of two", [part(ids["Mobile line"])], [packs]), status=201
    )
    bundle = await world.bundles.bundle(EVERYBODY, made["id"])
    assert {part.name: (part.lower, part.upper) for part in bundle.parts.values()} == {
        "Mobile line": (1, 1),
        "Data 5": (0, 1),
        "Data 20": (0, 1),
    }


async def test_a_group_that_holds_all_of_its_parts_holds_each_once(world: World) -> None:
    ids = await world.ids()
    both = group("both", [part(ids["Data 5"]), part(ids["Data 20"])], 0, 2)
    made = await world.call(
        "POST", f"{V5}/productOffering", offering("Both", [part(ids["Mobile line"])], [both]), status=201
    )
    bundle = await world.bundles.bundle(EVERYBODY, made["id"])
    assert {(part.lower, part.upper) for part in bundle.parts.values()} == {(1, 1)}
