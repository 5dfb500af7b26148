"""Writes that are carried out behind: 202, a monitor that tells how they go, and nothing done twice."""

from typing import Any

import httpx
import pytest

from contracts.call import Principal
from gateway.api.tmf630.kernel import Kernel, Limits
from gateway.security import BANYAN
from gateway.store import Store, Unreachable
from tests.clock import FakeClock
from tests.edge import Build, speaking_to

OFFERINGS = "/tmf-api/productCatalogManagement/v5/productOffering"
MONITORS = "/tmf-api/productCatalogManagement/v5/monitor"
BASE = "/tmf-api/ServiceActivationAndConfiguration/v4"
SERVICE = {"state": "active", "serviceSpecification": {"id": "1"}}
LATER = {"Expect": "202-accepted"}


@pytest.fixture
def kernel(build: Build) -> Kernel:
    return build()


async def done(client: httpx.AsyncClient, kernel: Kernel, accepted: httpx.Response) -> dict[str, Any]:
    assert accepted.status_code == 202, accepted.text
    at = accepted.headers["Location"]
    assert (await client.get(at)).json()["state"] == "InProgress"
    assert await kernel.deferred.work()
    monitor: dict[str, Any] = (await client.get(at)).json()
    assert (monitor["href"], monitor["@type"]) == (at, "Monitor")
    return monitor


async def test_a_write_is_accepted_and_then_carried_out(kernel: Kernel) -> None:
    async with speaking_to(kernel) as client:
        body = {"@type": "ProductOffering", "name": "line"}
        created = await client.post(OFFERINGS, json=body, headers={"Prefer": "respond-async, wait=5"})
        assert created.headers["Preference-Applied"] == "respond-async"
        assert (await client.get(OFFERINGS)).json() == []
        monitor = await done(client, kernel, created)
        assert (monitor["state"], monitor["response"]["statusCode"]) == ("Completed", "201")
        at = monitor["sourceHref"]
        assert (await client.get(at)).json()["name"] == "line"
        assert (monitor["request"]["method"], monitor["request"]["to"]) == ("POST", OFFERINGS)
        changed = await done(client, kernel, await client.patch(at, json={"name": "new"}, headers=LATER))
        assert (changed["sourceHref"], changed["response"]["statusCode"]) == (at, "200")
        assert (await client.get(at)).json()["name"] == "new"
        removed = await done(client, kernel, await client.delete(at, headers=LATER))
        assert removed["response"]["statusCode"] == "204"
        assert (await client.get(at)).status_code == 404
        found = await client.get(MONITORS, params={"state": "Completed", "fields": "state"})
        assert [row["state"] for row in found.json()] == ["Completed"] * 3
        assert (await client.delete(created.headers["Location"])).status_code == 405


async def test_a_service_is_always_activated_behind_and_told(kernel: Kernel, store: Store) -> None:
    seen: list[Any] = []
    commit = store.commit

    async def watched(*changes: Any) -> None:
        seen.extend(change.event for change in changes if hasattr(change, "event"))
        await commit(*changes)

    store.commit = watched  # type: ignore[method-assign]
    async with speaking_to(kernel) as client:
        monitor = await done(client, kernel, await client.post(f"{BASE}/service", json=SERVICE))
        assert monitor["href"].startswith(f"{BASE}/monitor/")
        assert (await client.get(monitor["sourceHref"])).json()["state"] == "active"
        for part in ("request", "response"):
            assert monitor[part]["body"] is not None
            assert {"name", "value"} == set(monitor[part]["header"][0])
    assert [event.type for event in seen] == ["MonitorCreateEvent", "ServiceCreateEvent", "MonitorStateChangeEvent"]
    assert "request" not in seen[0].body


async def test_what_is_wrong_with_the_request_is_told_at_once(kernel: Kernel, store: Store) -> None:
    async with speaking_to(kernel) as client:
        at = (await client.post(OFFERINGS, json={"@type": "ProductOffering", "name": "line"})).headers["Location"]
        for answer, status in (
            (await client.post(OFFERINGS, content=b"{", headers={**LATER, "Content-Type": "application/json"}), 400),
            (await client.post(OFFERINGS, json={"@type": "ProductOffering", "name": 5}, headers=LATER), 400),
            (await client.patch(at, json={"id": "other"}, headers=LATER), 400),
            (await client.patch(f"{OFFERINGS}/none", json={"name": "x"}, headers=LATER), 404),
            (await client.patch(at, json={"name": "x"}, headers={**LATER, "If-Match": '"9"'}), 412),
            (await client.patch(at, json={"name": "x"}, headers={"Expect": "tea"}), 417),
        ):
            assert answer.status_code == status, answer.text
        assert await store.claim("write", lease_s=1) == []


async def test_a_write_that_fails_behind_says_why(kernel: Kernel) -> None:
    async with speaking_to(kernel) as client:
        at = (await client.post(OFFERINGS, json={"@type": "ProductOffering", "name": "line"})).headers["Location"]
        accepted = await client.patch(at, json={"name": "late"}, headers=LATER)
        await client.delete(at)
        monitor = await done(client, kernel, accepted)
    assert (monitor["state"], monitor["response"]["statusCode"]) == ("InError", "404")
    assert '"code":"resource.unknown"' in monitor["response"]["body"]


async def test_a_key_gives_the_same_monitor_again(kernel: Kernel) -> None:
    async with speaking_to(kernel) as client:
        keyed = {**LATER, "Idempotency-Key": "k"}
        body = {"@type": "ProductOffering", "name": "line"}
        first = await client.post(OFFERINGS, json=body, headers=keyed)
        await done(client, kernel, first)
        for headers in (keyed, {"Idempotency-Key": "k"}):
            again = await client.post(OFFERINGS, json=body, headers=headers)
            assert (again.status_code, again.headers["Location"]) == (202, first.headers["Location"])
            assert again.headers["Idempotency-Replayed"] == "true"
        assert (await client.post(OFFERINGS, json={**body, "name": "x"}, headers=keyed)).status_code == 422
        assert not await kernel.deferred.work()
        assert len((await client.get(OFFERINGS)).json()) == 1


async def test_a_crash_after_the_write_repeats_nothing(kernel: Kernel, store: Store, clock: FakeClock) -> None:
    """The write is committed, and the process dies before the monitor is."""
    async with speaking_to(kernel) as client:
        accepted = await client.post(f"{BASE}/service", json=SERVICE)
        commit = store.commit

        async def dies(*changes: Any) -> None:
            if any(hasattr(change, "job") for change in changes):
                raise Unreachable("gone")
            await commit(*changes)

        store.commit = dies  # type: ignore[method-assign]
        with pytest.raises(Unreachable):
            await kernel.deferred.work()
        store.commit = commit  # type: ignore[method-assign]
        assert not await kernel.deferred.work()
        clock.advance(120)
        monitor = await done(client, kernel, accepted)
        assert monitor["response"]["statusCode"] == "201"
        services = (await client.get(f"{BASE}/service")).json()
        assert [service["href"] for service in services] == [monitor["sourceHref"]]


async def test_a_monitor_is_seen_by_whoever_asked(kernel: Kernel) -> None:
    async with speaking_to(kernel) as client:
        at = (await client.post(f"{BASE}/service", json=SERVICE)).headers["Location"]
        for stranger in (
            Principal("x", "other", "default"),
            Principal("c", BANYAN.client, "default", frozenset({"c"})),
        ):
            kernel._principal_of = lambda _headers, stranger=stranger: stranger  # type: ignore[assignment]
            assert (await client.get(at)).status_code == 404
            assert (await client.get(f"{BASE}/monitor")).json() == []


async def test_a_write_without_if_match_is_refused_where_it_is_required(build: Build) -> None:
    async with speaking_to(build(limits=Limits(require_if_match=True))) as client:
        created = await client.post(OFFERINGS, json={"@type": "ProductOffering", "name": "line"})
        at, tag = created.headers["Location"], {"If-Match": created.headers["ETag"]}
        for answer in (await client.patch(at, json={"name": "x"}), await client.delete(at)):
            assert (answer.status_code, answer.json()["code"]) == (428, "request.unconditional")
        weak = {"If-Match": f"W/{created.headers['ETag']}"}
        assert (await client.patch(at, json={"name": "x"}, headers=weak)).status_code == 412
        listed = {"If-Match": f'"77", {created.headers["ETag"]}'}
        assert (await client.patch(at, json={"name": "x"}, headers=listed)).status_code == 200
        assert (await client.delete(at, headers=tag)).status_code == 412
        assert (await client.get(at, headers={"If-None-Match": 'W/"2"'})).status_code == 304
