"""The laws of the edge, each a short conversation over HTTP; `test_laws.py` shows which wrong kernel each finds out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from gateway.store import SqlStore, outbox

BASE = "/tmf-api/productCatalogManagement"
OLD, NEW = f"{BASE}/v4/productOffering", f"{BASE}/v5/productOffering"
TYPES = {
    "ProductOfferingCreateEvent",
    "ProductOfferingAttributeValueChangeEvent",
    "ProductOfferingStateChangeEvent",
    "ProductOfferingDeleteEvent",
}


@dataclass(frozen=True)
class Edge:
    http: httpx.AsyncClient
    store: SqlStore

    async def offering(self, path: str = OLD, **attributes: Any) -> dict[str, Any]:
        body = {"name": "one", "@type": "ProductOffering", **attributes}
        created = await self.http.post(path, json=body)
        assert created.status_code == 201, created.text
        made: dict[str, Any] = created.json()
        assert created.headers["Location"] == made["href"]
        return made

    async def three(self) -> list[dict[str, Any]]:
        return [
            await self.offering(
                name=name,
                version=str(number),
                isSellable=number % 2 == 0,
                lastUpdate=f"2026-0{number}-01T00:00:00.000Z",
                category=[{"id": f"c{number}"}, {"id": "all"}],
            )
            for number, name in enumerate(("ant", "bee", "cow"), start=1)
        ]

    async def names(self, query: str, path: str = OLD) -> list[str]:
        answer = await self.http.get(f"{path}?{query}")
        assert answer.status_code in (200, 206), answer.text
        return [item["name"] for item in answer.json()]

    async def refused(self, status: int, method: str, path: str, **more: Any) -> dict[str, Any]:
        """Every refusal says what and why, in TM Forum's words."""
        answer = await self.http.request(method, path, **more)
        assert answer.status_code == status, answer.text
        error: dict[str, Any] = answer.json()
        assert error["code"]
        assert error["reason"]
        return error


Law = Callable[[Edge], Awaitable[None]]


async def what_was_created_is_read(edge: Edge) -> None:
    first, second = await edge.offering(name="first"), await edge.offering(name="second")
    for made in (first, second):
        read = await edge.http.get(made["href"])
        assert read.status_code == 200
        assert read.json() == made
        assert read.json()["id"] in made["href"]
    assert first["id"] != second["id"]


async def money_leaves_as_it_came(edge: Edge) -> None:
    path = f"{BASE}/v4/productOfferingPrice"
    body = '{"name": "p", "price": {"unit": "EUR", "value": 12.10}}'
    made = await edge.http.post(path, content=body, headers={"content-type": "application/json"})
    assert '"value":12.10' in made.text
    assert '"value":12.10' in (await edge.http.get(made.headers["Location"])).text


async def a_filter_keeps_out_the_rest(edge: Edge) -> None:
    await edge.three()
    assert await edge.names("name=bee") == ["bee"]
    assert await edge.names("name=ant,cow") == ["ant", "cow"]
    assert await edge.names("name=ant&version=2") == []
    assert await edge.names("category.id=c3") == ["cow"]
    assert await edge.names("isSellable=true") == ["bee"]
    assert await edge.names('name="bee"') == ["bee"]


async def a_comparison_knows_what_it_compares(edge: Edge) -> None:
    await edge.three()
    assert await edge.names("lastUpdate.gt=2026-02-01T00:00:00Z") == ["cow"]
    assert await edge.names("lastUpdate.gte=2026-02-01T02:00:00%2B02:00") == ["bee", "cow"]
    assert await edge.names("lastUpdate%3C2026-02-01T00:00:00Z") == ["ant"]
    assert await edge.names("version.lte=2") == ["ant", "bee"]
    assert await edge.names("name.regex=^[ab]") == ["ant", "bee"]


async def a_list_is_sorted_as_asked(edge: Edge) -> None:
    await edge.three()
    assert await edge.names("sort=-name") == ["cow", "bee", "ant"]
    assert await edge.names("sort=isSellable,-version") == ["cow", "ant", "bee"]


async def an_unknown_parameter_is_named(edge: Edge) -> None:
    await edge.three()
    error = await edge.refused(400, "GET", f"{OLD}?colour=red")
    assert "colour" in error["reason"]


async def fields_shows_only_what_is_asked(edge: Edge) -> None:
    [made, *_] = await edge.three()
    for answer in (
        (await edge.http.get(f"{made['href']}?fields=name")).json(),
        (await edge.http.get(f"{OLD}?name=ant&fields=name")).json()[0],
    ):
        assert answer == {"id": made["id"], "href": made["href"], "name": "ant"}
    assert (await edge.http.get(f"{made['href']}?fields=none")).json().keys() == {"id", "href"}
    assert (await edge.http.get(f"{made['href']}?fields=category.id")).json()["category"] == [
        {"id": "c1"},
        {"id": "all"},
    ]


async def a_list_says_how_much_there_is(edge: Edge) -> None:
    await edge.three()
    whole = await edge.http.get(OLD)
    assert (whole.status_code, whole.headers["X-Total-Count"], whole.headers["X-Result-Count"]) == (200, "3", "3")
    page = await edge.http.get(f"{OLD}?limit=2")
    assert (page.status_code, page.headers["X-Total-Count"], page.headers["X-Result-Count"]) == (206, "3", "2")
    found = await edge.http.get(f"{OLD}?name=bee")
    assert (found.status_code, found.headers["X-Total-Count"], len(found.json())) == (200, "1", 1)
    none = await edge.http.get(f"{OLD}?name=dog")
    assert (none.status_code, none.headers["X-Total-Count"], none.json()) == (200, "0", [])


async def pages_lead_from_the_first_to_the_last(edge: Edge) -> None:
    await edge.three()
    seen, target = [], f"{OLD}?sort=name&limit=1"
    while target and len(seen) <= 3:
        page = await edge.http.get(target)
        seen += [item["name"] for item in page.json()]
        target = str(page.links.get("next", {}).get("url", ""))
    assert seen == ["ant", "bee", "cow"]
    await edge.refused(416, "GET", f"{OLD}?offset=3")


async def what_is_not_there_is_404(edge: Edge) -> None:
    await edge.offering()
    for method in ("GET", "DELETE"):
        await edge.refused(404, method, f"{OLD}/no-such-id")
    await edge.refused(404, "PATCH", f"{OLD}/no-such-id", json={"name": "x"})
    await edge.refused(404, "GET", "/tmf-api/noSuchApi/v4/thing")


async def what_the_contract_forbids_is_refused(edge: Edge) -> None:
    missing = await edge.refused(400, "POST", OLD, json={"version": "1"})
    assert "name" in missing["reason"]
    await edge.refused(400, "POST", OLD, json={"name": 1})
    await edge.refused(400, "POST", OLD, json=[])
    await edge.refused(400, "POST", OLD, content=b"{", headers={"content-type": "application/json"})
    await edge.refused(415, "POST", OLD, content=b"x", headers={"content-type": "text/plain"})
    await edge.refused(405, "PUT", OLD, json={})
    assert (await edge.http.get(OLD)).json() == []


async def a_patch_changes_what_it_says(edge: Edge) -> None:
    made = await edge.offering(description="d", version="1")
    changed = await edge.http.patch(made["href"], json={"version": "2", "description": None})
    assert changed.status_code == 200
    assert changed.json()["version"] == "2"
    assert "description" not in changed.json()
    assert changed.json()["name"] == "one"
    assert (await edge.http.get(made["href"])).json() == changed.json()
    error = await edge.refused(400, "PATCH", made["href"], json={"id": "other"})
    assert "id" in error["reason"]


async def a_revision_guards_the_write(edge: Edge) -> None:
    made = await edge.offering()
    tag = (await edge.http.get(made["href"])).headers["ETag"]
    assert (await edge.http.get(made["href"], headers={"If-None-Match": tag})).status_code == 304
    assert (await edge.http.patch(made["href"], json={"version": "2"}, headers={"If-Match": tag})).status_code == 200
    await edge.refused(412, "PATCH", made["href"], json={"version": "3"}, headers={"If-Match": tag})
    await edge.refused(412, "DELETE", made["href"], headers={"If-Match": tag})
    assert (await edge.http.get(made["href"], headers={"If-None-Match": tag})).json()["version"] == "2"


async def what_was_removed_is_gone(edge: Edge) -> None:
    made = await edge.offering()
    gone = await edge.http.delete(made["href"])
    assert (gone.status_code, gone.content) == (204, b"")
    await edge.refused(404, "GET", made["href"])
    assert (await edge.http.get(OLD)).headers["X-Total-Count"] == "0"


async def a_key_makes_a_write_once(edge: Edge) -> None:
    key = {"Idempotency-Key": "once"}
    first, again = [await edge.http.post(OLD, json={"name": "k"}, headers=key) for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    await edge.refused(422, "POST", OLD, json={"name": "other"}, headers=key)
    assert await edge.names("") == ["k"]


async def each_version_shows_its_own(edge: Edge) -> None:
    body = {"name": "p", "price": {"unit": "EUR", "value": 5}, "constraint": [{"id": "c", "name": "rule"}]}
    made = (await edge.http.post(f"{BASE}/v4/productOfferingPrice", json=body)).json()
    old = (await edge.http.get(f"{BASE}/v4/productOfferingPrice/{made['id']}")).json()
    new = (await edge.http.get(f"{BASE}/v5/productOfferingPrice/{made['id']}")).json()
    assert old == made
    assert old["href"].startswith(f"{BASE}/v4/")
    assert new["href"].startswith(f"{BASE}/v5/")
    assert "policy" in new
    assert "constraint" in old
    assert new["@type"] == "ProductOfferingPrice"


async def every_write_is_told_once(edge: Edge) -> None:
    made = await edge.offering()
    await edge.http.patch(made["href"], json={"version": "2"})
    await edge.http.patch(made["href"], json={"version": "2"})
    await edge.http.patch(made["href"], json={"lifecycleStatus": "Retired"})
    await edge.http.delete(made["href"])
    told = await outbox.unnumbered(edge.store.database, 100)
    assert {event.resource_id for event in told} == {made["id"]}
    assert {event.type for event in told} == TYPES
    assert told[0].type == "ProductOfferingCreateEvent"
    assert told[-1].type == "ProductOfferingDeleteEvent"
    assert len(told) == len({(event.type, event.body.get("version")) for event in told})


LAWS: tuple[Law, ...] = (
    what_was_created_is_read,
    money_leaves_as_it_came,
    a_filter_keeps_out_the_rest,
    a_comparison_knows_what_it_compares,
    a_list_is_sorted_as_asked,
    an_unknown_parameter_is_named,
    fields_shows_only_what_is_asked,
    a_list_says_how_much_there_is,
    pages_lead_from_the_first_to_the_last,
    what_is_not_there_is_404,
    what_the_contract_forbids_is_refused,
    a_patch_changes_what_it_says,
    a_revision_guards_the_write,
    what_was_removed_is_gone,
    a_key_makes_a_write_once,
    each_version_shows_its_own,
    every_write_is_told_once,
)
