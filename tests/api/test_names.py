"""Every name an API is known by leads to it, and the client stays on the path it came by."""

import httpx
import pytest

from tests.edge import SERVED

NAMES = [
    ("TMF642", "v4", "/tmf-api/alarm", "/tmf-api/alarmManagement"),
    ("TMF672", "v4", "/tmf-api/rolesAndPermissions", "/rolesAndPermissions"),
    ("TMF672", "v4", "/tmf-api/rolesAndPermissions", "/tmf-api/userrolepermission"),
    ("TMF672", "v4", "/tmf-api/rolesAndPermissions", "/userrolepermission"),
    ("TMF672", "v5", "/tmf-api/rolesAndPermissions", "/rolesAndPermissionsManagement"),
    ("TMF672", "v5", "/tmf-api/rolesAndPermissions", "/tmf-api/rolesAndPermissionsManagement"),
    ("TMF676", "v4", "/tmf-api/paymentManagement", "/tmf-api/payment"),
    ("TMF676", "v4", "/tmf-api/paymentManagement", "/paymentManagement"),
    ("TMF676", "v4", "/tmf-api/paymentManagement", "/payment"),
    ("TMF658", "v4", "/tmf-api/loyalty", "/tmf-api/loyaltyManagement"),
    ("TMF639", "v4", "/tmf-api/resourceInventoryManagement", "/tmf-api/resourceInventory"),
    ("TMF639", "v5", "/tmf-api/resourceInventoryManagement", "/tmf-api/resourceInventory"),
    ("TMF639", "v5", "/tmf-api/resourceInventoryManagement", "/resourceInventory"),
    ("TMF620", "v5", "/tmf-api/productCatalogManagement", "/productCatalogManagement"),
    ("TMF632", "v5", "/tmf-api/party", "/partyManagement"),
    ("TMF632", "v5", "/tmf-api/party", "/tmf-api/partyManagement"),
    ("TMF634", "v5", "/tmf-api/resourceCatalog", "/resourceCatalog"),
    ("TMF663", "v5", "/tmf-api/shoppingCart", "/shoppingCart"),
    ("TMF629", "v5", "/tmf-api/customerManagement", "/tmf-api/customer"),
    ("TMF638", "v5", "/tmf-api/serviceInventory", "/tmf-api/serviceInventoryManagement"),
    ("TMF680", "v4", "/tmf-api/recommendationManagement", "/customer"),
    ("TMF640", "v4", "/tmf-api/ServiceActivationAndConfiguration", "/tmf-api/ServiceActivationAndConfiguration"),
    ("TMF621", "v5", "/tmf-api/troubleTicket", "/tmf-api/troubleTicket"),
    ("TMF622", "v5", "/tmf-api/productOrderingManagement", "/tmf-api/productOrderingManagement"),
    ("TMF637", "v5", "/tmf-api/productInventory", "/tmf-api/productInventory"),
    ("TMF666", "v5", "/tmf-api/accountManagement", "/tmf-api/accountManagement"),
    ("TMF669", "v5", "/tmf-api/partyRoleManagement", "/tmf-api/partyRoleManagement"),
    ("TMF677", "v5", "/tmf-api/usageConsumption", "/tmf-api/usageConsumption"),
    ("TMF678", "v5", "/tmf-api/customerBillManagement", "/tmf-api/customerBillManagement"),
    ("TMF679", "v5", "/tmf-api/productOfferingQualification", "/tmf-api/productOfferingQualification"),
    ("TMF683", "v5", "/tmf-api/partyInteraction", "/tmf-api/partyInteraction"),
    ("TMF760", "v5", "/tmf-api/productConfiguration", "/tmf-api/productConfiguration"),
]


@pytest.mark.parametrize(("api", "version", "canonical", "name"), NAMES)
async def test_a_name_leads_to_its_api(
    client: httpx.AsyncClient, api: str, version: str, canonical: str, name: str
) -> None:
    contract = SERVED.contract(api, version)
    assert contract.bases[0] == f"{canonical}/{version}"
    for resource in contract.resources.values():
        answer = await client.get(f"{name}/{version}/{resource.name}")
        assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("ending", ["", "/"])
@pytest.mark.parametrize("base", ["/tmf-api/alarm/v4", "/tmf-api/alarmManagement/v4"])
async def test_the_client_stays_on_the_path_it_came_by(client: httpx.AsyncClient, base: str, ending: str) -> None:
    alarm = {
        "alarmType": "equipmentAlarm",
        "perceivedSeverity": "major",
        "probableCause": "fan",
        "alarmedObject": {"id": "7"},
        "sourceSystemId": "ems",
        "state": "raised",
        "alarmRaisedTime": "2026-01-01T00:00:00Z",
    }
    path = f"{base}/alarm"
    created = await client.post(path + ending, json=alarm)
    assert created.status_code == 201
    href = created.headers["Location"]
    assert href == created.json()["href"] == f"{path}/{created.json()['id']}"
    assert (await client.get(href + ending)).json()["href"] == href
    listed = await client.get(f"{path}{ending}?limit=1")
    assert [row["href"] for row in listed.json()] == [href]
    assert f"<{path}?" in listed.headers["Link"]
    found = await client.get(f"{path}{ending}", params={"href": href})
    assert [row["href"] for row in found.json()] == [href]
    assert (await client.get(f"/tmf-api/alarm/v4/alarm/{created.json()['id']}")).status_code == 200


def test_no_path_is_claimed_by_two_apis() -> None:
    owners: dict[str, str] = {}
    for contract in SERVED:
        for base in contract.bases:
            assert owners.setdefault(base, contract.api) == contract.api
            assert "{" not in base
            assert base.endswith(f"/{contract.version}")


async def test_a_resource_is_found_as_a_kit_spells_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/tmf-api/resourceCatalog/v4/ResourceSpecification/")).json() == []
    assert (await client.get("/tmf-api/resourceCatalog/v4/ResourceSpecification/unknown")).status_code == 404
