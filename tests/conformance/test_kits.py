"""The conformance kits replayed: the least they post is taken, and every row then carries what they demand."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.forms.schema import Validators
from tests.edge import SERVED, Build, only, speaking_to
from tests.kits import KITS, Kit

NOBODY = UUID("5f0c6e1a-8a66-4a0e-9f0e-3f3c5a3f7a11")
BY_PATH: dict[str, tuple[Contract, Resource]] = {
    f"{base}/{resource.name}": (contract, resource)
    for contract in SERVED
    for base in contract.bases
    for resource in contract.resources.values()
}

pytestmark = pytest.mark.parametrize("kit", KITS, ids=lambda kit: kit.path)


def path(kit: Kit) -> str:
    return f"/tmf-api/{kit.path}"


@pytest.fixture
async def client(build: Build, kit: Kit) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking_to(build(served=only(BY_PATH[path(kit)][0].api))) as client:
        yield client


@pytest.fixture
async def rows(client: httpx.AsyncClient, kit: Kit) -> list[dict[str, Any]]:
    """Two rows, each posted with the least."""
    posted = [await client.post(path(kit), json=kit.least) for _ in range(2)]
    assert [answer.status_code for answer in posted] == [201, 201], posted[0].text
    return [answer.json() for answer in posted]


async def test_the_least_is_taken(client: httpx.AsyncClient, kit: Kit) -> None:
    created = await client.post(path(kit), json=kit.least)
    assert created.status_code == 201, created.text
    row = created.json()
    assert isinstance(row["id"], str)
    assert created.headers["Location"] == row["href"] == f"{path(kit)}/{row['id']}"
    assert {name: row[name] for name in kit.least} == kit.least
    assert (await client.get(row["href"])).json() == row


async def test_every_row_carries_what_is_demanded(
    client: httpx.AsyncClient, kit: Kit, rows: list[dict[str, Any]]
) -> None:
    listed = await client.get(path(kit))
    assert (listed.status_code, listed.json()) == (200, rows)
    contract, resource = BY_PATH[path(kit)]
    for row in rows:
        assert {"id", "href", *kit.demanded.split()} <= row.keys()
        assert Validators(contract).faults(resource.type, row) == []


async def test_a_filter_finds_its_row(client: httpx.AsyncClient, kit: Kit, rows: list[dict[str, Any]]) -> None:
    row = rows[0]
    for name in ("id", *kit.demanded.split()):
        if isinstance(row[name], dict | list):
            continue
        value = json.dumps(row[name]) if isinstance(row[name], bool) else str(row[name])
        for written in (value, f'"{value}"', f"'{value}'") if kit.quoted else (value,):
            found = await client.get(path(kit), params={name: written})
            assert found.status_code == 200, found.text
            assert row in found.json(), name
        other = await client.get(path(kit), params={name: f"{value[:-1]}x"})
        assert other.json() == [] or other.status_code == 400


async def test_fields_are_the_ones_asked_for(client: httpx.AsyncClient, kit: Kit, rows: list[dict[str, Any]]) -> None:
    contract, resource = BY_PATH[path(kit)]
    always = {"id", "href", *({"@type"} & contract.mandatory(resource.type))}
    for name in kit.demanded.split():
        expected = {key: rows[0][key] for key in {*always, name}}
        for found in (await client.get(path(kit), params={"fields": name})).json()[:1]:
            assert found == expected
        assert (await client.get(rows[0]["href"], params={"fields": name})).json() == expected


async def test_what_is_mandatory_is_missed(client: httpx.AsyncClient, kit: Kit) -> None:
    contract, resource = BY_PATH[path(kit)]
    for missing in kit.least.keys() & contract.mandatory(str(resource.create)):
        rest = {name: value for name, value in kit.least.items() if name != missing}
        refused = await client.post(path(kit), json=rest)
        assert refused.status_code == 400
        assert {"code", "reason"} <= refused.json().keys()
        assert missing in refused.json()["reason"]


async def test_nobody_is_not_found(client: httpx.AsyncClient, kit: Kit, rows: list[dict[str, Any]]) -> None:
    assert NOBODY not in {UUID(row["id"]) for row in rows}
    missed = await client.get(f"{path(kit)}/{NOBODY}")
    assert missed.status_code == 404
    assert {"code", "reason"} <= missed.json().keys()


async def test_one_field_is_patched_as_plain_json(
    client: httpx.AsyncClient, kit: Kit, rows: list[dict[str, Any]]
) -> None:
    _, resource = BY_PATH[path(kit)]
    row = rows[0]
    for name in kit.least if "PATCH" in resource.item else ():
        if name == "@type" or not isinstance(row[name], str):
            continue
        changed = await client.patch(row["href"], json={name: row[name]})
        assert (changed.status_code, changed.json()[name]) == (200, row[name])
    if "PATCH" in resource.item:
        changed = await client.patch(row["href"], json={"note_of_ours": "seen"})
        assert (changed.status_code, changed.json()["note_of_ours"]) == (200, "seen")
        assert (await client.get(row["href"])).json() == changed.json()
        assert (await client.get(rows[1]["href"])).json() == rows[1]


async def test_what_is_deleted_is_gone(client: httpx.AsyncClient, kit: Kit, rows: list[dict[str, Any]]) -> None:
    _, resource = BY_PATH[path(kit)]
    gone = await client.delete(rows[0]["href"])
    if "DELETE" not in resource.item:
        assert gone.status_code == 405
        return
    assert gone.status_code == 204
    assert (await client.get(rows[0]["href"])).status_code == 404
    assert (await client.get(path(kit))).json() == rows[1:]
