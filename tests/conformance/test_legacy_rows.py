"""Rows that come from legacy carry what conformance kits demand of every row, and refer to what can be read."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.forms.schema import Validators
from tests.edge import SERVED
from tests.whole import Whole, whole

DEMANDED = {
    "TMF629/customer": "name @type engagedParty",
    "TMF632/individual": "givenName familyName",
    "TMF632/organization": "tradingName",
    "TMF638/service": "state serviceDate serviceSpecification.id",
    "TMF666/billingAccount": "name relatedParty",
    "TMF678/customerBill": "billDocument.id billingAccount.id",
    "TMF678/appliedCustomerBillingRate": "isBilled",
    "TMF635/usageSpecification": "name",
    "TMF637/product": "billingAccount.id productCharacteristic productOffering.id relatedParty status",
    "TMF620/productSpecification": "name lastUpdate lifecycleStatus",
    "TMF620/productOffering": "name lastUpdate lifecycleStatus productSpecification.id",
    "TMF620/productOfferingPrice": "name lastUpdate lifecycleStatus priceType",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path) as house:
        yield house


async def rows(http: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    listed = await http.get(path, params={"limit": 1000})
    assert listed.status_code in (200, 206), listed.text
    found: list[dict[str, Any]] = listed.json()
    assert len(found) == int(listed.headers["X-Total-Count"])
    return found


async def test_every_row_carries_what_kits_demand_and_is_valid(house: Whole) -> None:
    wrong: list[Any] = []
    for kind, demanded in DEMANDED.items():
        api, name = kind.split("/")
        for contract in (each for each in SERVED if each.api == api):
            resource = next(found for found in contract.resources.values() if found.stored == name)
            path = f"{contract.bases[0]}/{resource.name}"
            validators = Validators(contract)
            listed = await rows(house.http, path)
            assert listed, path
            for row in listed:
                missed = [each for each in f"id href {demanded}".split() if not reached(row, each)]
                faults = validators.faults(resource.type, row)
                if missed or faults:
                    wrong.append((path, row["id"], missed, faults))
                assert row["href"] == f"{path}/{row['id']}"
    assert not wrong, wrong[:5]


async def test_what_a_row_refers_to_can_be_read(house: Whole) -> None:
    http = house.http
    for customer in await rows(http, "/tmf-api/customer/v5/customer"):
        party = customer["engagedParty"]
        kind = party["@referredType"].lower()
        engaged = (await http.get(f"/tmf-api/partyManagement/v5/{kind}/{party['id']}")).json()
        assert engaged["name"] == customer["name"]
        assert engaged["relatedParty"][0]["partyOrPartyRole"]["id"] == customer["id"]
        for account in customer["account"]:
            read = (await http.get(f"/tmf-api/accountManagement/v4/billingAccount/{account['id']}")).json()
            assert read["relatedParty"][0]["id"] == customer["id"]


def reached(value: Any, path: str) -> bool:
    for step in path.split("."):
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(step) if isinstance(value, dict) else None
    return value not in (None, "", [], {})
