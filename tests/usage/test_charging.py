"""The oracle of domain.md, part D: what each record takes, whatever the order of arrival, and which alarms ring."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from contracts.call import Principal
from contracts.model import Unit
from contracts.page import Condition, Window
from gateway.flows.usage.charge import Bucket, crossings
from gateway.flows.usage.consumption import Consumption
from gateway.flows.usage.wanted import Wanted
from gateway.store import usage_search
from gateway.store.port import Crossref, Link
from gateway.store.usage_rows import Used, cycle_of
from tests.usage.world import BACKGROUND, NOW, World, csv

E1 = "e1,491700000001,2026-11-02T10:00:00Z,voice,60,seconds"
E2 = "e2,491700000001,2026-11-03T10:00:00Z,voice,60,seconds"
E3 = "e3,491700000001,2026-11-04T10:00:00Z,voice,30,seconds"
DATA = "{},491700000001,2026-11-10T10:{:02}:00Z,data,{},bytes"
GB = 10**9


async def charged(world: World) -> dict[datetime, Used]:
    found, _ = await usage_search.find(world.usage.database, BACKGROUND, Window())
    return {used.start: used for used in found if used.start}


@pytest.mark.parametrize("order", list(permutations((E1, E2, E3))), ids=lambda order: "".join(e[1] for e in order))
async def test_d12_the_order_of_arrival_does_not_matter(world: World, order: tuple[str, ...]) -> None:
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])
    for name, record in enumerate(order):
        await world.take(f"{name}.csv", csv(record))
    results = [(used.included, used.excluded) for _, used in sorted((await charged(world)).items())]
    assert results == [(60, 0), (40, 20), (0, 30)]


def test_d17_a_record_belongs_to_the_month_of_its_start() -> None:
    assert cycle_of(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)) == datetime(2026, 11, 1, tzinfo=UTC)
    assert cycle_of(datetime.fromisoformat("2026-12-01T00:30:00+01:00")) == datetime(2026, 11, 1, tzinfo=UTC)
    assert cycle_of(datetime(2026, 12, 1, tzinfo=UTC)) == datetime(2026, 12, 1, tzinfo=UTC)


def rings(size: int, used: int, fired: set[int]) -> list[int]:
    bucket = Bucket("b", "p", "", Unit.BYTES, size, NOW, NOW, frozenset())
    found = crossings(bucket, used, fired)
    fired.difference_update(each.point for each in found if not each.fired)
    fired.update(each.point for each in found if each.fired)
    return [each.point for each in found if each.fired]


def test_d18_thresholds_fire_once_and_are_armed_again() -> None:
    fired: set[int] = set()
    story = [(49, 100), (50, 100), (83, 100), (84, 100), (84, 150), (120, 150), (160, 150), (149, 150), (151, 150)]
    rung = [rings(size, used, fired) for used, size in [*story, (70, 150), (76, 150)]]
    assert rung == [[], [50], [80], [], [], [80], [100], [], [], [], []]


def test_d18b_one_record_crosses_two_points_and_jitter_rings_once() -> None:
    assert rings(100, 83, set()) == [50, 80]
    fired = {50}
    assert [rings(1000, used, fired) for used in (799, 801, 798, 802)] == [[], [80], [], []]


async def test_crossing_80_percent_pushes_one_event(world: World) -> None:
    await world.bundle("anna", [("ten", "bytes", 10 * GB)], msisdn=["491700000001"])
    for minute, amount in enumerate((5 * GB, 2 * GB, GB + 1, 1000, GB)):
        await world.take(f"{minute}.csv", csv(DATA.format(minute, minute, amount)))
    assert await world.thresholds() == [80]
    await world.take("end.csv", csv(DATA.format("end", 59, 2 * GB)))
    assert await world.thresholds() == [80, 100]


async def test_several_grants_drain_in_order_and_the_rest_is_out_of_bundle(world: World) -> None:
    await world.bundle("anna", [("b", "bytes", 100), ("a", "bytes", 50)], msisdn=["491700000001"])
    await world.take("x.csv", csv(DATA.format("x", 1, 180)))
    (used,) = (await charged(world)).values()
    assert [(share.grant, share.amount) for share in used.shares] == [("a", 50), ("b", 100)]
    assert (used.included, used.excluded, used.state) == (150, 30, "rated")


async def test_usage_that_came_before_its_bundle_is_guided_later(world: World) -> None:
    await world.take("early.csv", csv(E1, E2, "o1,491709999999,2026-11-02T10:00:00Z,voice,60,seconds"))
    assert {used.state for used in (await charged(world)).values()} == {"received"}
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])
    await world.poll()
    found, total = await usage_search.find(
        world.usage.database, BACKGROUND, Window(conditions=(Condition("status", "eq", ("rated",)),))
    )
    assert total == 2
    assert [(used.included, used.excluded) for used in found] == [(60, 0), (40, 20)]
    await world.bundle("anna", [("more", "seconds", 100)], msisdn=["491700000001"])
    await world.poll()
    found, _ = await usage_search.find(world.usage.database, Principal("a", "a", "d", frozenset({"anna"})), Window())
    assert [(used.included, used.excluded) for used in found] == [(60, 0), (60, 0)]


async def test_a_principal_sees_only_the_usage_of_his_customers(world: World) -> None:
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])
    await world.bundle("ben", [("other", "seconds", 100)], msisdn=["491700000002"])
    await world.take("both.csv", csv(E1, E2.replace("0001,", "0002,"), E3.replace("0001,", "0003,")))
    for customer in ("anna", "ben"):
        theirs = Principal("app", "app", "default", frozenset({customer}))
        found, total = await usage_search.find(world.usage.database, theirs, Window())
        assert (total, [used.owner for used in found]) == (1, [customer])
        assert await usage_search.get(world.usage.database, BACKGROUND, found[0].id) == found[0]
    nobody = Principal("app", "app", "default", frozenset())
    assert await usage_search.find(world.usage.database, nobody, Window()) == ([], 0)
    assert (await usage_search.find(world.usage.database, BACKGROUND, Window(limit=1)))[1] == 3


async def test_consumption_shows_what_remains_and_what_went_out(world: World) -> None:
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])
    consumption = Consumption(world.usage, world.store, world.clock, BACKGROUND)
    (fresh,) = await consumption.of("anna", Wanted())
    assert fresh["bucket"][0]["remainingValue"] == {"amount": 100, "units": "seconds"}
    await world.take("all.csv", csv(E1, E2, E3, DATA.format("d", 1, 7)))
    (used,) = await consumption.of("anna", Wanted())
    voice, data = used["bucket"]
    assert voice["remainingValue"]["amount"] == 0
    assert [counter["value"]["amount"] for counter in voice["bucketCounter"]] == [100, 50]
    assert (data["usageType"], data["bucketCounter"][0]["value"]["amount"]) == ("data", 7)
    assert used["product"] == [{"id": "anna-hundred", "name": "Bundle"}]
    assert await consumption.known("anna")
    assert not await consumption.known("nobody")


async def consumed(world: World) -> dict[str, tuple[int, int, int]]:
    """Each bucket of anna's: used, remaining, out of bundle."""
    consumption = Consumption(world.usage, world.store, world.clock, BACKGROUND)
    found = {}
    for bundle in await consumption.of("anna", Wanted()):
        for bucket in bundle["bucket"]:
            counters = {each["counterType"]: each["value"]["amount"] for each in bucket["bucketCounter"]}
            found[bucket["id"]] = (counters.get("used", 0), bucket["remainingValue"]["amount"], counters["outOfBundle"])
    return found


async def test_each_line_drains_the_bucket_of_its_own_bundle(world: World) -> None:
    await world.bundle("anna", [("one", "bytes", 100)], msisdn=["+491700000001"])
    await world.bundle("anna", [("two", "bytes", 100), ("calls", "seconds", 60)], msisdn=["491700000002"])
    rows = [DATA.format("x", 1, 130), DATA.format("y", 2, 30).replace("0001,", "0002,")]
    await world.take("x.csv", csv(*rows))
    assert await consumed(world) == {"one": (100, 0, 30), "two": (30, 70, 0), "calls": (0, 60, 0)}


async def test_what_a_customers_own_login_used_stands_for_all_his_bundles(world: World) -> None:
    await world.bundle("anna", [("gone", "bytes", 100)], msisdn=["491700000001"])
    await world.bundle("anna", [("calls", "seconds", 60)], msisdn=["491700000002"])
    await world.store.commit(Link(Crossref("customer", "anna", "default", "billing", "7", {"login": "anna-login"})))
    at = "20261110-100000"
    call = f'1,2,3,"c","x","a","b","Dial","d","{at}","{at}","{at}",1,90,"OK",3,"anna-login"'
    row = await world.take("x.csv", f"{call}\n")
    assert row["accepted"] == 1
    assert await consumed(world) == {"gone": (0, 100, 0), "calls": (60, 0, 30)}
