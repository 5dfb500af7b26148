"""What lies inside another resource: parts of an address that became known, tasks of a flow; and PUT."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.api.geographic_address import api
from gateway.api.tmf630.contract import Contracts
from gateway.store import Store
from tests.clock import FakeClock
from tests.edge import Build, speaking_to

BASE = "/tmf-api/geographicAddressManagement/v4"
HOUSE = {"country": "NL", "city": "Delft", "postcode": "2611", "streetName": "Markt", "streetNr": "87"}
FLATS = {**HOUSE, "geographicSubAddress": [{"name": "left", "levelNumber": "1"}, {"name": "right"}]}


@pytest.fixture
async def client(
    build: Build, contracts: Contracts, store: Store, clock: FakeClock
) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking_to(build(api.rooms(contracts, store, clock))) as client:
        yield client


async def validated(client: httpx.AsyncClient, address: dict[str, Any]) -> dict[str, Any]:
    asked = {"submittedGeographicAddress": address, "provideAlternative": True}
    answer = await client.post(f"{BASE}/geographicAddressValidation", json=asked)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert (found["state"], found["submittedGeographicAddress"]) == ("done", address)
    assert found["validationDate"]
    return found


async def test_a_complete_address_becomes_known_once(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{BASE}/geographicAddress")).json() == []
    first, again = await validated(client, HOUSE), await validated(client, HOUSE)
    assert first["validationResult"] == again["validationResult"] == "success"
    rows = (await client.get(f"{BASE}/geographicAddress")).json()
    assert rows == [first["validGeographicAddress"]] == [again["validGeographicAddress"]]
    assert {name: rows[0][name] for name in HOUSE} == HOUSE
    assert (await client.get(rows[0]["href"])).json() == rows[0]
    assert (await client.get(f"{BASE}/geographicAddress?city=Delft")).json() == rows
    assert (await client.get(f"{BASE}/geographicAddress?city=Breda")).json() == []


async def test_an_incomplete_address_is_told_its_alternatives(client: httpx.AsyncClient) -> None:
    known = (await validated(client, HOUSE))["validGeographicAddress"]
    missing = {name: value for name, value in HOUSE.items() if name != "streetNr"}
    told = await validated(client, missing)
    assert told["validationResult"] == "fail"
    assert told["alternateGeographicAddress"] == [known]
    assert "validGeographicAddress" not in told
    assert len((await client.get(f"{BASE}/geographicAddress")).json()) == 1


async def test_a_sub_address_is_found_in_its_address_only(client: httpx.AsyncClient) -> None:
    flats = (await validated(client, FLATS))["validGeographicAddress"]
    other = (await validated(client, {**HOUSE, "streetNr": "1"}))["validGeographicAddress"]
    inside = f"{flats['href']}/geographicSubAddress"
    rows = (await client.get(inside)).json()
    assert rows == flats["geographicSubAddress"]
    assert (await client.get(f"{inside}?levelNumber=1")).json() == rows[:1]
    assert (await client.get(rows[1]["href"])).json() == rows[1]
    assert (await client.get(f"{other['href']}/geographicSubAddress")).json() == []
    id = rows[0]["id"]
    assert (await client.get(f"{other['href']}/geographicSubAddress/{id}")).status_code == 404
    assert (await client.get(f"{BASE}/geographicAddress/nowhere/geographicSubAddress")).status_code == 404
    assert (await client.post(inside, json={"name": "attic"})).status_code == 405


async def test_a_task_flow_lies_in_its_process_flow(client: httpx.AsyncClient) -> None:
    flows = "/tmf-api/processFlowManagement/v4/processFlow"
    first, second = [
        (await client.post(flows, json={"processFlowSpecification": name})).json()["href"] for name in ("a", "b")
    ]
    created = await client.post(f"{first}/taskFlow", json={"taskFlowSpecification": "call"})
    assert created.status_code == 201, created.text
    task = created.json()
    assert created.headers["Location"] == task["href"] == f"{first}/taskFlow/{task['id']}"
    assert (task["state"], "@aside" in task) == ("new", False)
    assert (await client.get(f"{first}/taskFlow")).json() == [task]
    assert (await client.get(f"{second}/taskFlow")).json() == []
    assert (await client.get(f"{second}/taskFlow/{task['id']}")).status_code == 404
    assert (await client.patch(f"{second}/taskFlow/{task['id']}", json={"state": "active"})).status_code == 404
    changed = await client.patch(task["href"], json={"@aside": {"processFlow": second.rpartition("/")[2]}})
    assert changed.status_code in (200, 400)
    assert (await client.get(f"{first}/taskFlow")).json() != []
    assert (await client.post(f"{flows}/nowhere/taskFlow", json={})).status_code == 404
    assert (await client.delete(first)).status_code == 204
    assert (await client.get(task["href"])).status_code == 404


async def test_put_replaces_what_is_the_clients_to_say(client: httpx.AsyncClient) -> None:
    path = "/tmf-api/loyalty/v4/loyaltyCondition"
    created = await client.post(path, json={"attribute": "age", "operator": ">", "value": "60", "why": "senior"})
    row = created.json()
    put = await client.put(row["href"], json={"attribute": "age", "operator": ">", "value": "65"})
    assert put.status_code == 200, put.text
    replaced = {**{name: row[name] for name in ("id", "href", "@type")}, "attribute": "age"}
    assert put.json() == {**replaced, "operator": ">", "value": "65"}
    assert (await client.get(row["href"])).json() == put.json()
    assert (await client.put(f"{path}/nothing", json={"attribute": "a"})).status_code == 404
    assert (await client.put(path, json={"attribute": "a"})).status_code == 405
