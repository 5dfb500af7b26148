"""A shopper with dice: bundles nobody thought of, a configuration of each, and what it must cost."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx

from tests.house import CATALOG, ORDERS

QUALIFICATION = "/tmf-api/productOfferingQualification/v4/productOfferingQualification"
SHAPES = ("items", "products", "related", "flat-down", "flat-up", "defaults")
PERCENTAGES = ("15", "12.5", "33.333", "100", "0", "0.01", "99.99", "7")
AMOUNTS = ("0.01", "3.33", "5", "9.99", "1000")
STAMP = {"lifecycleStatus": "Launched", "lastUpdate": "2026-03-02T09:00:00Z"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Tariff:
    id: str
    name: str
    price: Decimal


@dataclass
class Configured:
    """One offering, with the quantities to take and how to say them."""

    offering: str
    quantities: dict[str, int]
    shape: str
    total: Decimal
    """By the guide's rules, worked out here."""
    bundle: bool = True


@dataclass
class Wish:
    body: Json
    quantities: dict[str, int]
    discounts: list[Json] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    """Group id -> every offering in it, sub-groups included."""


def exact(answer: httpx.Response) -> Any:
    """The body, with money as it was written."""
    assert answer.is_success, answer.text
    return json.loads(answer.text, parse_float=Decimal)


def tariffs(app: httpx.Client) -> list[Tariff]:
    """What the legacy sells, from the catalogue alone."""
    query = {"isBundle": "false", "limit": 100}
    offerings = exact(app.get(f"{CATALOG}/v4/productOffering", params=query))
    prices = {
        price["id"]: price for price in exact(app.get(f"{CATALOG}/v4/productOfferingPrice", params={"limit": 500}))
    }
    found = []
    for offering in offerings:
        price = prices[offering["productOfferingPrice"][0]["id"]]["price"]
        found.append(Tariff(offering["id"], offering["name"], Decimal(price["value"])))
    return found


def configured(app: httpx.Client, chance: random.Random, shelf: Sequence[Tariff]) -> Configured:
    """Write a bundle (one time in ten: take a tariff as it is) and configure it."""
    if chance.random() < 0.1:
        tariff = chance.choice(shelf)
        quantity = chance.randint(1, 3)
        return Configured(tariff.id, {tariff.id: quantity}, "alone", tariff.price * quantity, bundle=False)
    shape = chance.choice(SHAPES)
    wish = _wish(chance, shelf, as_default=shape == "defaults")
    offering = _written(app, chance, wish)
    prices = {tariff.id: tariff.price for tariff in shelf}
    return Configured(offering, wish.quantities, shape, total(prices, wish))


def total(prices: Mapping[str, Decimal], wish: Wish) -> Decimal:
    """Lines rounded, then each discount that holds on what the one before left, rounded half up, never below zero."""
    left = sum((_cents(prices[id] * pieces) for id, pieces in wish.quantities.items()), Decimal(0))
    taken = {id for id, pieces in wish.quantities.items() if pieces}
    for discount in sorted(wish.discounts, key=lambda one: (one.get("priority", 0), "percentage" not in one)):
        needs = [entry["id"] for entry in discount["constraint"]]
        if all(set(wish.groups.get(need, [need])) & taken for need in needs):
            raw = left * Decimal(str(discount["percentage"])) / 100 if "percentage" in discount else _amount(discount)
            left -= _cents(min(raw, left))
    return left


def _amount(discount: Json) -> Decimal:
    return Decimal(str(discount["price"]["value"]))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _wish(chance: random.Random, shelf: Sequence[Tariff], *, as_default: bool) -> Wish:
    picked = chance.sample(list(shelf), chance.randint(2, min(7, len(shelf))))
    quantities = {tariff.id: chance.choice((0, 1, 1, 1, 2, 3)) for tariff in picked}
    quantities[picked[0].id] = max(1, quantities[picked[0].id])
    parts = {tariff.id: _part(chance, tariff, quantities[tariff.id], as_default=as_default) for tariff in picked}
    wish = Wish({}, quantities)
    direct, groups = list(parts), []
    for number in range(chance.randint(0, 3)):
        chance.shuffle(direct)
        members = [direct.pop() for _ in range(min(len(direct), chance.randint(1, 3)))]
        if members:
            group = _group(chance, f"g{number}", members, parts, wish)
            if groups and chance.random() < 0.4:
                group = _outer(chance, f"o{number}", group, groups.pop(), wish)
            groups.append(group)
    wish.body = {"name": f"Bundle {chance.randrange(10**9)}", "isBundle": True}
    wish.body["bundledProductOffering"] = [parts[id] for id in direct]
    if groups:
        wish.body["bundledGroupProductOffering"] = groups
    wish.discounts = [_discount(chance, number, [*quantities, *wish.groups]) for number in range(chance.randint(0, 3))]
    return wish


def _part(chance: random.Random, tariff: Tariff, pieces: int, *, as_default: bool) -> Json:
    if pieces == 1 and chance.random() < 0.4:
        return {"id": tariff.id, "name": tariff.name}
    lower, upper = chance.randint(0, pieces), pieces + chance.randint(0 if pieces else 1, 2)
    option = {"numberRelOfferLowerLimit": lower, "numberRelOfferUpperLimit": upper}
    option["numberRelOfferDefault"] = pieces if as_default else chance.randint(lower, upper)
    return {"id": tariff.id, "name": tariff.name, "bundledProductOfferingOption": option}


def _group(chance: random.Random, id: str, members: list[str], parts: Mapping[str, Json], wish: Wish) -> Json:
    wish.groups[id] = members
    return {
        "id": id,
        "name": f"Group {id}",
        "bundledProductOffering": [parts[member] for member in members],
        "bundledGroupProductOfferingOption": _around(chance, sum(wish.quantities[member] for member in members)),
    }


def _outer(chance: random.Random, id: str, one: Json, other: Json, wish: Wish) -> Json:
    wish.groups[id] = [*wish.groups[one["id"]], *wish.groups[other["id"]]]
    option = _around(chance, sum(wish.quantities[member] for member in wish.groups[id]))
    nested = [one, other]
    return {
        "id": id,
        "name": f"Group {id}",
        "bundledGroupProductOffering": nested,
        "bundledGroupProductOfferingOption": option,
    }


def _around(chance: random.Random, pieces: int) -> Json:
    limits = {
        "numberRelOfferLowerLimit": chance.randint(0, pieces),
        "numberRelOfferUpperLimit": pieces + chance.randint(0, 2),
    }
    return limits if limits["numberRelOfferUpperLimit"] else {}


def _discount(chance: random.Random, number: int, nameable: list[str]) -> Json:
    needs = chance.sample(nameable, chance.randint(0, min(2, len(nameable))))
    body: Json = {"name": f"Discount {number}", "priceType": "discount", "constraint": [{"id": need} for need in needs]}
    if chance.random() < 0.5:
        body["priority"] = chance.randint(0, 2)
    if chance.random() < 0.7:
        return body | {"percentage": float(chance.choice(PERCENTAGES))}
    return body | {"price": {"unit": "EUR", "value": float(chance.choice(AMOUNTS))}}


def _written(app: httpx.Client, chance: random.Random, wish: Wish) -> str:
    """Over v4 with discounts of their own, or over v5 with the discounts inside; each is a way the guide names."""
    if chance.random() < 0.5:
        prices = [exact(app.post(f"{CATALOG}/v4/productOfferingPrice", json=price)) for price in wish.discounts]
        body = wish.body | {"productOfferingPrice": [{"id": price["id"]} for price in prices]}
        return str(exact(app.post(f"{CATALOG}/v4/productOffering", json=body))["id"])
    body = {**wish.body, **STAMP, "productOfferingPrice": [_of_v5(price) for price in wish.discounts]}
    return str(exact(app.post(f"{CATALOG}/v5/productOffering", json=typed(body, "ProductOffering")))["id"])


def _of_v5(price: Json) -> Json:
    return {**{k: v for k, v in price.items() if k != "constraint"}, **STAMP, "policy": price["constraint"]}


TYPES = {
    "bundledProductOffering": "BundledProductOffering",
    "bundledProductOfferingOption": "BundledProductOfferingOption",
    "bundledGroupProductOffering": "BundledGroupProductOffering",
    "bundledGroupProductOfferingOption": "BundledGroupProductOfferingOption",
    "productOfferingPrice": "ProductOfferingPrice",
    "policy": "PolicyRef",
}


def typed(body: Json, kind: str) -> Json:
    """The body with the `@type` that v5 asks for everywhere."""
    return {"@type": kind} | {
        name: _typed(value, TYPES[name]) if name in TYPES else value for name, value in body.items()
    }


def _typed(value: Any, kind: str) -> Any:
    return [typed(entry, kind) for entry in value] if isinstance(value, list) else typed(value, kind)


def entries(configuration: Configured, chance: random.Random) -> Iterator[tuple[str, int]]:
    """The parts in any order, a quantity now and then in two portions."""
    parts = [(id, pieces) for id, pieces in configuration.quantities.items() if pieces]
    chance.shuffle(parts)
    for id, pieces in parts:
        if pieces > 1 and chance.random() < 0.3:
            yield id, 1
            yield id, pieces - 1
        else:
            yield id, pieces


def order(customer: str, configurations: Sequence[Configured], chance: random.Random) -> Json:
    items = [item for n, one in enumerate(configurations, 1) for item in order_items(str(n), one, chance)]
    return {"relatedParty": [_party(customer)], "productOrderItem": items}


def order_items(id: str, configuration: Configured, chance: random.Random) -> list[Json]:
    top: Json = {"id": id, "action": "add", "productOffering": {"id": configuration.offering}}
    parts = list(entries(configuration, chance))
    children = [
        {"id": f"{id}.{n}", "action": "add", "quantity": pieces, "productOffering": {"id": part}}
        for n, (part, pieces) in enumerate(parts, 1)
    ]
    link = "productOrderItemRelationship"
    match configuration.shape:
        case "items":
            return [top | {"productOrderItem": children}]
        case "flat-down":
            links = [{"id": child["id"], "relationshipType": "bundles"} for child in children]
            return [*children, top | {link: links}]
        case "flat-up":
            up = [{"id": id, "relationshipType": "bundledBy"}]
            return [top, *({**child, link: up} for child in children)]
        case "alone":
            return [top | {"quantity": sum(configuration.quantities.values())}]
    return [top | inside(configuration, parts)]


def inside(configuration: Configured, parts: list[tuple[str, int]]) -> Json:
    """The parts as products inside the item's product; nothing at all where the defaults are meant."""
    products = [{"productOffering": {"id": part}, "quantity": pieces} for part, pieces in parts]
    match configuration.shape:
        case "products":
            return {"product": {"product": products}}
        case "related":
            return {
                "product": {"productRelationship": [{"relationshipType": "bundles", "product": p} for p in products]}
            }
    return {}


def qualification(customer: str, configurations: Sequence[Configured], chance: random.Random) -> Json:
    items: list[Json] = []
    for number, one in enumerate(configurations, 1):
        top: Json = {"id": str(number), "productOffering": {"id": one.offering}}
        parts = list(entries(one, chance))
        if one.shape == "alone":
            pieces = sum(one.quantities.values())
            items.append(top | {"product": {"productCharacteristic": [{"name": "quantity", "value": pieces}]}})
        elif one.shape in ("flat-down", "flat-up"):
            links = []
            for n, (part, pieces) in enumerate(parts, 1):
                product = {"productCharacteristic": [{"name": "quantity", "value": pieces}]}
                items.append({"id": f"{number}.{n}", "productOffering": {"id": part}, "product": product})
                links.append({"id": f"{number}.{n}", "relationshipType": "bundles"})
            items.append(top | {"qualificationItemRelationship": links})
        else:
            products = [{"productOffering": {"id": part}, "quantity": pieces} for part, pieces in parts]
            nested = {"product": {"product": products}} if one.shape == "items" else inside(one, parts)
            items.append(top | nested)
    return {"relatedParty": [_party(customer)], "productOfferingQualificationItem": items}


def _party(customer: str) -> Json:
    return {"id": customer, "role": "customer", "@referredType": "Customer"}


def qualified_total(answer: Json) -> Decimal:
    """All prices plus all alterations, and each item's own total says the same."""
    whole = Decimal(0)
    for item in answer["productOfferingQualificationItem"]:
        assert item["qualificationItemResult"] == "qualified", item
        prices = (item.get("product") or {}).get("productPrice") or []
        amounts = [price["price"]["dutyFreeAmount"]["value"] for price in prices]
        amounts += [
            a["price"]["dutyFreeAmount"]["value"] for p in prices for a in p.get("productPriceAlteration") or []
        ]
        told = [price["price"]["dutyFreeAmount"]["value"] for price in item.get("itemTotalPrice") or []]
        assert sum(map(Decimal, amounts), Decimal(0)) == sum(map(Decimal, told), Decimal(0)), item
        whole += sum(map(Decimal, amounts), Decimal(0))
    return whole


def ordered_total(placed: Json) -> Decimal:
    prices = placed["orderTotalPrice"]
    return sum((Decimal(price["price"]["dutyFreeAmount"]["value"]) for price in prices), Decimal(0))


def place(app: httpx.Client, body: Json) -> Json:
    placed: Json = exact(app.post(ORDERS, json=body))
    return placed
