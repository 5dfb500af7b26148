"""Ordering as any client would: read the catalogue, pick a line and a pack, order."""

from typing import Any

import httpx

from tests.house import CATALOG, CUSTOMERS, FINAL, ORDERS


def customers(app: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = app.get(CUSTOMERS).raise_for_status().json()
    return found


def tariff(app: httpx.Client, code: str) -> dict[str, Any]:
    """The offering of a legacy product number."""
    [specification] = _found(app, "productSpecification", {"productNumber": code})
    [offering] = _found(app, "productOffering", {"productSpecification.id": specification["id"]})
    return offering


def _found(app: httpx.Client, resource: str, query: dict[str, str]) -> list[dict[str, Any]]:
    answer = app.get(f"{CATALOG}/v4/{resource}", params=query)
    assert answer.is_success, answer.text
    return list(answer.json())


def bundle(app: httpx.Client, percent: int = 15) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A line and two packs, one of which must be taken; the bundle and the parts to order."""
    line, small, large = (tariff(app, code) for code in ("RP_MOB20", "AO_D5", "AO_D20"))
    price = {
        "name": f"{percent} % off",
        "priceType": "discount",
        "percentage": percent,
        "constraint": [{"id": line["id"]}, {"id": "packs"}],
    }
    discount = app.post(f"{CATALOG}/v4/productOfferingPrice", json=price).raise_for_status().json()
    option = {"numberRelOfferLowerLimit": 0, "numberRelOfferUpperLimit": 1}
    body = {
        "name": f"Line and pack, {percent} % off",
        "isBundle": True,
        "lifecycleStatus": "Launched",
        "bundledProductOffering": [{"id": line["id"], "name": line["name"]}],
        "bundledGroupProductOffering": [
            {
                "id": "packs",
                "name": "Data pack",
                "bundledProductOffering": [
                    {"id": pack["id"], "name": pack["name"], "bundledProductOfferingOption": option}
                    for pack in (small, large)
                ],
                "bundledGroupProductOfferingOption": {"numberRelOfferLowerLimit": 1, "numberRelOfferUpperLimit": 1},
            }
        ],
        "productOfferingPrice": [{"id": discount["id"]}],
    }
    made = app.post(f"{CATALOG}/v4/productOffering", json=body).raise_for_status().json()
    return made, [line, large]


def order_body(customer_id: str, offering: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    children = [
        {"id": f"1.{n}", "action": "add", "quantity": 1, "productOffering": {"id": part["id"]}}
        for n, part in enumerate(parts, start=1)
    ]
    item = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": offering["id"]}}
    party = {"id": customer_id, "role": "customer", "@referredType": "Customer"}
    return {"relatedParty": [party], "productOrderItem": [{**item, "productOrderItem": children}]}


def place(app: httpx.Client, body: dict[str, Any], key: str) -> dict[str, Any]:
    answer = app.post(ORDERS, json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


def all_final(app: httpx.Client, ids: list[str]) -> list[dict[str, Any]] | None:
    seen = [app.get(f"{ORDERS}/{id}").raise_for_status().json() for id in ids]
    return seen if all(order["state"] in FINAL for order in seen) else None
