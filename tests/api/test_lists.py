"""Lists: filters by one table of operators, pages, fields."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.asking.paging import listed
from gateway.api.tmf630.asking.query import read_query
from gateway.store.operators import OPERATORS
from gateway.store.port import Found

PRICES = "/tmf-api/productCatalogManagement/v4/productOfferingPrice"
OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"
USAGE = "/tmf-api/usageManagement/v4/usage"

ROWS: list[dict[str, Any]] = [
    {"name": "small", "percentage": 9, "isBundle": False, "validFor": {"startDateTime": "2026-01-01T00:00:00Z"}},
    {"name": "middle", "percentage": 10, "isBundle": True, "validFor": {"startDateTime": "2026-02-01T01:00:00+01:00"}},
    {"name": "large", "percentage": 100.5, "isBundle": False, "validFor": {"startDateTime": "2026-03-01T00:00:00Z"}},
]
COMPARED = {
    "eq": {"middle"},
    "gt": {"large"},
    "gte": {"middle", "large"},
    "lt": {"small"},
    "lte": {"small", "middle"},
}


@pytest.fixture
async def prices(client: httpx.AsyncClient) -> httpx.AsyncClient:
    for row in ROWS:
        assert (await client.post(PRICES, json=row)).status_code == 201
    return client


async def names(client: httpx.AsyncClient, query: str, path: str = PRICES) -> set[str]:
    answer = await client.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.text
    return {item["name"] for item in answer.json()}


def test_every_operator_of_the_table_is_proved_here() -> None:
    # A pattern is held against texts: tests/api/test_queries.py.
    assert COMPARED.keys() | {"regex"} == OPERATORS.keys()


@pytest.mark.parametrize("operator", COMPARED)
@pytest.mark.parametrize(
    ("path", "value"),
    [("percentage", "10"), ("percentage", "10.0"), ("validFor.startDateTime", "2026-02-01T00:00:00Z")],
)
async def test_an_operator_compares_numbers_and_instants(
    prices: httpx.AsyncClient, operator: str, path: str, value: str
) -> None:
    assert await names(prices, f"{path}.{operator}={value}") == COMPARED[operator]
    symbol = httpx.QueryParams({"x": OPERATORS[operator].symbols[0]})
    assert await names(prices, f"{path}{str(symbol)[2:]}{value}") == COMPARED[operator]


async def test_a_new_operator_is_one_entry(prices: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await prices.get(f"{PRICES}?percentage.over=10")).status_code == 400
    monkeypatch.setitem(OPERATORS, "over", OPERATORS["gt"])
    assert await names(prices, "percentage.over=10") == {"large"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=small", {"small"}),
        ("name.eq=small", {"small"}),
        ("name=small,large", {"small", "large"}),
        ("name=small&name=large", {"small", "large"}),
        ("name=small,middle&isBundle=true", {"middle"}),
        ("isBundle=false", {"small", "large"}),
        ('name="middle"', {"middle"}),
        ("validFor.startDateTime=2026-02-01T01:00:00+01:00", {"middle"}),
        ("name=nobody", set()),
    ],
)
async def test_conditions_are_joined(prices: httpx.AsyncClient, query: str, found: set[str]) -> None:
    assert await names(prices, query) == found


async def test_a_dotted_path_reaches_into_arrays(client: httpx.AsyncClient) -> None:
    parts = [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]
    await client.post(OFFERINGS, json={"name": "with", "category": parts})
    await client.post(OFFERINGS, json={"name": "without"})
    assert await names(client, "category.id=2", OFFERINGS) == {"with"}


async def test_a_resource_is_found_by_what_its_list_shows(prices: httpx.AsyncClient) -> None:
    first = (await prices.get(PRICES)).json()[0]
    for name in ("id", "href", "name", "lastUpdate", "lifecycleStatus", "@type"):
        found = (await prices.get(PRICES, params={name: first[name]})).json()
        assert first in found, name


async def test_an_unknown_attribute_is_refused_by_name(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{PRICES}?colour=red")
    assert answer.status_code == 400
    assert "colour" in answer.json()["reason"]


async def test_206_only_when_a_page_was_asked_and_is_partial(prices: httpx.AsyncClient) -> None:
    whole = await prices.get(PRICES)
    page = await prices.get(f"{PRICES}?limit=2&offset=1&isBundle=false,true")
    everything = await prices.get(f"{PRICES}?limit=3")
    assert (whole.status_code, page.status_code, everything.status_code) == (200, 206, 200)
    assert (page.headers["X-Total-Count"], page.headers["X-Result-Count"]) == ("3", "2")
    assert [item["name"] for item in page.json()] == ["middle", "large"]
    links = page.links
    assert set(links) == {"self", "first", "prev", "last"}
    first = await prices.get(links["first"]["url"])
    assert [item["name"] for item in first.json()] == ["small", "middle"]


async def test_an_empty_list_is_200(client: httpx.AsyncClient) -> None:
    answer = await client.get(PRICES)
    assert (answer.status_code, answer.json(), answer.headers["X-Total-Count"]) == (200, [], "0")


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("none", {"id", "href"}),
        ("name", {"id", "href", "name"}),
        ("name,percentage", {"id", "href", "name", "percentage"}),
        ("validFor.startDateTime", {"id", "href", "validFor"}),
    ],
)
async def test_fields_shows_only_what_is_asked(prices: httpx.AsyncClient, fields: str, shown: set[str]) -> None:
    listed = (await prices.get(f"{PRICES}?fields={fields}")).json()[0]
    single = (await prices.get(f"{listed['href']}?fields={fields}")).json()
    assert set(listed) == set(single) == shown


async def test_money_comes_out_as_it_went_in(client: httpx.AsyncClient) -> None:
    body = b'{"name": "exact", "price": {"unit": "EUR", "value": 12.10}}'
    created = await client.post(PRICES, content=body, headers={"Content-Type": "application/json"})
    assert b'"value":12.10' in created.content
    assert Decimal("12.10") == Decimal(str(created.json()["price"]["value"]))


@pytest.mark.parametrize(
    ("query", "total", "pages"),
    [
        ("", 0, {"self": 0, "first": 0, "last": 0}),
        ("offset=5", 0, {"self": 5, "first": 0, "prev": 0, "last": 0}),
        ("limit=2", 5, {"self": 0, "first": 0, "next": 2, "last": 4}),
        ("limit=2", 4, {"self": 0, "first": 0, "next": 2, "last": 2}),
        ("limit=2&offset=1", 4, {"self": 1, "first": 0, "next": 3, "prev": 0, "last": 2}),
        ("limit=2&offset=4", 5, {"self": 4, "first": 0, "prev": 2, "last": 4}),
    ],
)
def test_each_page_has_its_link(query: str, total: int, pages: dict[str, int]) -> None:
    """Whatever the path is made of: a link ends at an angle bracket, a header at a line."""
    asking = read_query(f"name=%3E;&{query}".encode())
    items = [{}] * max(0, min(2, total - (asking.offset or 0)))
    answer = listed("/é>\r\nX: y", asking, asking.window(()), Found([], total), items)
    assert answer.headers["Link"] == ", ".join(
        f'</%C3%A9%3E%0D%0AX%3A%20y?name=%3E%3B&offset={offset}&limit={asking.limit or 100}>; rel="{rel}"'
        for rel, offset in pages.items()
    )
