"""Two principals before the whole gateway: neither sees, counts, changes or hears of what belongs to the other."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from contracts.call import Principal
from tests.house import ACCOUNTS, BILLS, CATALOG, CUSTOMERS, INDIVIDUALS, INVENTORY, ORDERS, SERVICES
from tests.whole import Whole, line, order_of, whole

RATES = "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate"
ON_DEMAND = "/tmf-api/customerBillManagement/v4/customerBillOnDemand"
CANCELS = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
CONSUMPTION = "/tmf-api/usageConsumption/v4/queryUsageConsumption"
QUALIFICATION = "/tmf-api/productOfferingQualification/v4/productOfferingQualification"
USAGE = "/tmf-api/usageManagement/v4/usage"
HUB = "/tmf-api/productOrderingManagement/v4/hub"
MIRRORED = (CUSTOMERS, INDIVIDUALS, ACCOUNTS, SERVICES, INVENTORY, BILLS, RATES)
OWNED = (*MIRRORED, ORDERS, CANCELS, ON_DEMAND, CONSUMPTION, QUALIFICATION, USAGE, HUB)


def principal_of(headers: Mapping[str, str]) -> Principal:
    """One application for all: whom it speaks for is in a header."""
    named = headers.get("x-customers")
    customers = None if named is None else frozenset(named.split(","))
    return Principal("somebody", "self-care", "default", customers)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path, principal_of=principal_of) as house:
        yield house


def party(id: str, **more: str) -> dict[str, Any]:
    return {"relatedParty": [{"id": id, "@referredType": "Customer", **more}]}


async def test_what_belongs_to_another_customer_is_not_there(house: Whole) -> None:
    http = house.http
    anna, ben = (customer["id"] for customer in (await http.get(CUSTOMERS)).json()[:2])
    as_anna, as_ben = {"X-Customers": anna}, {"X-Customers": ben}
    offering = await line(http)
    account = (await http.get(f"{CUSTOMERS}/{ben}")).json()["account"][0]["id"]
    asked = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": offering}}
    later = {"requestedStartDate": "2036-01-01T00:00:00Z"}
    cancelled = (await http.post(ORDERS, json={**order_of(ben, offering), **later}, headers=as_ben)).json()["id"]
    written = {
        ORDERS: order_of(ben, offering),
        CANCELS: {"productOrder": {"id": cancelled}},
        ON_DEMAND: {"billingAccount": {"id": account}},
        CONSUMPTION: party(ben),
        QUALIFICATION: {**party(ben), "productOfferingQualificationItem": [asked]},
        USAGE: {**party(ben, role="customer"), "usageDate": "2026-11-01T00:00:00Z", "usageType": "shop"},
        HUB: {"callback": "http://127.0.0.1:1/ben"},
    }
    for path, body in written.items():
        # One in ben's name, and one that a colleague, who sees everybody, wrote for him.
        answers = [
            await http.post(path, json=body, headers=headers) for headers in (as_ben, {})[: 1 + (path != CANCELS)]
        ]
        assert {answer.status_code for answer in answers} == {201}, answers[0].text
    await house.until(lambda: _completed(house, ben))

    for path in OWNED:
        his = (await http.get(path, headers=as_ben)).json()
        assert his, path
        hers = await http.get(path, headers=as_anna, params={"limit": 1000})
        everything = (await http.get(path, params={"limit": 1000})).json()
        theirs = {each["id"] for each in everything if ben in str(each)} | {each["id"] for each in his}
        assert theirs.isdisjoint(each["id"] for each in hers.json()), path
        assert int(hers.headers["X-Total-Count"]) == len(hers.json())
        assert (await http.get(path, headers=as_anna, params={"id": his[0]["id"]})).json() == []
        unknown = await http.get(f"{path}/unknown", headers=as_anna)
        for method in ("GET", "PATCH", "DELETE"):
            body = {"json": {"description": "mine"}} if method == "PATCH" else {}
            foreign = await http.request(method, f"{path}/{his[0]['id']}", headers=as_anna, **body)
            if foreign.status_code != 405:
                assert (foreign.status_code, foreign.json()) == (404, unknown.json()), (method, path)
        assert (await http.get(f"{path}/{his[0]['id']}", headers=as_ben)).status_code == 200


async def test_nothing_is_written_in_the_name_of_another_customer(house: Whole) -> None:
    http = house.http
    anna, ben = (customer["id"] for customer in (await http.get(CUSTOMERS)).json()[:2])
    as_anna = {"X-Customers": anna}
    offering = await line(http)
    account = (await http.get(f"{CUSTOMERS}/{ben}")).json()["account"][0]["id"]
    asked = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": offering}}
    refused = [
        (ORDERS, order_of(ben, offering)),
        (ORDERS, {**order_of(anna, offering), "billingAccount": {"id": account}}),
        (ON_DEMAND, {"billingAccount": {"id": account}}),
        (ON_DEMAND, {"relatedParty": {"id": ben}}),
        (CONSUMPTION, party(ben)),
        (QUALIFICATION, {**party(ben), "productOfferingQualificationItem": [asked]}),
        (USAGE, {**party(ben, role="customer"), "usageDate": "2026-11-01T00:00:00Z", "usageType": "shop"}),
    ]
    before = dict(house.billing.received)
    for path, body in refused:
        foreign = await http.post(path, json=body, headers=as_anna)
        unknown = await http.post(path, json=_renamed(body, {ben: "nobody", account: "nowhere"}), headers=as_anna)
        assert foreign.status_code == unknown.status_code == 404, (path, foreign.text)
        told = [answer.text.replace(ben, "").replace("nobody", "") for answer in (foreign, unknown)]
        assert told[0].replace(account, "") == told[1].replace("nowhere", "")
    assert (await http.get(ORDERS)).json() == []
    assert house.effects() == 0
    assert "createInvoice" not in before.keys() | house.billing.received.keys()


async def test_a_key_of_another_customer_is_another_key(house: Whole) -> None:
    http = house.http
    anna, ben = (customer["id"] for customer in (await http.get(CUSTOMERS)).json()[:2])
    body = {"callback": "http://127.0.0.1:1/x"}
    hers, his = [
        await http.post(HUB, json=body, headers={"X-Customers": who, "Idempotency-Key": "k"}) for who in (anna, ben)
    ]
    assert hers.json()["id"] != his.json()["id"]
    assert "Idempotency-Replayed" not in his.headers
    again = await http.post(HUB, json=body, headers={"X-Customers": ben, "Idempotency-Key": "k"})
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (his.json(), "true")


async def _completed(house: Whole, customer: str) -> bool:
    orders = (await house.http.get(ORDERS, headers={"X-Customers": customer})).json()
    return sum(order["state"] == "completed" for order in orders) == 2


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _renamed(inner, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


async def test_the_catalogue_is_everybodys(house: Whole) -> None:
    everything = await house.http.get(f"{CATALOG}/v4/productOffering")
    hers = await house.http.get(f"{CATALOG}/v4/productOffering", headers={"X-Customers": "anna"})
    assert hers.headers["X-Total-Count"] == everything.headers["X-Total-Count"]
