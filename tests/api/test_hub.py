"""Listeners and the envelope of what they get."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest

from contracts.call import Principal
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.events import Ear
from gateway.events.signing import is_secret
from gateway.security import BANYAN
from gateway.store import Event, SqlStore, Store, outbox
from tests.clock import FakeClock
from tests.edge import Build, speaking_to

ORDERS = "/tmf-api/productOrderingManagement/v4"
CATALOG = "/tmf-api/productCatalogManagement"


async def test_a_listener_is_registered_read_and_removed(client: httpx.AsyncClient, store: Store) -> None:
    sent = {"callback": "http://127.0.0.1:9000/events", "query": "eventType=ProductOrderStateChangeEvent"}
    created = await client.post(f"{ORDERS}/hub", json=sent)
    assert created.status_code == 201
    listener = created.json()
    assert is_secret(listener.pop("secret"))
    assert listener.items() >= sent.items()
    assert created.headers["Location"] == f"{ORDERS}/hub/{listener['id']}"
    kept = await store.get(BANYAN, "banyan/hub", listener["id"])
    assert kept is not None
    assert kept.body.items() >= {**sent, "api": "TMF622", "version": "v4", "client": "anonymous"}.items()
    assert (await client.get(f"{ORDERS}/hub")).json() == [listener]
    assert (await client.get(f"{ORDERS}/hub/{listener['id']}")).json() == listener
    assert (await client.delete(f"{ORDERS}/hub/{listener['id']}")).status_code == 204
    assert (await client.get(f"{ORDERS}/hub/{listener['id']}")).status_code == 404


async def test_a_listener_belongs_to_its_client_api_and_version(client: httpx.AsyncClient) -> None:
    mine = (await client.post(f"{CATALOG}/v4/hub", json={"callback": "https://apps.example.org/x"})).json()["id"]
    other = {"X-Client-Id": "other"}
    for path, headers in ((f"{CATALOG}/v4", other), (f"{CATALOG}/v5", {}), (ORDERS, {})):
        assert (await client.get(f"{path}/hub", headers=headers)).json() == []
        assert (await client.get(f"{path}/hub/{mine}", headers=headers)).status_code == 404
        assert (await client.delete(f"{path}/hub/{mine}", headers=headers)).status_code == 404


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_an_event_arrives_in_the_listener_s_version(contracts: Contracts, version: str) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    body = {"id": "1", "name": "p", "policy": [{"id": "x"}]}
    event = Event("e", "ProductOfferingPriceCreateEvent", "TMF620/productOfferingPrice", "1", body, at)
    sent = Envelopes(contracts).render(event, Ear("TMF620", version))
    shown = sent["event"]["productOfferingPrice"]
    assert (sent["eventId"], sent["eventType"], sent["eventTime"]) == ("e", event.type, "2026-01-01T00:00:00.000Z")
    assert ("timeOcurred" in sent, "timeOccurred" in sent) == ((True, False) if version == "v4" else (False, True))
    assert sent.keys() >= {"correlationId", "domain", "title", "description", "priority"}
    assert shown["href"] == f"{CATALOG}/{version}/productOfferingPrice/1"
    assert ("constraint" in shown) == (version == "v4")


def test_an_event_is_named_after_the_listener_s_resource(contracts: Contracts) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    event = Event("e", "ProductCatalogDeleteEvent", "TMF620/productCatalog", "1", {"id": "1"}, at)
    sent = Envelopes(contracts).render(event, Ear("TMF620", "v4"))
    assert (sent["eventType"], list(sent["event"])) == ("CatalogDeleteEvent", ["catalog"])


async def test_every_api_has_a_hub_by_each_of_its_names(client: httpx.AsyncClient, contracts: Contracts) -> None:
    """Also in v5, where the documents make @type mandatory and nobody sends it."""
    bases = [base for contract in contracts if contract.hub is not None for base in contract.bases]
    assert len(bases) >= 60
    for base in bases:
        made = await client.post(f"{base}/hub", json={"callback": f"https://apps.example.org{base}"})
        assert made.status_code == 201, (base, made.text)
        href = made.headers["Location"]
        assert href == f"{base}/hub/{made.json()['id']}"
        assert (await client.get(href)).status_code == 200
        assert (await client.delete(href)).status_code == 204


async def test_what_only_we_say_of_a_listener_nobody_else_says(client: httpx.AsyncClient, store: Store) -> None:
    said = {"suspended": {"reason": "x"}, "unverified": True, "customers": ["ben"], "client": "other", "secrets": ["x"]}
    made = await client.post(f"{ORDERS}/hub", json={"callback": "https://apps.example.org/x", **said})
    assert made.json().keys().isdisjoint(said)
    kept = await store.get(BANYAN, "banyan/hub", made.json()["id"])
    assert kept is not None
    assert (kept.body["client"], kept.body["customers"], kept.body["secrets"]) == (
        "anonymous",
        None,
        [made.json()["secret"]],
    )


async def test_a_customer_s_listener_says_nothing_of_another_s(
    contracts: Contracts, store: SqlStore, clock: FakeClock
) -> None:
    """They come by the same app, with the same callback."""

    def principal(headers: Mapping[str, str]) -> Principal:
        who = headers.get("x-customers")
        return Principal("app", "app", "default", customers=None if who is None else frozenset({who}))

    kernel = Kernel(Contracts([contracts.contract("TMF622", "v4")]), {}, store, clock, principal)
    async with speaking_to(kernel) as client:
        for headers in ({"X-Customers": "anna"}, {"X-Customers": "ben"}, {}):
            for status in (201, 409):
                sent = {"callback": "http://127.0.0.1:1/x"}
                assert (await client.post(f"{ORDERS}/hub", json=sent, headers=headers)).status_code == status


async def test_an_event_of_an_inner_resource_has_an_address_that_can_be_read(
    build: Build, contracts: Contracts, store: SqlStore
) -> None:
    flows = "/tmf-api/processFlowManagement/v4/processFlow"
    async with speaking_to(build()) as client:
        flow = (await client.post(flows, json={"processFlowSpecification": "x"})).json()["id"]
        inner = await client.post(f"{flows}/{flow}/taskFlow", json={"taskFlowSpecification": "y"})
        assert inner.status_code == 201, inner.text
        *_, event = await outbox.unnumbered(store.database, 10)
        told = Envelopes(contracts).render(event, Ear("TMF701", "v4"))["event"]["taskFlow"]
        assert told["href"] == inner.headers["Location"]
        assert (await client.get(told["href"])).json()["id"] == told["id"]
