"""Every resource of every contract: what its document declares is what the kernel asks for, keeps and answers."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.schema import Validators
from tests.edge import SERVED, Build, only, speaking_to

BEHIND = ("TMF640/service", "TMF688/event", "TMF688/hub")
"""What is carried out behind, or by the streams of events: tests of their own prove those."""
WRONG = {"string": 1, "integer": "1", "number": "1", "boolean": "true", "array": {}, "object": []}


def created(contract: Contract) -> list[Resource]:
    """What clients create there, at once."""
    return [each for each in contract.resources.values() if each.create is not None and each.kind not in BEHIND]


CREATED = [
    pytest.param(contract, resource, id=f"{contract.api}-{contract.version}-{resource.name}")
    for contract in SERVED
    for resource in created(contract)
]


@pytest.fixture
async def client(build: Build, contract: Contract) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking_to(build(served=only(contract.api))) as client:
        yield client


@pytest.mark.parametrize(("contract", "resource"), CREATED)
async def test_the_least_that_is_asked_for_is_enough(
    client: httpx.AsyncClient, contract: Contract, resource: Resource
) -> None:
    path = await collection(client, contract, resource)
    answer = await client.post(path, json=least(contract, resource))
    assert answer.status_code == 201, answer.text
    href = answer.headers["Location"]
    read = await client.get(href)
    assert read.status_code == 200
    assert Validators(contract).faults(resource.type, read.json()) == []
    assert (await client.get(path)).json() == [read.json()]
    for name in {"id", "href", "@type", *contract.mandatory(str(resource.create))} & read.json().keys():
        if isinstance(value := read.json()[name], str):
            assert (await client.get(path, params={name: value})).json() == [read.json()], name
            assert (await client.get(path, params={"fields": name})).json()[0][name] == value
    if "PATCH" in resource.item:
        assert (await client.patch(href, json={"extra": [1]})).json()["extra"] == [1]
    if "DELETE" in resource.item:
        assert (await client.delete(href)).status_code == 204
        assert (await client.get(href)).status_code == 404


@pytest.mark.parametrize("contract", list(SERVED), ids=lambda contract: f"{contract.api}-{contract.version}")
async def test_what_is_mandatory_is_missed_by_name(client: httpx.AsyncClient, contract: Contract) -> None:
    for resource in created(contract):
        body, path = least(contract, resource), await collection(client, contract, resource)
        for name in contract.mandatory(str(resource.create)):
            answer = await client.post(path, json={other: value for other, value in body.items() if other != name})
            assert answer.status_code == 400, path
            assert f"{name} is mandatory" in answer.json()["reason"]


@pytest.mark.parametrize("contract", list(SERVED), ids=lambda contract: f"{contract.api}-{contract.version}")
async def test_a_wrong_type_is_refused_by_name(client: httpx.AsyncClient, contract: Contract) -> None:
    for resource in created(contract):
        body, path = least(contract, resource), await collection(client, contract, resource)
        for name, schema in contract.attributes(str(resource.create)).items():
            resolved = contract.resolved(schema)
            if "type" not in resolved:
                continue
            wrong = {**body, name: "no such value" if "enum" in resolved else WRONG[resolved["type"]]}
            answer = await client.post(path, json=wrong)
            assert answer.status_code == 400, (path, name)
            assert answer.json()["reason"].startswith(name)


async def collection(client: httpx.AsyncClient, contract: Contract, resource: Resource) -> str:
    """Its path; of what lies within another resource, in one that was just created."""
    if resource.within is None:
        return f"{contract.bases[0]}/{resource.name}"
    outer = contract.resources[resource.within]
    made = await client.post(f"{contract.bases[0]}/{outer.name}", json=least(contract, outer))
    return f"{made.json()['href']}/{resource.name}"


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
        plain, kinds = type.partition("_")[0], schema.get("discriminator", {}).get("mapping", {})
        chosen = contract.types.get(plain, plain if not kinds or plain in kinds else list(kinds)[-1])
        mandatory = set(contract.mandatory(type) if type else schema.get("required", ()))
        types = contract.resolved(attributes.get("@type", {})).get("enum", [chosen])
        if str(types[0]).endswith("Ref"):
            mandatory.add("id")
        return {name: types[0] if name == "@type" else _least(contract, attributes.get(name, {})) for name in mandatory}
    if schema.get("type") == "array":
        return [_least(contract, schema["items"])]
    written = "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "x"
    return {"integer": 1, "number": 1, "boolean": True}.get(schema.get("type", ""), written)
