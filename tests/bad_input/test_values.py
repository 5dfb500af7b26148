"""Bad input 23 to 27: values that are well written and still wrong."""

from typing import Any

import httpx
import pytest

V4 = "/tmf-api/productCatalogManagement/v4"
V5 = "/tmf-api/productCatalogManagement/v5"
PARTIES = "/tmf-api/party/v5"
RESOURCES = "/tmf-api/resourceInventoryManagement/v4/resource"
PAYMENTS = "/tmf-api/paymentManagement/v4/payment"


async def _refused(client: httpx.AsyncClient, url: str, body: dict[str, Any], said: str, secret: str = "\0") -> None:
    answer = await client.post(url, json=body)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["reason"]
    assert secret not in answer.text


@pytest.mark.parametrize("written", ["1.0", "1e0", "true", '"1"'])
async def test_bad_input_23_another_type_for_an_integer(client: httpx.AsyncClient, written: str) -> None:
    option = f'{{"bundledProductOfferingOption": {{"numberRelOfferDefault": {written}}}}}'
    body = f'{{"name": "n", "bundledProductOffering": [{option}]}}'
    answer = await client.post(
        f"{V4}/productOffering", content=body.encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert "must be of type integer" in answer.json()["reason"]


async def test_bad_input_24_an_unknown_attribute_of_an_open_type_is_kept(client: httpx.AsyncClient) -> None:
    created = await client.post(f"{V4}/category", json={"name": "n", "colour": {"rgb": "ff0000"}})
    assert created.json()["colour"] == {"rgb": "ff0000"}


async def test_bad_input_25_types(client: httpx.AsyncClient) -> None:
    """Unknown ones are for v4, or for who says what they are made from; then that is what they are held against."""
    url, body = f"{PARTIES}/individual", {"givenName": "A", "familyName": "B"}
    away = {"@schemaLocation": "http://203.0.113.1/never-fetched.json"}
    assert (await client.post(f"{V4}/category", json={"name": "n", "@type": "Strange", **away})).status_code == 201
    await _refused(client, url, {**body, "@type": "Stranger9", **away}, "@type must be one", "Stranger9")
    made = {**body, "@type": "Subscriber", "@baseType": "Individual", **away}
    created = await client.post(url, json=made)
    assert created.status_code == 201, created.text
    assert created.json()["@type"] == "Subscriber"
    await _refused(client, url, {**made, "title": 5}, "title must be of type string")


@pytest.mark.parametrize(
    ("product", "said"),
    [({"@type": "Strange"}, "must be one of Product, ProductRef"), ({"@type": 5}, "must be one of"),
     ({}, "is mandatory"), ({"@type": "ProductRefOrValue", "isBundle": 1}, "anyOf"),
     ({"@type": "ProductRef"}, "id is mandatory"),
     ({"@type": "Strange", "@baseType": "ProductRef"}, "id is mandatory"),
     ({"@type": "UNI", "isBundle": 1}, "isBundle must be of type boolean"),
     ({"@type": "Product", "productTerm": [{"@type": "Strange", "name": "t"}]}, "must be one of ProductTerm")],
)  # fmt: skip
async def test_bad_input_25_types_inside(client: httpx.AsyncClient, product: dict[str, Any], said: str) -> None:
    url = "/tmf-api/productOrderingManagement/v5/productOrder"
    item = {"@type": "ProductOrderItem", "id": "1", "action": "add", "product": product}
    await _refused(client, url, {"@type": "ProductOrder", "productOrderItem": [item]}, said, "Strange")


@pytest.mark.parametrize(
    "attachment",
    [{"@type": "Drawing", "@baseType": "AttachmentRef", "id": "1"},
     {"@type": "Drawing", "@schemaLocation": "http://203.0.113.1/never-fetched.json"},
     {"@type": "AttachmentRefOrValue", "id": "1"}],
)  # fmt: skip
async def test_bad_input_25_a_stranger_inside_that_explains_itself_is_kept(
    client: httpx.AsyncClient, attachment: dict[str, Any]
) -> None:
    body = {"@type": "ProductSpecification", "name": "n", "attachment": [attachment]}
    created = await client.post(f"{V5}/productSpecification", json=body)
    assert created.status_code == 201, created.text
    assert created.json()["attachment"] == [attachment]


async def test_bad_input_25_a_value_that_its_own_type_forbids(client: httpx.AsyncClient) -> None:
    body = {"@type": "Individual", "givenName": "A", "familyName": "B"}
    for type, value, status in (
        ("NumberCharacteristic", "five", 400),
        ("NumberCharacteristic", 5, 201),
        ("StringCharacteristic", 5, 400),
        ("StringCharacteristic", "five", 201),
    ):
        characteristic = [{"@type": type, "name": "n", "value": value}]
        answer = await client.post(f"{PARTIES}/individual", json={**body, "partyCharacteristic": characteristic})
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("unit", "value", "status"),
    [("EUR", "12.10", 201), ("EUR", "12.100", 201), ("EUR", "12.101", 400), ("JPY", "1.5", 400), ("KWD", "1.125", 201),
     ("EUR", "-1", 400)],
)  # fmt: skip
async def test_bad_input_26_amounts_that_are_paid(
    client: httpx.AsyncClient, unit: str, value: str, status: int
) -> None:
    body = (
        '{"account": {"id": "a"}, "paymentMethod": {"@type": "Cash", "id": "c", "name": "cash"}, "name": "n",'
        f'"totalAmount": {{"unit": "{unit}", "value": {value}}}}}'
    )
    answer = await client.post(PAYMENTS, content=body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("value", "status"), [("0.000000001", 201), ("0.0000000001", 400)])
async def test_bad_input_26_rates_have_nine_decimals(client: httpx.AsyncClient, value: str, status: int) -> None:
    body = f'{{"name": "n", "priceType": "usage", "price": {{"unit": "EUR", "value": {value}}}}}'
    answer = await client.post(
        f"{V4}/productOfferingPrice", content=body.encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-02-01T00:00:00Z", "2026-01-31T23:59:59Z"), ("2026-01-01T12:00:00+05:00", "2026-01-01T12:00:00+06:00"),
     ("2026-02-30T00:00:00Z", "2026-03-01T00:00:00Z"), ("2026-01-01T00:00:00", "2026-03-01T00:00:00Z")],
)  # fmt: skip
async def test_bad_input_26_times(client: httpx.AsyncClient, start: str, end: str) -> None:
    period = {"startDateTime": start, "endDateTime": end}
    await _refused(client, f"{V4}/category", {"name": "n", "validFor": period}, "DateTime", start)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [("MSISDN", "+4915112345678", "0151-123"), ("imsi", "262011234567890", "26201123456789"),
     ("iccid", "8949020000001234562", "8949020000001234563")],
)  # fmt: skip
async def test_bad_input_27_numbers_of_the_network(client: httpx.AsyncClient, name: str, good: str, bad: str) -> None:
    def body(value: str) -> dict[str, Any]:
        return {"name": "n", "resourceCharacteristic": [{"name": name, "value": value}]}

    assert (await client.post(RESOURCES, json=body(good))).status_code == 201
    await _refused(client, RESOURCES, body(bad), name.upper(), bad)
