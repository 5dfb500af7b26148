"""Contract documents: facts only, made by import, and enough to serve an API by themselves."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gateway.api.tmf630.contract import Contracts, NotAContract, import_contract
from tests.edge import CONTRACTS, Build, speaking_to

OFFICIAL = {
    "TMF620/v4": "TMF620-ProductCatalog-v4.1.0.json",
    "TMF620/v5": "TMF620-ProductCatalog-v5.0.0.yaml",
    "TMF622/v4": "TMF622-ProductOrdering-v4.0.0.json",
    "TMF629/v4": "TMF629-Customer-v4.0.0.json",
    "TMF635/v4": "TMF635-Usage-v4.0.0.json",
    "TMF637/v4": "TMF637-ProductInventory-v4.0.0.json",
    "TMF677/v4": "TMF677-UsageConsumption-v4.0.1.json",
    "TMF678/v4": "TMF678-CustomerBill-v4.0.0.json",
    "TMF679/v4": "TMF679-ProductOfferingQualification-v4.0.0.json",
}
ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"


@pytest.mark.parametrize("document", OFFICIAL)
def test_what_is_committed_is_what_the_import_makes(official: Path, tmp_path: Path, document: str) -> None:
    made = import_contract(official / OFFICIAL[document], tmp_path)
    assert made == tmp_path / f"{document}.json"
    assert made.read_text() == (CONTRACTS / f"{document}.json").read_text()


@pytest.mark.parametrize(
    "path", sorted(CONTRACTS.glob("TMF*/v*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_document_holds_no_sentence_and_one_dialect(path: Path) -> None:
    document = json.loads(path.read_text())
    lines = path.read_text().splitlines()
    assert len(lines) > len(document["paths"]) + len(document["components"]["schemas"])
    for schema in _schemas(document):
        assert not schema.keys() & {
            "description",
            "title",
            "example",
            "examples",
            "summary",
            "discriminator",
            "nullable",
        }
        assert "$ref" not in schema or len(schema) == 1


@pytest.mark.parametrize("name", sorted(path.name for path in CONTRACTS.glob("../../../shared/tmf/*-v*.*")) or [None])
def test_every_official_document_can_be_imported(official: Path, tmp_path: Path, name: str | None) -> None:
    if name is None:
        pytest.skip("the official documents are not beside this repository")
    import_contract(official / name, tmp_path)
    served = Contracts.load(tmp_path)
    assert all(contract.resources or contract.api == "TMF688" for contract in served)


@pytest.mark.parametrize("text", ["", "{", "- a", '{"info": {}}', '{"info": {}, "paths": {}}'])
def test_what_is_no_contract_is_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    (tmp_path / "some.json").write_text(text)
    with pytest.raises(NotAContract, match=r"some\.json"):
        import_contract(tmp_path / "some.json", tmp_path)


async def test_a_ninth_api_is_served_by_its_import_alone(official: Path, tmp_path: Path, build: Build) -> None:
    folder = tmp_path / "tmf"
    shutil.copytree(CONTRACTS, folder)
    import_contract(official / "TMF666-Account-v4.0.0.json", folder)
    async with speaking_to(build(served=Contracts.load(folder))) as client:
        assert (await client.post(ACCOUNTS, json={"name": "n"})).status_code == 400
        account = {
            "name": "bills",
            "relatedParty": [{"id": "c", "name": "Jo", "role": "owner", "@referredType": "Customer"}],
        }
        created = await client.post(ACCOUNTS, json=account)
        assert created.status_code == 201, created.text
        href = created.json()["href"]
        assert (await client.patch(href, json={"description": "mine"})).json()["description"] == "mine"
        found = await client.get(f"{ACCOUNTS}?relatedParty.id=c&fields=name")
        assert found.json() == [{"id": created.json()["id"], "href": href, "name": "bills"}]
        hub = await client.post("/tmf-api/accountManagement/v4/hub", json={"callback": "http://localhost:9/x"})
        assert hub.status_code == 201
        assert (await client.delete(href)).status_code == 204
        assert (await client.get(href)).status_code == 404


def _schemas(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Every schema of a document; names of attributes are not keywords."""
    found: list[dict[str, Any]] = []
    pending: list[Any] = list(document["components"]["schemas"].values())
    while pending:
        schema = pending.pop()
        found.append(schema)
        pending.extend(schema.get("properties", {}).values())
        pending.extend(schema[key] for key in ("items", "additionalProperties", "if", "then") if key in schema)
        for key in ("allOf", "anyOf", "oneOf"):
            pending.extend(schema.get(key, ()))
    return found
