"""Idempotency-Key and If-Match in every room of the whole gateway that writes, also in those with a flow behind."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import CATALOG, CUSTOMERS, ORDERS
from tests.whole import Whole, line, order_of, whole

CANCELS = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
ON_DEMAND = "/tmf-api/customerBillManagement/v4/customerBillOnDemand"
CONSUMPTION = "/tmf-api/usageConsumption/v4/queryUsageConsumption"
QUALIFICATION = "/tmf-api/productOfferingQualification/v4/productOfferingQualification"
USAGE = "/tmf-api/usageManagement/v4/usage"
LATER = {"requestedStartDate": "2036-01-01T00:00:00Z"}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path) as house:
        yield house


async def bodies(house: Whole) -> dict[str, dict[str, Any]]:
    http = house.http
    [customer, *_] = (await http.get(CUSTOMERS)).json()
    offering = await line(http)
    party = {"relatedParty": [{"id": customer["id"], "role": "customer", "@referredType": "Customer"}]}
    order = {**order_of(customer["id"], offering), **LATER}
    cancelled = (await http.post(ORDERS, json=order)).json()["id"]
    asked = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": offering}}
    return {
        ORDERS: order,
        CANCELS: {"productOrder": {"id": cancelled}},
        ON_DEMAND: {"billingAccount": {"id": customer["account"][0]["id"]}},
        CONSUMPTION: party,
        QUALIFICATION: {**party, "productOfferingQualificationItem": [asked]},
        USAGE: {**party, "usageDate": "2026-11-01T00:00:00Z", "usageType": "shop"},
        f"{CATALOG}/v4/productOffering": {"name": "one"},
        f"{CATALOG}/v4/hub": {"callback": "http://127.0.0.1:1/x"},
    }


async def test_a_write_under_a_key_happens_once(house: Whole) -> None:
    http = house.http
    for path, body in (await bodies(house)).items():
        before = int((await http.get(path)).headers["X-Total-Count"])
        keyed = {"Idempotency-Key": "once"}
        pair = await asyncio.gather(*(http.post(path, json=body, headers=keyed) for _ in range(2)))
        again = await http.post(path, json=body, headers=keyed)
        answered = [answer for answer in (*pair, again) if answer.status_code != 409]
        assert {answer.status_code for answer in answered} == {201}, (path, [a.text for a in pair])
        assert len(answered) >= 2, "one of the twins is carried out"
        assert all(answer.json() == again.json() for answer in answered), path
        assert again.headers["Idempotency-Replayed"] == "true"
        assert int((await http.get(path)).headers["X-Total-Count"]) == before + 1
        other = await http.post(path, json={**body, "description": "other"}, headers=keyed)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency.reused"), path


async def test_a_change_under_a_key_undoes_nothing_that_came_in_between(house: Whole) -> None:
    http = house.http
    written = await bodies(house)
    for path in (ORDERS, USAGE, QUALIFICATION, f"{CATALOG}/v4/productOffering"):
        at = (await http.post(path, json={**written[path], "description": "first"})).headers["Location"]
        keyed = {"Idempotency-Key": "change"}
        nothing = await http.patch(at, json={"description": "first"}, headers=keyed)
        assert nothing.status_code == 200
        tag = nothing.headers["ETag"]
        changed = await http.patch(at, json={"description": "second"}, headers={"If-Match": tag})
        assert (changed.status_code, changed.json()["description"]) == (200, "second")
        assert changed.headers["ETag"] != tag
        replayed = await http.patch(at, json={"description": "first"}, headers=keyed)
        assert (replayed.json(), replayed.headers["Idempotency-Replayed"]) == (nothing.json(), "true")
        now = await http.get(at, headers={"If-None-Match": tag})
        assert (now.status_code, now.json()["description"]) == (200, "second"), path
        for method, more in (("PATCH", {"json": {"description": "late"}}), ("DELETE", {})):
            stale = await http.request(method, at, headers={"If-Match": tag}, **more)
            assert (stale.status_code, stale.json()["code"]) == (412, "resource.changed"), (method, path)


async def test_a_removal_under_a_key_is_answered_again(house: Whole) -> None:
    http = house.http
    written = await bodies(house)
    for path in (USAGE, QUALIFICATION, CONSUMPTION, f"{CATALOG}/v4/productOffering", f"{CATALOG}/v4/hub"):
        at = (await http.post(path, json=written[path])).headers.get("Location")
        answers = [await http.delete(str(at), headers={"Idempotency-Key": "gone"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [204, 204], path
        assert answers[1].headers["Idempotency-Replayed"] == "true"
        assert (await http.delete(str(at))).status_code == 404
