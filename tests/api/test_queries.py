"""The query language: every operator on every type, on rows of our own and of a mirror, in both stores and versions."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.security import embedded
from gateway.store import Document, Put, open_store
from gateway.store.operators import OPERATORS
from tests.clock import FakeClock
from tests.edge import speaking_to
from tests.stores import DATABASES, fresh_url

CATALOG = "/tmf-api/productCatalogManagement"
PRICES = f"{CATALOG}/v4/productOfferingPrice"
OFFERINGS = f"{CATALOG}/v4/productOffering"
TICKETS = "/tmf-api/troubleTicket/v5/troubleTicket"
LONG = "x" * 400

ROWS: list[dict[str, Any]] = [
    {
        "name": "small",
        "percentage": Decimal("9.10"),
        "isBundle": False,
        "validFor": {"startDateTime": "2026-01-01T00:00:00Z"},
    },
    {
        "name": "middle; or, so",
        "percentage": 10,
        "isBundle": True,
        "description": f"a{LONG}end",
        "validFor": {"startDateTime": "2026-02-01T01:00:00+01:00"},
    },
    {
        "name": "large",
        "percentage": Decimal("100.5"),
        "isBundle": False,
        "description": f"b{LONG}other",
        "validFor": {"startDateTime": "2026-03-01T00:00:00Z"},
        "tax": [{"taxCategory": "a", "taxRate": 1}, {"taxCategory": "b", "taxRate": 5}],
    },
]
MIDDLE = "middle; or, so"

BY_TYPE: dict[str, dict[str, tuple[str, str]]] = {
    "string": {
        "eq": ("name=small", "s"),
        "gt": ("name.gt=m", "sm"),
        "gte": ("name.gte=small", "s"),
        "lt": ("name.lt=m", "l"),
        "lte": ("name.lte=large", "l"),
        "regex": ("name.regex=^(sm|la)", "sl"),
    },
    "number": {
        "eq": ("percentage=9.1", "s"),
        "gt": ("percentage.gt=10.0", "l"),
        "gte": ("percentage.gte=10", "ml"),
        "lt": ("percentage.lt=10", "s"),
        "lte": ("percentage.lte=10.0", "sm"),
        "regex": ("percentage.regex=^1", "ml"),
    },
    "dateTime": {
        "eq": ("validFor.startDateTime=2026-02-01T00:00:00Z", "m"),
        "gt": ("validFor.startDateTime.gt=2026-02-01", "l"),
        "gte": ("validFor.startDateTime.gte=2026-02-01T02:00:00%2B02:00", "ml"),
        "lt": ("validFor.startDateTime.lt=2026-02-01T00:00:00", "s"),
        "lte": ("validFor.startDateTime.lte=2026-02-01T01:00:00 01:00", "sm"),
        "regex": ("validFor.startDateTime.regex=Z$", "sl"),
    },
    "boolean": {
        "eq": ("isBundle=false", "sl"),
        "gt": ("isBundle.gt=false", "m"),
        "gte": ("isBundle.gte=false", "sml"),
        "lt": ("isBundle.lt=true", "sl"),
        "lte": ("isBundle.lte=false", "sl"),
        "regex": ("isBundle.regex=^t", "m"),
    },
}
TABLE = [(type, operator, *BY_TYPE[type][operator]) for type in BY_TYPE for operator in BY_TYPE[type]]
WORDS = [
    ("name=small;name=large", "sl"),
    ("name=small;large", "sl"),
    ("name=small;percentage=10", "sm"),
    ("name=small,large&isBundle=false;percentage.gt=1000", "sl"),
    ("name=small&name=large", "sl"),
    ("percentage.gt=5&percentage.lt=50", "sm"),
    ('name="middle; or, so","small"', "sm"),
    ("name='small'", "s"),
    ("name=", ""),
    ("limit=&offset=&sort=&fields=&filter=&name=small", "s"),
    ("&name=small&", "s"),
    ("percentage=+10", "m"),
    ("percentage=%2B10.00", "m"),
    ("percentage=0010", "m"),
    ("percentage.gte=1e1", "ml"),
    ("percentage=ten", ""),
    ("isBundle=TRUE", "m"),
    ("name=small%2Clarge", "sl"),
    ("name=%22small%22%3B%22large%22", "sl"),
    ("name='small", ""),
    ("validFor.startDateTime=2026-02-01", "m"),
    ("validFor.startDateTime=2026-02-01T00:00Z", "m"),
    ("validFor.startDateTime=2026-02-01T05:30:00+0530", "m"),
    ("validFor.startDateTime=2026-02-01t00:00:00.0000000z", "m"),
    ("validFor.startDateTime=2026-01-31T23:59:60Z", "m"),
    ("validFor.startDateTime.gt=2026-02-01 00:00:00", "l"),
    ("name=%25", ""),
    ("name=sm_ll", ""),
    ("percentage%3E=10", "ml"),
    ("percentage%3C10", "s"),
    ("percentage<=10", "sm"),
    ("name==small", "s"),
    ("name%3D%3Dsmall", "s"),
    ("name%3D~^s", "s"),
    ("name=~^s", "s"),
    ("name*=^s", "s"),
    ("name.regex=a{1,2}", "sl"),
    ("description.regex=end$", "m"),
    ("validFor.startDateTime%3E2026-01-15", "ml"),
    ("tax.taxCategory=a&tax.taxRate=5", "l"),
    ("@type=ProductOfferingPrice", "sml"),
    ("filter=$[?(@.name=='small')]", "s"),
    ("filter=[?(@.percentage==9.1)]", "s"),
    ("filter=$[?(@.isBundle==false&&@.percentage>10)]", "l"),
    ("filter=$[?(@.isBundle==true || @.percentage>100)]", "ml"),
    ("filter=$[?(!(@.name=='small'))]", "ml"),
    ("filter=$[?(@.validFor.startDateTime=='2026-02-01T00:00:00Z')]", "m"),
    ("filter=$[?(@.validFor.startDateTime>'2026-01-31T23:00:00-01:00')]", "l"),
    ("filter=$[?(@.validFor.startDateTime>'2026-02-01')]", "l"),
    ("filter=$[?(@.validFor.startDateTime=='2026-02-01')]", "m"),
    ("filter=$[?(@.validFor.startDateTime=='2026-02-01T05:30:00+05:30')]", "m"),
    ("filter=$[?(@['@type']=='ProductOfferingPrice'&&@.name!='[')]", "sml"),
    ("filter=$[?(match(@.name,'sm.*'))]", "s"),
    ("filter=$[?(search(@.name,'^.m'))]", "s"),
    ("filter=$[?(@.tax==null)]", ""),
    ("filter=$[?(avg(@.nothing)==0)]", ""),
    ("filter=$[?(stddev(@.percentage)==0)]", "sml"),
    ("filter=$..['@type']", "sml"),
    ("filter=$[?(@.name=~/^SM/i)]", "s"),
    ("filter=$[?(@.tax[?(@.taxCategory=='a' %26%26 @.taxRate==5)])]", ""),
    ("filter=$[?(@.tax[?(@.taxCategory=='b' %26%26 @.taxRate==5)])]", "l"),
    ("filter=$.tax[?(@.taxCategory=='b')]", "l"),
    ("filter=tax[0]", "l"),
    ("filter=$.tax[1:3]", "l"),
    ("filter=$..taxRate", "l"),
    ("filter=$[?(@.tax.length()==2)]", "l"),
    ("filter=$[?(max(@.tax[*].taxRate)==5)]", "l"),
    ("filter=$[?(@.tax[*].taxRate.avg()==3)]", "l"),
    ("filter=$[?(min(@.tax[*].taxRate)==1 %26%26 stddev(@.tax[*].taxRate)==2)]", "l"),
    ("filter=$[?(@.name!='small')]&isBundle=false", "l"),
]
REFUSED = [
    ("colour=red", 400, "query.unknown"),
    ("name=small;colour=red", 400, "query.unknown"),
    ("name.regex=(", 400, "query.pattern"),
    ("percentage.gt=many", 400, "query.value"),
    ("filter=$[?(", 400, "query.jsonpath"),
    ("filter=%20", 400, "query.jsonpath"),
    ("filter=$[?(@.name=='\\uD800')]", 400, "query.jsonpath"),
    ("filter=$" + "['tax','tax']" * 20, 400, "query.jsonpath"),
    ("fields=name,", 400, "query.fields"),
    ("sort=name,", 400, "query.sort"),
    ("validFor.startDateTime.gt=20260101", 400, "query.value"),
    ("validFor.startDateTime.gt=2026-W05-1", 400, "query.value"),
    ("validFor.startDateTime.gt=2026-02-30", 400, "query.value"),
    ("=x", 400, "query.name"),
    ("name", 400, "query.operator"),
    ("filter=name=='small'", 400, "query.jsonpath"),
    ("filter=$[?(@.name=~/(/)]", 400, "query.jsonpath"),
    ("filter=$[?(sum(@.percentage)>1)]", 501, "query.unsupported"),
    ("filter=$[?(@.name in ['small'])]", 501, "query.unsupported"),
    ("filter=$[0:1]", 501, "query.unsupported"),
    ("filter=$.a|$.b", 501, "query.unsupported"),
    ("sort=colour", 400, "query.sort"),
    ("sort=$..name", 501, "query.unsupported"),
    ("fields=$[?()]", 400, "query.jsonpath"),
    ("after=1", 400, "query.unknown"),
]
SORTED = [
    ("sort=percentage", "sml"),
    ("sort=-percentage", "lms"),
    ("sort=+name", "lms"),
    ("sort=isBundle,-percentage", "lsm"),
    ("sort=-validFor.startDateTime", "lms"),
    ("sort=description", "mls"),
    ("sort=-description", "lms"),
    ("sort=$.validFor.startDateTime", "sml"),
]


@pytest.fixture(scope="module")
def some(contracts: Contracts) -> Contracts:
    return Contracts([contract for contract in contracts if contract.api in ("TMF620", "TMF621")])


@pytest.fixture(params=DATABASES)
async def edge(request: pytest.FixtureRequest, some: Contracts, tmp_path: Path) -> AsyncIterator["Edge"]:
    clock = FakeClock()
    async with fresh_url(request.param, tmp_path) as url:
        store = await open_store(url, clock)
        async with speaking_to(Kernel(some, {}, store, clock, embedded("default"))) as client:
            yield Edge(client, store)
        await store.aclose()


class Edge:
    def __init__(self, client: httpx.AsyncClient, store: Any) -> None:
        self.client = client
        self.store = store

    async def mirror(self) -> None:
        """The rows as a legacy system said them."""
        rows = [{**row, "id": row["name"][0], "@type": "ProductOfferingPrice"} for row in ROWS]
        kind, at = "TMF620/productOfferingPrice", datetime(2026, 1, 1, tzinfo=UTC)
        documents = [Document(kind, row["id"], row, source="crm", as_of=at) for row in rows]
        await self.store.commit(*[Put(document) for document in documents])

    async def create(self) -> None:
        for row in ROWS:
            number = row["percentage"]
            sent = {**row, "percentage": float(number)}
            assert (await self.client.post(PRICES, json=sent)).status_code == 201

    async def found(self, query: str, path: str = PRICES) -> str:
        answer = await self.client.get(f"{path}?{query}")
        assert answer.status_code == 200, f"{query}: {answer.text}"
        assert answer.headers["X-Total-Count"] == str(len(answer.json()))
        return "".join(item["name"][0] for item in answer.json())


def test_the_table_is_whole() -> None:
    assert all(BY_TYPE[type].keys() == OPERATORS.keys() for type in BY_TYPE)


@pytest.mark.parametrize("mastered", ["own", "mirrored"])
async def test_the_query_language(edge: Edge, mastered: str) -> None:
    await (edge.create() if mastered == "own" else edge.mirror())
    asked = [*((query, rows) for _, operator, query, rows in TABLE), *WORDS]
    wrong = {
        f"{version}: {query}": (rows, told)
        for (query, rows), version in product(asked, ("v4", "v5"))
        if (told := await edge.found(query, f"{CATALOG}/{version}/productOfferingPrice")) != rows
    }
    assert wrong == {}
    disordered = {query: told for query, rows in SORTED if (told := await edge.found(query)) != rows}
    assert disordered == {}


async def test_what_cannot_be_asked(edge: Edge) -> None:
    await edge.create()
    for query, status, code in REFUSED:
        answer = await edge.client.get(f"{PRICES}?{query}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), query


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("none", {}),
        ("name", {"name": "large"}),
        ("tax.taxCategory", {"tax": [{"taxCategory": "a"}, {"taxCategory": "b"}]}),
        ("$.tax[?(@.taxRate>1)].taxCategory", {"tax": [{"taxCategory": "b"}]}),
        ("$.tax[0,1].taxCategory,name", {"name": "large", "tax": [{"taxCategory": "a"}, {"taxCategory": "b"}]}),
        ("$.name", {"name": "large"}),
        ("$.nothing[0]", {}),
    ],
)
async def test_fields(some: Contracts, tmp_path: Path, fields: str, shown: dict[str, Any]) -> None:
    clock = FakeClock()
    store = await open_store("sqlite://", clock)
    async with speaking_to(Kernel(some, {}, store, clock, embedded("default"))) as client:
        edge = Edge(client, store)
        await edge.mirror()
        asked = f"fields={quote(fields)}"
        for version, typed in (("v4", {}), ("v5", {"@type": "ProductOfferingPrice"})):
            always = {"id": "l", "href": f"{CATALOG}/{version}/productOfferingPrice/l", **typed}
            listed = await client.get(f"{CATALOG}/{version}/productOfferingPrice?name=large&{asked}")
            single = await client.get(f"{always['href']}?{asked}")
            told = [*listed.json(), single.json()]
            assert [plain(each) for each in told] == [plain({**always, **shown})] * 2
        posted = await client.post(f"{PRICES}?{asked}", json={**ROWS[2], "percentage": 1})
        changed = await client.patch(f"{PRICES}/{posted.json()['id']}?{asked}", json={"percentage": 2})
        assert set(posted.json()) == set(changed.json()) == {"id", "href", *shown}
    await store.aclose()


def plain(value: dict[str, Any]) -> dict[str, Any]:
    """Without the types that v5 fills in below the resource."""
    parts = [{name: inner for name, inner in each.items() if name != "@type"} for each in value.get("tax", ())]
    return {**value, "tax": parts}


async def test_the_links_lead_over_all_pages(edge: Edge) -> None:
    await edge.mirror()
    for query in ("", *(query for query, _ in WORDS), *(query for query, _ in SORTED)):
        whole = (await edge.client.get(f"{PRICES}?{query}")).json()
        url, pages = f"{PRICES}?{query}&limit=1", []
        while url:
            answer = await edge.client.get(url)
            assert answer.status_code == (206 if len(whole) > 1 else 200), url
            assert answer.headers["X-Total-Count"] == str(len(whole))
            pages += answer.json()
            url = answer.links.get("next", {}).get("url", "")
        assert pages == whole, query
        last = (await edge.client.get(answer.links["last"]["url"])).json()
        assert (await edge.client.get(answer.links["first"]["url"])).json() == whole[:1]
        assert last == whole[-1:]


async def test_a_page_behind_the_end(edge: Edge) -> None:
    assert (await edge.client.get(f"{PRICES}?offset=3")).status_code == 200
    await edge.mirror()
    part = await edge.client.get(f"{PRICES}?offset=1&limit=1")
    assert (part.status_code, part.headers["Content-Range"]) == (206, "items 1-1/3")
    behind = await edge.client.get(f"{PRICES}?offset=3")
    assert (behind.status_code, behind.json()["@type"], behind.headers["X-Total-Count"]) == (416, "Error", "3")


async def test_a_cursor_is_stable_while_rows_come_and_go(edge: Edge) -> None:
    async def write(number: int) -> str:
        body = {"@type": "TroubleTicket", "description": str(number), "severity": "minor", "ticketType": "x"}
        answer = await edge.client.post(TICKETS, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["href"])

    hrefs = [await write(number) for number in range(5)]
    page = await edge.client.get(f"{TICKETS}?limit=2")
    seen = [item["description"] for item in page.json()]
    await edge.client.delete(hrefs[1])
    page = await edge.client.get(f"{TICKETS}?limit=2&after={page.headers['X-Next-Cursor']}")
    seen += [item["description"] for item in page.json()]
    await write(5)
    page = await edge.client.get(page.links["next"]["url"])
    assert [*seen, *(item["description"] for item in page.json())] == ["0", "1", "2", "3", "4", "5"]
    before = await edge.client.get(page.links["prev"]["url"])
    assert [item["description"] for item in before.json()] == ["2", "3"]
    for broken in ("after=x", "before=x", f"after={'a' * 500}", "after=cm93OjU&offset=1", "after=cm93OjU&sort=id"):
        answer = await edge.client.get(f"{TICKETS}?{broken}")
        assert (answer.status_code, answer.json()["code"]) == (400, "query.cursor"), broken


async def test_head_has_the_headers_and_no_body(edge: Edge) -> None:
    await edge.mirror()
    for path in (f"{PRICES}?limit=2", f"{PRICES}/s", f"{PRICES}/nobody"):
        whole, head = await edge.client.get(path), await edge.client.head(path)
        assert (head.status_code, head.headers, head.content) == (whole.status_code, whole.headers, b"")


async def test_a_parameter_sent_empty_counts_as_not_sent(edge: Edge) -> None:
    whole = await edge.client.get(PRICES)
    sloppy = await edge.client.get(f"{PRICES}?fields=&filter=&sort=&offset=&limit=")
    assert (sloppy.status_code, sloppy.json()) == (200, whole.json())
