"""v4 and v5 of one API share one stored form; what differs is said by moves, and by nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.contract import Contract, Contracts
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.projection import ASIDE, Projection
from gateway.api.tmf630.schema import Validators

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


def test_every_difference_has_a_move(old: Contract, new: Contract) -> None:
    assert list(_differences(old, new, old.moves["types"])) == []


def test_a_difference_without_a_move_is_found(old: Contract, new: Contract) -> None:
    moves = {name: move for name, move in old.moves["types"].items() if name != "ProductOfferingPrice"}
    assert "ProductOfferingPrice.constraint" in set(_differences(old, new, moves))


def _differences(old: Contract, new: Contract, moves: Mapping[str, Any]) -> Iterator[str]:
    """Attributes of the old version that the new one lacks or types otherwise, and for which no move stands."""
    pending = [(resource.type, _moved(moves, resource.type)) for resource in old.resources.values()]
    seen: set[tuple[str, str]] = set()
    while pending:
        pair = pending.pop()
        if pair in seen:
            continue
        seen.add(pair)
        before, after = pair
        move = moves.get(before, {})
        attributes = new.attributes(after)
        for name, schema in old.attributes(before).items():
            path = move.get("move", {}).get(name, name)
            if name in (*move.get("aside", ()), *move.get("keep", ())):
                continue
            target = attributes.get(path.partition(".")[0])
            if target is None:
                yield f"{before}.{name}"
                continue
            if "." in path:
                continue
            was, now = _shape(schema), _shape(target)
            if was[0] and now[0]:
                pending.append((was[0], now[0]))
                was = (_moved(moves, was[0]), was[1])
            if was != now:
                yield f"{before}.{name}"


def _moved(moves: Mapping[str, Any], type: str) -> str:
    moved: str = moves.get(type, {}).get("as", type)
    return moved


def _shape(schema: Mapping[str, Any]) -> tuple[str | None, Any]:
    item = schema.get("items", schema)
    return named(item), (schema.get("type") == "array", item.get("type"))
