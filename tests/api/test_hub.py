"""Listeners and the envelope of what they get."""

from datetime import UTC, datetime

import httpx
import pytest

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.envelope import event_renderer
from gateway.security import BANYAN
from gateway.store import Event, Store

ORDERS = "/tmf-api/productOrderingManagement/v4"
CATALOG = "/tmf-api/productCatalogManagement"


async def test_a_listener_is_registered_read_and_removed(client: httpx.AsyncClient, store: Store) -> None:
    sent = {"callback": "http://127.0.0.1:9000/events", "query": "eventType=ProductOrderStateChangeEvent"}
    created = await client.post(f"{ORDERS}/hub", json=sent)
    assert created.status_code == 201
    listener = created.json()
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
    sent = event_renderer(contracts)(event, version)
    shown = sent["event"]["productOfferingPrice"]
    assert (sent["eventId"], sent["eventType"], sent["eventTime"]) == ("e", event.type, "2026-01-01T00:00:00.000Z")
    assert ("timeOcurred" in sent, "timeOccurred" in sent) == ((True, False) if version == "v4" else (False, True))
    assert sent.keys() >= {"correlationId", "domain", "title", "description", "priority"}
    assert shown["href"] == f"{CATALOG}/{version}/productOfferingPrice/1"
    assert ("constraint" in shown) == (version == "v4")


def test_an_event_is_named_after_the_listener_s_resource(contracts: Contracts) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    event = Event("e", "ProductCatalogDeleteEvent", "TMF620/productCatalog", "1", {"id": "1"}, at)
    sent = event_renderer(contracts)(event, "v4")
    assert (sent["eventType"], list(sent["event"])) == ("CatalogDeleteEvent", ["catalog"])
