"""Every resource of every contract: what its document declares is what the kernel asks for, keeps and answers."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.contract import Contract, Contracts, Resource
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.schema import Validators
from tests.edge import CONTRACTS

SERVED = Contracts.load(CONTRACTS)
CREATED = [
    pytest.param(contract, resource, id=f"{contract.api}-{contract.version}-{resource.name}")
    for contract in SERVED
    for resource in contract.resources.values()
    if resource.create is not None
]
WRONG = {"string": 1, "integer": "1", "number": "1", "boolean": "true", "array": {}, "object": []}


@pytest.mark.parametrize(("contract", "resource"), CREATED)
async def test_the_least_that_is_asked_for_is_enough(
    client: httpx.AsyncClient, contract: Contract, resource: Resource
) -> None:
    path = f"{contract.bases[0]}/{resource.name}"
    created = await client.post(path, json=least(contract, resource))
    assert created.status_code == 201, created.text
    href = created.headers["Location"]
    read = await client.get(href)
    assert read.status_code == 200
    assert Validators(contract).faults(resource.type, read.json()) == []
    assert (await client.get(path)).json() == [read.json()]
    if "PATCH" in resource.item:
        assert (await client.patch(href, json={"extra": [1]})).json()["extra"] == [1]
    if "DELETE" in resource.item:
        assert (await client.delete(href)).status_code == 204
        assert (await client.get(href)).status_code == 404


@pytest.mark.parametrize(("contract", "resource"), CREATED)
async def test_what_is_mandatory_is_missed_by_name(
    client: httpx.AsyncClient, contract: Contract, resource: Resource
) -> None:
    body = least(contract, resource)
    assert resource.create is not None
    for name in contract.mandatory(resource.create):
        answer = await client.post(
            f"{contract.bases[0]}/{resource.name}",
            json={other: value for other, value in body.items() if other != name},
        )
        assert answer.status_code == 400
        assert f"{name} is mandatory" in answer.json()["reason"]


@pytest.mark.parametrize(("contract", "resource"), CREATED)
async def test_a_wrong_type_is_refused_by_name(
    client: httpx.AsyncClient, contract: Contract, resource: Resource
) -> None:
    body = least(contract, resource)
    assert resource.create is not None
    for name, schema in contract.attributes(resource.create).items():
        resolved = contract.resolved(schema)
        if "type" not in resolved:
            continue
        wrong = {**body, name: "no such value" if "enum" in resolved else WRONG[resolved["type"]]}
        answer = await client.post(f"{contract.bases[0]}/{resource.name}", json=wrong)
        assert answer.status_code == 400, name
        assert answer.json()["reason"].startswith(name)


def least(contract: Contract, resource: Resource) -> dict[str, Any]:
    """The smallest body that the contract takes."""
    body = _least(contract, {"$ref": f"#/components/schemas/{resource.create}"})
    assert isinstance(body, dict)
    return body


def _least(contract: Contract, schema: Mapping[str, Any]) -> Any:
    type, schema = named(schema) or "", contract.resolved(schema)
    if "enum" in schema:
        return schema["enum"][0]
    attributes = contract.properties(schema)
    if attributes or schema.get("type") == "object":
        chosen = contract.types.get(type.partition("_")[0], type.partition("_")[0])
        mandatory = contract.mandatory(type) if type else schema.get("required", ())
        return {name: chosen if name == "@type" else _least(contract, attributes[name]) for name in mandatory}
    if schema.get("type") == "array":
        return [_least(contract, schema["items"])]
    written = "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "x"
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), written)
