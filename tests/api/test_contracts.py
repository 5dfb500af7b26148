"""Contract documents: facts only, made by import, and enough to serve an API by themselves."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from gateway.api.tmf630.contract import Contracts, NotAContract, import_all, import_contract, listing
from gateway.api.tmf630.forms.schema import Validators
from tests.edge import CONTRACTS, REPOSITORY, Build, speaking_to

COMMITTED = sorted(CONTRACTS.glob("TMF*/v*.json"))
FOREIGN = {"description", "title", "example", "examples", "summary", "nullable"}
OFFICIAL = sorted(path.name for path in CONTRACTS.glob("../../../shared/tmf/*-v*.*"))
READ = [
    pytest.param(
        name, marks=() if name.startswith(("TMF666-Account-v4", "TMF683-PartyInteraction-v5")) else pytest.mark.slow
    )
    for name in OFFICIAL
]
ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


QUICK = {"TMF666-v4", "TMF683-v5"}
EACH = [
    pytest.param(path, id=named(path), marks=() if named(path) in QUICK else pytest.mark.slow) for path in COMMITTED
]


@pytest.mark.parametrize("path", EACH)
def test_what_is_committed_is_what_the_import_makes(official: Path, tmp_path: Path, path: Path) -> None:
    """Of all official files of one API, on an empty shelf that knows which document it wants."""
    source, made = tmp_path / "official", tmp_path / "made" / path.parent.name / path.name
    source.mkdir()
    for file in official.glob(f"*{path.parent.name}*"):
        (source / file.name).symlink_to(file)
    made.parent.mkdir(parents=True)
    made.touch()
    assert import_all(source, tmp_path / "made") == [made]
    lines = set(made.read_text().splitlines()) ^ set(path.read_text().splitlines())
    # Lines this long would keep the comparison of two texts busy for minutes.
    assert sorted(line[:60] for line in lines) == []


def test_of_two_documents_with_one_major_version_the_newer_is_served(contracts: Contracts) -> None:
    releases = {(contract.api, contract.version): contract.release for contract in contracts}
    newest = {"TMF620": "4.1.0", "TMF641": "4.1.0", "TMF654": "4.1.0", "TMF666": "4.1.0", "TMF687": "4.1.0"}
    newest |= {"TMF673": "4.0.1", "TMF677": "4.0.1", "TMF701": "4.1.0", "TMF658": "4.0.0"}
    assert {api: releases[api, "v4"] for api in newest} == newest


def test_the_payment_document_that_is_served_covers_the_other(
    official: Path, tmp_path: Path, contracts: Contracts
) -> None:
    """Both are 4.0.0; the one not served has nothing but `payer` that the other has not."""
    import_contract(official / "TMF676-Payment-v4.0.0.json", tmp_path)
    other, served = Contracts.load(tmp_path).contract("TMF676", "v4"), contracts.contract("TMF676", "v4")
    assert set(other.resources) == {"payment", "refund"} < set(served.resources)
    missed = {"payment": {"payer"}, "refund": set[str]()}
    for name, resource in other.resources.items():
        ours = served.resources[name]
        assert resource.collection <= ours.collection
        assert resource.item <= ours.item
        assert set(other.attributes(resource.type)) - set(served.attributes(ours.type)) == missed[name]
        assert served.mandatory(str(ours.create)) <= other.mandatory(str(resource.create))


def test_the_page_of_all_apis_is_what_the_contracts_say(contracts: Contracts) -> None:
    """`banyan contract docs` writes it."""
    assert (REPOSITORY / "docs" / "apis.md").read_text() == listing(contracts)


def test_every_difference_from_a_document_has_its_reason() -> None:
    for path in CONTRACTS.glob("TMF*/overrides.json"):
        practice = json.loads(path.read_text())
        for entry in (*practice.get("optional", ()), *practice.get("corrected", ())):
            assert entry["why"], path


def test_what_a_resource_gets_by_default_is_what_its_document_allows(contracts: Contracts) -> None:
    """Every name said in overrides.json is a resource and an attribute, every value valid."""
    for contract in {contract.api: contracts.stored(contract.api) for contract in contracts}.values():
        for section in ("defaults", "stamped", "turned"):
            for name, said in contract.practice.get(section, {}).items():
                resource = contracts.resource(f"{contract.api}/{name}")
                spoken = contracts.contract(contract.api, resource.version)
                assert set(said) <= spoken.attributes(resource.type).keys(), (contract.api, name)
                faults = (
                    Validators(spoken).faults(resource.type, dict(said), partial=True) if section == "defaults" else []
                )
                assert faults == []


@pytest.mark.parametrize("path", COMMITTED, ids=named)
def test_a_document_holds_no_sentence_and_one_dialect(path: Path) -> None:
    """JSON Schema 2020-12, where a discriminator is a note beside the schemas that decide: decision 15."""
    document = json.loads(path.read_text())
    lines = path.read_text().splitlines()
    assert len(lines) > len(document["paths"]) + len(document["components"]["schemas"])
    for schema in _schemas(document):
        assert schema.keys().isdisjoint(FOREIGN)
        assert "$ref" not in schema or len(schema) == 1
        if "discriminator" in schema:
            assert schema["discriminator"].keys() == {"propertyName", "mapping"}
            targets = {
                target.removeprefix("#/components/schemas/") for target in schema["discriminator"]["mapping"].values()
            }
            assert targets <= document["components"]["schemas"].keys()


@pytest.mark.parametrize("name", READ or [None])
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
