"""Lists that are asked for badly (28 to 35): refused by name, or data like any other, and never slow."""

import httpx
import pytest

from tests.bad_input.refusing import OFFERINGS, refused


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=0",
        "limit=abc",
        "limit=1e9",
        "limit=%20",
        "limit=1.5",
        "offset=-1",
        "offset=abc",
        f"offset={10**18}",
    ],
)
async def test_bad_input_28_a_page_that_is_none(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400, query.partition("=")[0])


async def test_bad_input_28_an_offset_behind_the_end(client: httpx.AsyncClient) -> None:
    await client.post(OFFERINGS, json={"name": "good"})
    answer = await client.get(f"{OFFERINGS}?offset={10**9}")
    refused(answer, 416, "offset")
    assert answer.headers["X-Total-Count"] == "1"


async def test_bad_input_28_a_limit_above_the_highest_is_capped(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{OFFERINGS}?limit=1000000000")
    assert (answer.status_code, answer.headers["X-Result-Count"]) == (200, "0")


@pytest.mark.parametrize(
    "query",
    [
        "limit=1&limit=2",
        "limit=1&limit=1",
        "offset=0&offset=1",
        "fields=id&fields=name",
        "sort=id&sort=id",
        "filter=$&filter=$",
    ],
)
async def test_bad_input_29_a_page_given_twice(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400, "more than once")


@pytest.mark.parametrize("fields", ["colour", "../../", "name,", "id.x.y", ",".join(["name"] * 5_000), "name%00"])
async def test_bad_input_30_fields_that_are_none(client: httpx.AsyncClient, fields: str) -> None:
    answer = await client.get(f"{OFFERINGS}?fields={fields}")
    refused(answer, 414 if len(fields) > 8_192 else 400)


@pytest.mark.parametrize("value", ["' OR 1=1 --", "*)(uid=*", "'] | //x", "\\", "%", "_", '"', "'", "{$gt:1}"])
async def test_bad_input_31_and_33_a_filter_is_data(client: httpx.AsyncClient, value: str) -> None:
    await client.post(OFFERINGS, json={"name": "good"})
    answer = await client.get(OFFERINGS, params={"name": value})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    "query", ["name'--=1", "name)=1", "%00=1", "name=%ff", "=1", "name", "name.gt", "x" * 200 + "=1"]
)
async def test_bad_input_31_a_condition_that_is_none(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400)


HOSTILE = "^(a+)+$"


@pytest.mark.parametrize(
    "query", ["name.regex={}", "name*={}", "filter=$[?(@.name=~'{}')]", "filter=$[?(@.name=~/{}/)]"]
)
async def test_bad_input_32_a_pattern_that_explodes_elsewhere(client: httpx.AsyncClient, query: str) -> None:
    await client.post(OFFERINGS, json={"name": "a" * 2_000 + "b"})
    answer = await client.get(f"{OFFERINGS}?{query.format(HOSTILE.replace('+', '%2B'))}")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    "query",
    [
        "name.regex=(",
        "name.regex=(a{1000}){1000}",
        "filter=$[?(@.name=~/(/)]",
        "filter=" + "[" * 3_000,
        "filter=$[?(" + "!" * 1_500 + "@.name)]",
        "filter=$..a..b..c",
    ],
)
async def test_bad_input_32_a_pattern_or_path_that_is_none(client: httpx.AsyncClient, query: str) -> None:
    refused(await client.get(f"{OFFERINGS}?{query}"), 400)


async def test_bad_input_34_a_range_of_a_hundred_years(client: httpx.AsyncClient) -> None:
    query = "lastUpdate.gte=1926-01-01T00:00:00Z&lastUpdate.lt=2026-01-01T00:00:00Z"
    refused(await client.get(f"{OFFERINGS}?{query}"), 400, "lastUpdate")
    year = "lastUpdate.gte=2025-01-01T00:00:00Z&lastUpdate.lt=2026-01-01T00:00:00Z"
    assert (await client.get(f"{OFFERINGS}?{year}")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "contactMedium.characteristic.phoneNumber=4917012345",
        "contactMedium.characteristic.emailAddress.regex=anna",
        "name=Anna;contactMedium.characteristic.emailAddress=anna",
        "filter=$[?(@.contactMedium[0].characteristic.phoneNumber=='4917012345')]",
        "filter=$.contactMedium[?(@.characteristic.emailAddress=='anna')]",
    ],
)
async def test_bad_input_35_personal_data_in_an_address(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/tmf-api/customerManagement/v4/customer?{query}")
    refused(answer, 400, "POST")
    assert "anna" not in answer.text
    assert "4917012345" not in answer.text


async def test_bad_input_35_names_are_no_numbers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/tmf-api/customerManagement/v4/customer?name=Anna")).status_code == 200


async def test_bad_input_34_too_many_values(client: httpx.AsyncClient) -> None:
    for query in ("name={}", "validFor.x=1;name={}", "lastUpdate={}"):
        refused(await client.get(f"{OFFERINGS}?{query.format(','.join(map(str, range(1_500))))}"), 400)
    many = ",".join(map(str, range(150)))
    for query in (f"name={many}", f"name.gt={many}", f"id={many}&name=1", f"name.regex={many}"):
        answer = await client.get(f"{OFFERINGS}?{query}")
        assert (answer.status_code, answer.headers.get("X-Total-Count")) in {(200, "0"), (400, None)}, query


async def test_bad_input_34_a_filter_of_many_conditions(client: httpx.AsyncClient) -> None:
    await client.post(OFFERINGS, json={"name": "one"})
    for word in ("%26%26", "||"):
        filter = word.join(["@.name=='one'"] * 100)
        assert len((await client.get(f"{OFFERINGS}?filter=$[?({filter})]")).json()) == 1


async def test_bad_input_35_the_search_that_this_api_has(client: httpx.AsyncClient) -> None:
    usage = await client.get("/tmf-api/usageConsumption/v5/queryUsageConsumption?filter=$[?(@.msisdn=='1')]")
    refused(usage, 400, "POST /queryUsageConsumption")
    customer = await client.get("/tmf-api/customer/v5/customer?fields=$.contactMedium[?(@.emailAddress=='a')].id")
    refused(customer, 400, "no search")


async def test_bad_input_34_too_many_conditions(client: httpx.AsyncClient) -> None:
    refused(await client.get(f"{OFFERINGS}?" + "&".join(f"validFor.x{n}=1" for n in range(500))), 400)
