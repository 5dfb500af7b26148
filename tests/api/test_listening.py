"""What a listener asked for is what it gets, over HTTP from its registration to its deliveries."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from gateway.api.event import api as event
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.events import Relay, Reply
from gateway.events.signing import new_secret
from gateway.store import SqlStore
from tests.clock import FakeClock
from tests.edge import Build, public, speaking_to

ORDERS = "/tmf-api/productOrderingManagement/v4"
CATALOG = "/tmf-api/productCatalogManagement"
TICKETS = "/tmf-api/troubleTicket"
TOPICS = "/tmf-api/event/v4"
CALLBACK = "http://127.0.0.1:9000/events"


@dataclass
class Line:
    """A client, and everything that is delivered at any callback."""

    http: httpx.AsyncClient
    relay: Relay
    status: int = 204
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Reply:
        self.got.append((url, headers, body))
        return Reply(self.status)

    async def listen(self, base: str, query: str | None = None, callback: str = CALLBACK) -> Any:
        sent = {"@type": "Hub", "callback": callback} | ({} if query is None else {"query": query})
        answer = await self.http.post(f"{base}/hub", json=sent)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def told(self, turns: int = 4) -> list[dict[str, Any]]:
        """What arrived since the last look."""
        for _ in range(turns):
            async with asyncio.TaskGroup() as group:
                await self.relay.turn(group)
        bodies = [json.loads(body) for _, _, body in self.got]
        self.got.clear()
        return bodies

    async def make(self, path: str, **body: Any) -> str:
        answer = await self.http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])


@pytest.fixture
async def line(build: Build, contracts: Contracts, store: SqlStore, clock: FakeClock) -> AsyncIterator[Line]:
    rules = Rules(resolve=public)
    async with speaking_to(build(event.rooms(contracts, store, clock, rules), listeners=rules)) as client:
        found = Line(client, None)  # type: ignore[arg-type]
        found.relay = Relay(store, clock, Envelopes(contracts), found.send)
        yield found


async def test_every_write_is_told_by_its_own_event(line: Line) -> None:
    await line.listen(f"{CATALOG}/v4")
    href = await line.make(f"{CATALOG}/v4/productOffering", name="a", lifecycleStatus="In study")
    await line.http.patch(href, json={"name": "b"})
    await line.http.patch(href, json={"lifecycleStatus": "Active"})
    await line.http.patch(href, json={"lifecycleStatus": "Retired", "name": "c"})
    await line.http.patch(href, json={"name": "c"})
    await line.http.delete(href)
    told = await line.told(8)
    assert [each["eventType"].removeprefix("ProductOffering") for each in told] == [
        "CreateEvent",
        "AttributeValueChangeEvent",
        "StateChangeEvent",
        "StateChangeEvent",
        "AttributeValueChangeEvent",
        "DeleteEvent",
    ]
    assert [each["event"]["productOffering"]["name"] for each in told] == ["a", "b", "b", "c", "c", "c"]


@pytest.mark.parametrize(("version", "once"), [("v4", "timeOcurred"), ("v5", "timeOccurred")])
async def test_a_document_s_own_spelling(line: Line, version: str, once: str) -> None:
    await line.listen(f"{TICKETS}/{version}", "eventType=TroubleTicketStateChangeEvent")
    sent = {"name": "n", "description": "d", "severity": "s", "ticketType": "t"}
    href = await line.make(f"{TICKETS}/v4/troubleTicket", **sent)
    await line.http.patch(href, json={"status": "pending"})
    (told,) = await line.told()
    assert (told["eventType"], once in told) == ("TroubleTicketStatusChangeEvent", True)
    assert told["event"]["troubleTicket"]["href"].startswith(f"{TICKETS}/{version}/troubleTicket/")


@pytest.mark.parametrize(
    ("query", "heard"),
    [
        ("eventType=ProductOfferingCreateEvent", "ab"),
        ("eventType = ProductOfferingCreateEvent", "ab"),
        ("eventType=ProductOfferingDeleteEvent,CatalogCreateEvent", "c"),
        ("eventType=ProductOfferingCreateEvent&event.productOffering.name=b", "b"),
        ("productOffering.name=a", "a"),
        ("name=b,c", "bc"),
        ("name=a;name=c", "ac"),
        ("name.regex=^[ab]$", "ab"),
        ("relatedParty.id=14", "a"),
        ("$[?(@.event.productOffering.name=='b')]", "b"),
        ("filter=$[?(@.event.catalog.name=='c')]", "c"),
        ("domain=productCatalogManagement", "abc"),
        ("domain=elsewhere", ""),
    ],
)
async def test_a_query_chooses(line: Line, query: str, heard: str) -> None:
    await line.listen(f"{CATALOG}/v4", query)
    await line.make(f"{CATALOG}/v4/productOffering", name="a", lifecycleStatus="Active", isBundle=False)
    await line.make(f"{CATALOG}/v4/catalog", name="c", relatedParty=[{"id": "9"}])
    await line.make(f"{CATALOG}/v4/productOffering", name="b", lifecycleStatus="Active")
    if query.startswith("relatedParty"):
        await line.make(f"{CATALOG}/v4/catalog", name="a", relatedParty=[{"id": "14", "name": "x"}])
    names = [resource["name"] for each in await line.told() for resource in each["event"].values()]
    assert "".join(sorted(names)) == heard


async def test_fields_thin_what_is_told(line: Line) -> None:
    await line.listen(f"{CATALOG}/v4", "fields=domain,event.productOffering.name")
    await line.make(f"{CATALOG}/v4/productOffering", name="a", description="long")
    (told,) = await line.told()
    assert told.keys() == {"eventId", "eventTime", "eventType", "domain", "event"}
    assert told["event"]["productOffering"].keys() == {"id", "href", "name"}


@pytest.mark.parametrize(
    "query",
    ["$[?(", "limit=1", "a b", "=x", "nonsense=1", "event.nonsense.id=1", "event.catalog.nonsense=1",
     "fields=../..", "fields=nonsense", "name.regex=((", "sort=name", "$.nothing("],
)  # fmt: skip
async def test_a_query_that_nobody_understands(line: Line, query: str) -> None:
    answer = await line.http.post(f"{CATALOG}/v4/hub", json={"callback": CALLBACK, "query": query})
    assert (answer.status_code, answer.json()["@type"]) == (400, "Error")
    assert (await line.http.get(f"{CATALOG}/v4/hub")).json() == []


async def test_a_delivery_is_signed_with_the_secret_that_was_told_once(line: Line) -> None:
    listener = await line.listen(f"{CATALOG}/v4")
    read = (await line.http.get(f"{CATALOG}/v4/hub/{listener['id']}")).json()
    assert "secret" in listener
    assert listener["secret"] not in json.dumps(read)
    second = new_secret()
    changed = await line.http.patch(f"{CATALOG}/v4/hub/{listener['id']}", json={"secret": second})
    assert (changed.status_code, "secret" in changed.json()) == (200, False), changed.text
    await line.make(f"{CATALOG}/v4/productOffering", name="a")
    async with asyncio.TaskGroup() as group:
        await line.relay.turn(group)
    ((_, headers, body),) = line.got
    id, stamp = headers["webhook-id"], int(headers["webhook-timestamp"])
    wanted = [
        Webhook(each).sign(id, datetime.fromtimestamp(stamp, UTC), body.decode())
        for each in (second, listener["secret"])
    ]
    assert headers["webhook-signature"].split(" ") == wanted


async def test_park_unpark_replay_and_cancel(line: Line) -> None:
    listener = await line.listen(f"{CATALOG}/v4")
    deliveries = f"{CATALOG}/v4/hub/{listener['id']}/delivery"
    line.status = 500
    for name in "ab":
        await line.make(f"{CATALOG}/v4/productOffering", name=name)
    await line.told()
    pending = (await line.http.get(deliveries, params={"state": "pending"})).json()
    assert [(each["attempts"], each["lastStatus"]) for each in pending] == [(1, 500)] * 2
    first, second = (f"{deliveries}/{each['id']}" for each in pending)
    assert (await line.http.patch(first, json={"state": "parked"})).json()["state"] == "parked"
    assert (await line.http.patch(second, json={"state": "cancelled"})).json()["state"] == "cancelled"
    assert (await line.http.patch(second, json={"state": "parked"})).status_code == 409
    assert (await line.http.patch(second, json={"state": "nonsense"})).status_code == 400
    line.status = 204
    assert await line.told() == []
    assert (await line.http.patch(first, json={"state": "pending"})).json()["state"] == "pending"
    assert [each["event"]["productOffering"]["name"] for each in await line.told()] == ["a"]
    assert [each["state"] for each in (await line.http.get(deliveries)).json()] == ["delivered", "cancelled"]
    replay = f"{CATALOG}/v4/hub/{listener['id']}/replay"
    made = await line.http.post(replay, json={"from": "2020-01-01T00:00:00Z"})
    assert (made.status_code, made.json()["count"]) == (201, 2), made.text
    assert (await line.http.get(made.headers["Location"])).json()["count"] == 2
    assert sorted(each["event"]["productOffering"]["name"] for each in await line.told()) == ["a", "b"]
    assert (await line.http.post(replay, json={})).status_code == 400
    other = {"X-Client-Id": "other"}
    for path in (deliveries, first, replay, made.headers["Location"]):
        assert (await line.http.get(path, headers=other)).status_code == 404


async def test_what_is_asked_for_again_ends_a_suspension(line: Line) -> None:
    listener = await line.listen(f"{CATALOG}/v4")
    href = f"{CATALOG}/v4/hub/{listener['id']}"
    line.status = 410
    await line.make(f"{CATALOG}/v4/productOffering", name="a")
    await line.told()
    assert "410" in (await line.http.get(href)).json()["suspended"]["reason"]
    line.status = 204
    await line.make(f"{CATALOG}/v4/productOffering", name="b")
    assert await line.told() == []
    (parked,) = (await line.http.get(f"{href}/delivery", params={"state": "parked"})).json()
    await line.http.patch(f"{href}/delivery/{parked['id']}", json={"state": "pending"})
    assert [each["event"]["productOffering"]["name"] for each in await line.told()] == ["a"]
    assert "suspended" not in (await line.http.get(href)).json()


async def test_a_suspension_is_lifted_by_hand(line: Line) -> None:
    href = f"{CATALOG}/v4/hub/{(await line.listen(f'{CATALOG}/v4'))['id']}"
    line.status = 410
    await line.make(f"{CATALOG}/v4/productOffering", name="a")
    await line.told()
    assert (await line.http.patch(href, json={"callback": "https://elsewhere.example.org/"})).status_code in (400, 409)
    lifted = await line.http.patch(href, json={"suspended": None})
    assert (lifted.status_code, "suspended" in lifted.json()) == (200, False), lifted.text
    line.status = 204
    await line.make(f"{CATALOG}/v4/productOffering", name="b")
    assert [each["event"]["productOffering"]["name"] for each in await line.told()] == ["b"]


async def test_a_topic_gathers_takes_and_tells(line: Line) -> None:
    domain = {"headerQuery": "domain=productCatalogManagement", "contentQuery": "name=a"}
    topic = await line.make(f"{TOPICS}/topic", name="offers", **domain)
    made = await line.http.post(f"{topic}/hub", json={"callback": CALLBACK})
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{topic}/hub/{made.json()['id']}"
    await line.make(f"{CATALOG}/v4/productOffering", name="a")
    await line.make(f"{CATALOG}/v4/productOffering", name="b")
    posted = await line.http.post(f"{topic}/event", json={"eventType": "Storm", "event": {"wind": 12}})
    assert posted.status_code == 201, posted.text
    told = await line.told()
    assert sorted(each["eventType"] for each in told) == ["ProductOfferingCreateEvent", "Storm"]
    listed = await line.http.get(f"{topic}/event")
    assert [each["eventType"] for each in listed.json()] == ["ProductOfferingCreateEvent", "Storm"]
    assert listed.headers["X-Total-Count"] == "2"
    assert [each["event"] for each in (await line.http.get(f"{topic}/event?eventType=Storm")).json()] == [{"wind": 12}]
    assert (await line.http.get(posted.headers["Location"])).json()["event"] == {"wind": 12}
    other = await line.make(f"{TOPICS}/topic", name="other")
    assert (await line.http.get(f"{other}/event")).json() == []
    assert (await line.http.get(f"{other}/hub/{made.json()['id']}")).status_code == 404
    assert (await line.http.post(f"{TOPICS}/topic", json={"name": "x", "contentQuery": "$[?("})).status_code == 400
    assert (await line.http.delete(topic)).status_code == 204
    await line.make(f"{CATALOG}/v4/productOffering", name="a")
    assert await line.told() == []
    assert (await line.http.get(f"{topic}/event")).status_code == 404
