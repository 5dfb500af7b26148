"""v4 and v5 of one API share one stored form; what differs is said by moves, and by nothing else."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.contract import Contract, Contracts
from gateway.api.tmf630.forms.projection import ASIDE, Projection
from gateway.api.tmf630.forms.schema import Validators
from tests.api.differences import differences
from tests.edge import CONTRACTS

V4 = "/tmf-api/productCatalogManagement/v4"
V5 = "/tmf-api/productCatalogManagement/v5"

SAMPLES: dict[str, dict[str, Any]] = {
    "ProductOfferingPrice": {
        "name": "15 % off",
        "priceType": "discount",
        "constraint": [{"id": "pack", "name": "Data pack"}, {"id": "line", "@type": "ConstraintRef"}],
        "tax": [{"id": "t", "href": "/t", "taxCategory": "VAT"}],
    },
    "ProductSpecification": {
        "name": "Data pack",
        "relatedParty": [{"id": "p", "role": "owner", "name": "P", "@referredType": "Organization"}],
        "productSpecCharacteristic": [
            {
                "name": "allowance",
                "@type": "ProductSpecificationCharacteristic",
                "productSpecCharRelationship": [{"id": "r", "charSpecSeq": 1, "name": "n"}],
                "productSpecCharacteristicValue": [{"value": 1000, "unitOfMeasure": "bytes", "isDefault": True}],
            }
        ],
    },
    "Category": {"name": "mobile", "parentId": "root"},
    "Catalog": {"name": "all", "@type": "Catalog", "relatedParty": [{"id": "p", "@type": "RelatedParty"}]},
    "ProductOffering": {
        "name": "bundle",
        "bundledProductOffering": [
            {"id": "o", "lifecycleStatus": "Active", "bundledProductOfferingOption": {"numberRelOfferDefault": 1}}
        ],
        "bundledGroupProductOffering": [{"id": "g", "name": "packs", "bundledProductOffering": [{"id": "o"}]}],
        "productOfferingPrice": [
            {"id": "x", "recurringChargePeriod": "month", "price": {"taxRate": 19, "dutyFreeAmount": {"value": 1}}}
        ],
        "attachment": [{"url": "https://example.org/a.png", "mimeType": "image/png"}],
    },
}


@pytest.fixture(scope="session")
def old(contracts: Contracts) -> Contract:
    return contracts.contract("TMF620", "v4")


@pytest.fixture(scope="session")
def new(contracts: Contracts) -> Contract:
    return contracts.contract("TMF620", "v5")


@pytest.mark.parametrize("type", SAMPLES)
def test_v4_to_stored_and_back_loses_nothing(old: Contract, new: Contract, type: str) -> None:
    projection = Projection(old, new)
    stored = projection.stored(type, SAMPLES[type])
    assert projection.spoken(type, stored) == SAMPLES[type]
    assert projection.stored(type, projection.editable(type, stored)) == stored


@pytest.mark.parametrize("type", SAMPLES)
def test_what_v4_wrote_is_valid_v5(old: Contract, new: Contract, type: str) -> None:
    stored = Projection(old, new).stored(type, SAMPLES[type])
    renamed = {"Catalog": "ProductCatalog"}.get(type, type)
    shown = Projection(new, new).spoken(renamed, stored)
    assert Validators(new).faults(renamed, shown) == []
    assert ASIDE not in str(shown)


def test_what_v4_left_untyped_has_in_v5_the_type_of_its_content(contracts: Contracts) -> None:
    party, service = contracts.contract("TMF632", "v5"), contracts.contract("TMF638", "v5")
    media = [
        {"contactType": "home"},
        {"characteristic": {"emailAddress": "jo@example.org"}},
        {"characteristic": {"phoneNumber": "+4930123456"}},
        {"characteristic": {"city": "Berlin", "postCode": "10115"}},
        {"characteristic": {"faxNumber": "1"}, "@type": "ContactMedium"},
        {"characteristic": {"city": "Berlin"}, "@type": {"odd": 1}},
    ]
    stored = Projection(contracts.contract("TMF632", "v4"), party).stored("Individual", {"contactMedium": media})
    typed = Projection(party, party).spoken("Individual", stored)["contactMedium"]
    assert [medium["@type"] for medium in typed] == [
        "ContactMedium",
        "EmailContactMedium",
        "PhoneContactMedium",
        "GeographicAddressContactMedium",
        "ContactMedium",
        {"odd": 1},
    ]
    values = ["a", 5, Decimal("1.5"), True, ["a"], [], {"x": 1}, [{"x": 1}]]
    written = {"serviceCharacteristic": [{"name": "c", "value": value} for value in values] + [{"name": "c"}]}
    projection = Projection(service, service)
    for _ in ("met for the first time", "known"):
        typed = projection.spoken("Service", written)["serviceCharacteristic"]
        assert " ".join(each["@type"].removesuffix("Characteristic") for each in typed) == (
            "String Integer Number Boolean StringArray StringArray Object ObjectArray "
        )
    shown = {"@type": "Service", "serviceCharacteristic": typed}
    assert Validators(service).faults("Service", shown, partial=True) == []


async def test_what_v4_called_as_v5_does_not_says_in_v5_what_it_is_made_from(client: httpx.AsyncClient) -> None:
    body = {"name": "n", "@type": "Shelf", "productOffering": [{"id": "o", "name": "o", "@type": "Thing"}]}
    id = (await client.post(f"{V4}/category", json=body)).json()["id"]
    older, newer = [(await client.get(f"{version}/category/{id}")).json() for version in (V4, V5)]
    assert (newer["@type"], newer["@baseType"]) == ("Shelf", "Category")
    assert newer["productOffering"][0]["@baseType"] == "ProductOfferingRef"
    assert (older["productOffering"], older["@type"]) == (body["productOffering"], "Shelf")
    assert "@baseType" not in older


async def test_two_versions_show_one_resource(client: httpx.AsyncClient) -> None:
    created = await client.post(f"{V4}/productOfferingPrice", json=SAMPLES["ProductOfferingPrice"])
    assert created.status_code == 201, created.text
    id = created.json()["id"]
    newer = (await client.get(f"{V5}/productOfferingPrice/{id}")).json()
    assert newer["policy"] == [
        {"id": "pack", "name": "Data pack", "@type": "PolicyRef"},
        {"id": "line", "@type": "PolicyRef"},
    ]
    assert "constraint" not in newer
    assert newer["href"].startswith(V5)
    changed = await client.patch(
        f"{V5}/productOfferingPrice/{id}",
        json={"@type": "ProductOfferingPrice", "policy": [{"id": "other", "@type": "PolicyRef"}]},
    )
    assert changed.status_code == 200, changed.text
    older = (await client.get(f"{V4}/productOfferingPrice/{id}")).json()
    assert [entry["id"] for entry in older["constraint"]] == ["other"]
    assert older["tax"] == SAMPLES["ProductOfferingPrice"]["tax"]


async def test_a_filter_speaks_the_client_s_version(client: httpx.AsyncClient) -> None:
    for type, path in (
        ("ProductOfferingPrice", "productOfferingPrice"),
        ("ProductSpecification", "productSpecification"),
    ):
        await client.post(f"{V4}/{path}", json=SAMPLES[type])
    for url in (
        f"{V4}/productOfferingPrice?constraint.id=pack",
        f"{V5}/productOfferingPrice?policy.id=pack",
        f"{V4}/productSpecification?relatedParty.id=p",
        f"{V5}/productSpecification?relatedParty.partyOrPartyRole.id=p",
        f"{V4}/productSpecification?productSpecCharacteristic.name=allowance",
    ):
        assert len((await client.get(url)).json()) == 1, url


async def test_a_renamed_collection_is_one_collection(client: httpx.AsyncClient) -> None:
    id = (await client.post(f"{V4}/catalog", json=SAMPLES["Catalog"])).json()["id"]
    assert (await client.get(f"{V5}/productCatalog/{id}")).json()["@type"] == "ProductCatalog"
    assert (await client.get(f"{V4}/catalog/{id}")).json()["@type"] == "Catalog"


async def test_v5_asks_for_what_its_contract_makes_mandatory(client: httpx.AsyncClient) -> None:
    body = {"@type": "ProductOffering", "name": "n", "lifecycleStatus": "Active", "lastUpdate": "2026-01-01T00:00:00Z"}
    for name in body:
        answer = await client.post(f"{V5}/productOffering", json={**body, name: None} | {"x": 1})
        assert answer.status_code == 400, name
        assert name in answer.json()["reason"]
    assert (await client.post(f"{V5}/productOffering", json=body)).status_code == 201
    assert (await client.get("/productCatalogManagement/v5/productOffering")).status_code == 200


BOTH = sorted(path.parent.name for path in CONTRACTS.glob("TMF*/v4.json") if path.with_name("v5.json").is_file())


@pytest.mark.parametrize("api", BOTH)
def test_every_difference_has_a_move(contracts: Contracts, api: str) -> None:
    older = contracts.contract(api, "v4")
    assert sorted(set(differences(older, contracts.stored(api), older.moves["types"]))) == []


def test_a_difference_without_a_move_is_found(old: Contract, new: Contract) -> None:
    moves = {name: move for name, move in old.moves["types"].items() if name != "ProductOfferingPrice"}
    assert "ProductOfferingPrice.constraint is gone" in set(differences(old, new, moves))
