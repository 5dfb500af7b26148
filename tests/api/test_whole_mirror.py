"""Rows of the legacy beside rows of our own: both are listed, ours are written, the legacy's say who masters them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.house import ACCOUNTS, BILLS, CUSTOMERS, INDIVIDUALS, INVENTORY, ORDERS, ORGANIZATIONS, SERVICES
from tests.whole import Whole, line, order_of, whole

ON_DEMAND = "/tmf-api/customerBillManagement/v4/customerBillOnDemand"
PARTY = {"id": "p1", "name": "Nora", "@referredType": "Individual"}
OWN: dict[str, dict[str, Any]] = {
    CUSTOMERS: {"name": "Nora", "engagedParty": PARTY, "account": [{"id": "a1", "name": "unknown to billing"}]},
    INDIVIDUALS: {"givenName": "Nora", "familyName": "Nord"},
    ORGANIZATIONS: {"tradingName": "Nord GmbH", "name": "Nord GmbH"},
    ACCOUNTS: {"name": "private", "relatedParty": [{**PARTY, "role": "payer"}]},
    SERVICES: {"state": "active", "serviceSpecification": {"id": "wifi"}, "serviceDate": "2026-01-01T00:00:00Z"},
}
CHANGE: dict[str, dict[str, Any]] = {
    CUSTOMERS: {"status": "approved"},
    INDIVIDUALS: {"title": "Dr"},
    ORGANIZATIONS: {"nameType": "trading"},
    ACCOUNTS: {"description": "second"},
    SERVICES: {"name": "wifi at home"},
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path) as house:
        yield house


async def count(house: Whole, path: str, **query: str) -> int:
    return int((await house.http.get(path, params=query)).headers["X-Total-Count"])


async def test_rows_of_our_own_live_beside_the_legacy_s(house: Whole) -> None:
    http = house.http
    for path, body in OWN.items():
        before = await count(house, path)
        assert before, path
        created = await http.post(path, json=body)
        assert created.status_code == 201, (path, created.text)
        at, id = created.headers["Location"], created.json()["id"]
        assert (await http.get(at)).json() == created.json()
        assert "X-As-Of" not in (await http.get(at)).headers
        assert await count(house, path) == before + 1
        assert await count(house, path, id=id) == 1
        changed = await http.patch(at, json=CHANGE[path])
        assert changed.status_code == 200, (path, changed.text)
        assert changed.json() | CHANGE[path] == changed.json()
        assert (await http.delete(at)).status_code == 204
        assert (await http.get(at)).status_code == 404
        assert await count(house, path) == before


async def test_a_row_of_the_legacy_says_who_masters_it(house: Whole) -> None:
    http = house.http
    for path, change in CHANGE.items():
        row = (await http.get(path)).json()[0]
        at = row["href"]
        for answer in (await http.patch(at, json=change), await http.delete(at)):
            assert (answer.status_code, answer.json()["code"]) == (409, "resource.mastered"), (path, answer.text)
        assert (await http.get(at)).json() == row
        name = next(name for name in ("name", "givenName") if name in row)
        assert (await http.patch(at, json={name: row[name]})).status_code == 200


async def test_a_customer_whom_billing_does_not_know_cannot_order(house: Whole) -> None:
    http = house.http
    offering = await line(http)
    id = (await http.post(CUSTOMERS, json=OWN[CUSTOMERS])).json()["id"]
    refused = await http.post(ORDERS, json=order_of(id, offering))
    assert (refused.status_code, refused.json()["code"]) == (400, "order.customerNotBilled")
    asked = await http.post(ON_DEMAND, json={"relatedParty": {"id": id}})
    assert (asked.status_code, asked.json()["state"]) == (201, "rejected")


async def test_a_bill_takes_the_state_that_a_client_says(house: Whole) -> None:
    http = house.http
    [bill, *_] = (await http.get(BILLS, params={"state": "settled,new,sent"})).json()
    tag = (await http.get(bill["href"])).headers["ETag"]
    changed = await http.patch(bill["href"], json={"state": "onHold"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["state"]) == (200, "onHold")
    heard = sum(house.billing.received.values())

    async def synced() -> bool:
        return sum(house.billing.received.values()) > heard + 50

    await house.until(synced)
    newer = f"/tmf-api/customerBillManagement/v5/customerBill/{bill['id']}"
    assert (await http.get(newer)).json()["state"] == "onHold"
    assert bill["id"] in [row["id"] for row in (await http.get(BILLS, params={"state": "onHold"})).json()]
    late = await http.patch(bill["href"], json={"state": "sent"}, headers={"If-Match": tag})
    assert late.status_code == 412
    mastered = await http.patch(bill["href"], json={"billSection": []})
    assert (mastered.status_code, mastered.json()["code"]) == (409, "bill.mastered")
    assert (await http.patch(bill["href"], json={"amountDue": {"value": 0}})).status_code == 400


async def test_a_bill_run_for_nobody_is_rejected_and_kept(house: Whole) -> None:
    http = house.http
    for body in ({"billingAccount": {"id": "4711"}}, {"name": "for whom"}):
        created = await http.post(ON_DEMAND, json=body)
        assert (created.status_code, created.json()["state"]) == (201, "rejected"), created.text
        assert created.json()["description"]
        assert (await http.get(created.headers["Location"])).json() == created.json()


@pytest.mark.parametrize("path", [CUSTOMERS, INVENTORY, BILLS, SERVICES, ACCOUNTS, INDIVIDUALS])
async def test_mirrored_rows_are_filtered_sorted_and_counted(house: Whole, path: str) -> None:
    rows = (await house.http.get(path)).json()
    state = "status" if "status" in rows[0] else "state"
    wanted = rows[0][state]
    same = [row["id"] for row in rows if row[state] == wanted]
    found = await house.http.get(path, params={state: wanted, "sort": "-id", "fields": state})
    assert [row["id"] for row in found.json()] == sorted(same, reverse=True)
    assert found.headers["X-Total-Count"] == str(len(same))
    assert await count(house, path, **{f"{state}.regex": "no such .*"}) == 0


async def test_what_one_version_wrote_the_other_reads(house: Whole) -> None:
    http = house.http
    newer = "/tmf-api/customerManagement/v5/customer"
    medium = {"@type": "EmailContactMedium", "contactType": "private", "emailAddress": "nora@example.org"}
    party = {**PARTY, "@type": "PartyRef"}
    body = {"name": "Nora", "engagedParty": party, "contactMedium": [medium], "@type": "Customer"}
    created = await http.post(newer, json=body)
    assert created.status_code == 201, created.text
    older = (await http.get(f"{CUSTOMERS}/{created.json()['id']}")).json()
    assert older["contactMedium"][0]["characteristic"]["emailAddress"] == "nora@example.org"
    at = older["href"]
    said = {"mediumType": "telephoneNumber", "characteristic": {"phoneNumber": "+49 431 1"}}
    assert (await http.patch(at, json={"contactMedium": [said]})).json()["contactMedium"][0] | said == said
    assert (await http.get(created.headers["Location"])).json()["contactMedium"][0]["phoneNumber"] == "+49 431 1"
    [account, *_] = (await http.get(CUSTOMERS)).json()[0]["account"]
    run = {"billingAccount": {"id": account["id"], "@type": "BillingAccountRef"}, "@type": "CustomerBillOnDemand"}
    done = await http.post("/tmf-api/customerBillManagement/v5/customerBillOnDemand", json=run)
    assert (done.status_code, done.json()["state"]) == (201, "done"), done.text
