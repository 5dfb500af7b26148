"""Usage and consumption over HTTP, from a file in the drop folder to the answer an app gets."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.call import Principal
from gateway.api.prepay_balance.translate import BALANCE_DOCUMENTS
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.forms.schema import Validators
from gateway.api.tmf630.kernel import Kernel
from gateway.api.usage import api as usage_api
from gateway.api.usage_consumption import api as consumption_api
from gateway.flows.balance import Balances, Prepaid, Subscribers
from gateway.flows.mirror import Mirror
from gateway.flows.usage import Guide
from gateway.flows.usage.consumption import Consumption
from gateway.flows.usage.specifications import publish
from gateway.policy import PolicedPorts
from gateway.store import Put
from gateway.store.port import Crossref, Document, Link
from tests.edge import SERVED, speaking_to
from tests.usage.world import BACKGROUND, World, csv

USAGE = "/tmf-api/usageManagement/v4/usage"
CONSUMPTION = "/tmf-api/usageConsumption/v4/queryUsageConsumption"
ABOUT_USAGE = Contracts([contract for contract in SERVED if contract.api in {"TMF635", "TMF677"}])
ROWS = (
    "a,491700000001,2026-11-02T10:00:00Z,voice,60,seconds",
    "b,491700000001,2026-11-03T10:00:00Z,voice,60,seconds",
    "c,491700000001,2026-11-04T10:00:00Z,data,7,bytes",
    "d,491709999999,2026-11-05T10:00:00Z,message,1,1",
)


def kernel(world: World, principal: Principal = BACKGROUND) -> Kernel:
    contracts = ABOUT_USAGE
    guide = Guide(world.usage, world.store, world.clock, BACKGROUND)
    consumption = Consumption(world.usage, world.store, world.clock, BACKGROUND)
    ports, subscribers = PolicedPorts([], world.clock), Subscribers(world.store, BACKGROUND)
    balances = Balances(Mirror(world.store, world.clock, BACKGROUND), ports, subscribers, BALANCE_DOCUMENTS)
    prepaid = Prepaid(ports, subscribers, balances, world.clock)
    rooms = {
        **usage_api.rooms(contracts, world.usage, guide, world.store, world.clock),
        **consumption_api.rooms(contracts, consumption, prepaid, world.store, world.clock),
    }
    return Kernel(contracts, rooms, world.store, world.clock, lambda _: principal)


@pytest.fixture
async def app(world: World) -> AsyncIterator[httpx.AsyncClient]:
    await world.bundle("anna", [("hundred", "seconds", 100)], msisdn=["491700000001"])
    await world.take("all.csv", csv(*ROWS))
    async with speaking_to(kernel(world)) as client:
        yield client


async def listed(app: httpx.AsyncClient, **query: Any) -> tuple[list[dict[str, Any]], int]:
    answer = await app.get(USAGE, params=query)
    assert answer.status_code in {200, 206}, answer.text
    return answer.json(), int(answer.headers["X-Total-Count"])


async def test_usage_is_listed_filtered_and_paged(app: httpx.AsyncClient) -> None:
    rows, total = await listed(app)
    assert total == 4
    first = rows[0]
    assert (first["usageType"], first["status"], first["usageSpecification"]["id"]) == ("voice", "rated", "voice")
    assert {"name": "amount", "valueType": "integer", "value": 60} in first["usageCharacteristic"]
    assert first["relatedParty"][0]["id"] == "anna"
    assert first["ratedProductUsage"][0]["usageRatingTag"] == "included usage"
    assert first["ratedProductUsage"][0]["productRef"]["id"] == "anna-hundred"
    assert [rated["usageRatingTag"] for rated in rows[1]["ratedProductUsage"]] == [
        "included usage",
        "non included usage",
    ]
    assert (await listed(app, usageType="data"))[1] == 1
    assert (await listed(app, status="received"))[0][0]["usageType"] == "message"
    assert (await listed(app, **{"relatedParty.id": "anna"}))[1] == 3
    assert (await listed(app, **{"usageDate.gt": "2026-11-03T10:00:00Z"}))[1] == 2
    assert (await listed(app, usageDate="2026-11-03T10:00:00Z"))[1] == 1
    assert [row["id"] for row in (await listed(app, limit=1, offset=2))[0]] == [rows[2]["id"]]
    assert (await app.get(f"{USAGE}/{first['id']}")).json()["id"] == first["id"]
    assert (await app.get(f"{USAGE}/nothing")).status_code == 404
    assert (await app.get(USAGE, params={"description": "x"})).status_code == 400


async def test_consumption_is_asked_and_kept(app: httpx.AsyncClient) -> None:
    asked = {"relatedParty": [{"id": "anna", "@referredType": "Customer"}]}
    answer = await app.post(CONSUMPTION, json=asked)
    assert answer.status_code == 201, answer.text
    (bundle,) = answer.json()["usageConsumption"]
    voice, data = bundle["bucketRefOrValue"]
    assert (voice["remainingValue"], voice["usageType"]) == ({"amount": 0, "units": "seconds"}, "voice")
    assert [counter["counterType"] for counter in voice["bucketCounter"]] == ["used", "outOfBundle"]
    assert data["bucketCounter"][0]["value"] == {"amount": 7, "units": "bytes"}
    id = answer.json()["id"]
    assert (await app.get(f"{CONSUMPTION}/{id}")).json()["usageConsumption"] == [bundle]
    assert [row["id"] for row in (await app.get(CONSUMPTION)).json()] == [id]
    by_product = {"searchCriteria": {"product": [{"id": "anna-hundred"}]}}
    assert (await app.post(CONSUMPTION, json=by_product)).json()["usageConsumption"][0]["id"] == "anna-hundred"


async def test_who_is_no_customer_has_consumed_nothing(app: httpx.AsyncClient) -> None:
    """As conformance kits ask: with a party that they made up."""
    unknown = {"relatedParty": [{"id": "nobody", "@referredType": "Customer"}]}
    answer = await app.post(CONSUMPTION, json=unknown)
    assert (answer.status_code, answer.json()["usageConsumption"]) == (201, []), answer.text
    assert answer.json()["relatedParty"][0]["id"] == "nobody"
    assert (await app.get(answer.headers["Location"])).json() == answer.json()
    number = {"searchCriteria": {"logicalResource": [{"id": "499999999"}]}}
    answer = await app.post(CONSUMPTION, json={**unknown, **number})
    assert (answer.status_code, answer.json()["usageConsumption"]) == (201, []), answer.text
    assert (await app.post(CONSUMPTION, json={})).status_code == 400


async def test_a_stranger_sees_no_usage(app: httpx.AsyncClient, world: World) -> None:
    (row, *_), _ = await listed(app)
    await world.store.commit(Put(Document("TMF629/customer", "ben", {"id": "ben"}, owner="ben")))
    async with speaking_to(kernel(world, Principal("ben", "app", "default", frozenset({"ben"})))) as ben:
        assert (await listed(ben))[1] == 0
        assert (await ben.get(f"{USAGE}/{row['id']}")).status_code == 404
        foreign = {"relatedParty": [{"id": "anna", "@referredType": "Customer"}]}
        assert (await ben.post(CONSUMPTION, json=foreign)).status_code == 404
        nobody = {"relatedParty": [{"id": "nobody", "@referredType": "Customer"}]}
        assert (await ben.post(CONSUMPTION, json=nobody)).status_code == 404


async def test_an_app_posts_usage_and_it_is_charged(app: httpx.AsyncClient) -> None:
    body = {
        "usageDate": "2026-11-01T09:00:00Z",
        "usageType": "voice",
        "usageSpecification": {"id": "voice"},
        "usageCharacteristic": [{"name": "msisdn", "value": "491700000001"}, {"name": "amount", "value": 10}],
    }
    answers = [await app.post(USAGE, json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[0].json()["ratedProductUsage"][0]["usageRatingTag"] == "included usage"
    rows, total = await listed(app, usageType="voice")
    assert total == 3
    rated = [
        each for row in rows for each in row["ratedProductUsage"] if each["usageRatingTag"] == "non included usage"
    ]
    assert [each["bucketValueConvertedInAmount"]["value"] for each in rated] == [30]


async def test_free_usage_of_an_app_is_kept_changed_and_removed(app: httpx.AsyncClient) -> None:
    body = {"usageDate": "2026-11-01T09:00:00Z", "usageType": "parking", "usageSpecification": {"id": "p"}}
    kept = (await app.post(USAGE, json=body)).json()
    changed = await app.patch(f"{USAGE}/{kept['id']}", json={"description": "two hours"})
    assert (changed.status_code, changed.json()["description"]) == (200, "two hours")
    assert (await app.delete(f"{USAGE}/{kept['id']}")).status_code == 204
    assert (await app.get(f"{USAGE}/{kept['id']}")).status_code == 404
    (row, *_), _ = await listed(app)
    assert (await app.patch(f"{USAGE}/{row['id']}", json={"description": "x"})).status_code == 501
    removed = await app.delete(f"{USAGE}/{row['id']}")
    assert (removed.status_code, "usage that" in removed.json()["message"]) == (501, True)


async def test_consumption_is_found_by_each_criterion(app: httpx.AsyncClient, world: World) -> None:
    await world.bundle("anna", [("five", "bytes", 5)], msisdn=["491700000002"])
    await world.store.commit(Link(Crossref("account", "anna-account", "default", "billing", "7", {"customer": "anna"})))
    for criteria, bundles in (
        ({"relatedParty": [{"id": "anna"}]}, ["anna-hundred", "anna-five"]),
        ({"partyAccount": [{"id": "anna-account"}]}, ["anna-hundred", "anna-five"]),
        ({"product": [{"id": "anna-five"}]}, ["anna-five"]),
        ({"logicalResource": [{"id": "+49 170 0000002"}]}, ["anna-five"]),
        ({"logicalResource": [{"id": "491700000001"}], "relatedParty": [{"id": "anna"}]}, ["anna-hundred"]),
        ({"product": [{"id": "anna-five"}], "logicalResource": [{"id": "491700000001"}]}, []),
    ):
        answer = await app.post(CONSUMPTION, json={"searchCriteria": criteria})
        assert answer.status_code == 201, answer.text
        assert [each["id"] for each in answer.json()["usageConsumption"]] == bundles, criteria


async def test_consumption_is_never_answered_wider_than_asked(app: httpx.AsyncClient) -> None:
    anna: dict[str, Any] = {"relatedParty": [{"id": "anna"}]}
    for criteria, status, named in (
        ({"relatedParty": [{"id": "nobody"}, {"id": "anna"}]}, 404, ""),
        ({"partyAccount": [{"id": "nobody"}]}, 404, ""),
        ({"product": [{"id": "nothing"}]}, 404, ""),
        ({**anna, "product": [{"id": "nothing"}]}, 404, ""),
        ({**anna, "logicalResource": [{"id": "499999999"}]}, 404, ""),
        ({"service": [{"id": "nothing"}]}, 404, ""),
        ({**anna, "validPeriod": {"startDateTime": "2026-10-01T00:00:00Z"}}, 400, "validPer"),
        ({**anna, "bucketRefOrValue": [{"id": "hundred"}]}, 400, "bucket"),
        ({**anna, "name": "x"}, 400, "name"),
    ):
        answer = await app.post(CONSUMPTION, json={"searchCriteria": criteria})
        assert answer.status_code == status, answer.text
        assert named in answer.json()["reason"]


async def test_the_specification_of_each_kind_can_be_read(app: httpx.AsyncClient, world: World) -> None:
    await publish(world.store, BACKGROUND)
    await publish(world.store, BACKGROUND)
    for row in (await listed(app))[0]:
        answer = await app.get(f"{USAGE}Specification/{row['usageSpecification']['id']}")
        assert (answer.status_code, answer.json()["name"]) == (200, row["usageSpecification"]["name"])
    assert (await app.get(f"{USAGE}Specification")).headers["X-Total-Count"] == "4"


async def test_posted_usage_refers_to_a_specification_that_can_be_read(app: httpx.AsyncClient, world: World) -> None:
    await publish(world.store, BACKGROUND)
    for kind, name in (("voice", "Voice call"), ("parking", "Other usage")):
        body = {"usageDate": "2026-11-01T09:00:00Z", "usageType": kind}
        posted = (await app.post(USAGE, json=body)).json()["usageSpecification"]
        read = await app.get(f"{USAGE}Specification/{posted['id']}")
        assert (read.status_code, read.json()["name"], posted["name"]) == (200, name, name)


NEWER = "/tmf-api/usageConsumption/v5"
IN_V5 = {
    "role": "customer",
    "@type": "RelatedPartyRefOrPartyRoleRef",
    "partyOrPartyRole": {"id": "anna", "@type": "PartyRef", "@referredType": "Customer"},
}


async def test_a_query_is_one_in_both_versions(app: httpx.AsyncClient) -> None:
    body = {"relatedParty": [IN_V5], "@type": "QueryUsageConsumption"}
    asked = await app.post(f"{NEWER}/queryUsageConsumption", json=body)
    assert asked.status_code == 201, asked.text
    newer = asked.json()
    assert newer["state"] == "done"
    assert valid("v5", "QueryUsageConsumption_RES", newer)
    older = (await app.get(f"{CONSUMPTION}/{newer['id']}")).json()
    assert valid("v4", "QueryUsageConsumption", older)
    assert older["relatedParty"][0]["id"] == "anna"
    assert older["queryUsageConsumptionDate"] == newer["creationDate"]
    [was], [now] = older["usageConsumption"], newer["usageConsumption"]
    assert [bucket["remainingValue"] for bucket in was["bucketRefOrValue"]] == [
        bucket["remainingValue"] for bucket in now["bucket"]
    ]


async def test_a_report_is_one_over_all_bundles(app: httpx.AsyncClient, world: World) -> None:
    await world.bundle("anna", [("fifty", "bytes", 50)], msisdn=["491700000002"])
    body = {"name": "November", "relatedParty": [IN_V5], "@type": "UsageConsumptionReport"}
    made = await app.post(f"{NEWER}/usageConsumptionReport", json=body)
    assert made.status_code == 201, made.text
    report = made.json()
    assert valid("v5", "UsageConsumptionReport_RES", report)
    assert len(report["product"]) == 2
    assert len(report["bucket"]) >= 2
    assert (await app.get(made.headers["Location"])).json() == report
    nobody = {**IN_V5, "partyOrPartyRole": {"id": "nobody", "@type": "PartyRef"}}
    nothing = await app.post(f"{NEWER}/usageConsumptionReport", json={**body, "relatedParty": [nobody]})
    assert (nothing.status_code, nothing.json()["bucket"]) == (201, []), nothing.text


def valid(version: str, type: str, body: dict[str, Any]) -> bool:
    return Validators(SERVED.contract("TMF677", version)).faults(type, body) == []
