"""Qualifications between their stored form and verdicts: what is asked, results and reasons, prices that add up."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from contracts.model import Money
from contracts.page import Condition
from gateway.flows.bundles import Discount, Picked, Priced, PricedLine, Verdict, picked
from gateway.flows.refusal import Invalid

ITEMS = "checkProductOfferingQualificationItem"
_SEARCHED = {
    "productOffering": {"id": "id", "name": "name"},
    "category": {"id": "category.id", "name": "category.name"},
    "product.productSpecification": {"id": "productSpecification.id", "name": "productSpecification.name"},
}
"""Where a criterion stands -> the attributes of an offering that it is held against."""


def read_items(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The items to be checked; one without an id gets the next free number."""
    items = body.get(ITEMS) or []
    taken = {item.get("id") for item in items}
    free = (id for number in count(1) if (id := str(number)) not in taken)
    return [item if item.get("id") else {"id": next(free), **item} for item in items]


def read_picks(body: dict[str, Any]) -> tuple[Picked, ...]:
    """What is to be qualified, each item at the top with what is inside it."""
    items = read_items(body)
    if not items:
        raise Invalid("qualification.itemMissing", f"{ITEMS} is missing: nothing to qualify")
    return picked(items, nested="CheckProductOfferingQualificationItem", related="qualificationItemRelationship")


def read_criteria(body: dict[str, Any]) -> tuple[Condition, ...]:
    """What the offerings are to meet; a criterion that none can be held against is refused, not ignored."""
    criteria = body.get("searchCriteria") or {}
    product = criteria.get("product") or {}
    if any(not name.startswith("@") for name in product.keys() - {"productSpecification"}) or "promotion" in criteria:
        raise Invalid("qualification.criteria", f"offerings are searched by {', '.join(_SEARCHED)}")
    said = {**criteria, "product.productSpecification": product.get("productSpecification")}
    return tuple(
        Condition(path, "eq", (str(said[place][name]),))
        for place, paths in _SEARCHED.items()
        for name, path in paths.items()
        if (said.get(place) or {}).get(name) is not None
    )


def answered(items: list[dict[str, Any]], verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Each item with its own verdict; an item inside a bundle shares the bundle's result, and carries no price."""
    own = {verdict.pick.item_id: verdict for verdict in verdicts}
    shared = {inside.item_id: verdict for verdict in verdicts for inside in verdict.pick.inside()}
    return [
        _qualified(item, own[item["id"]]) if item["id"] in own else item | _result(shared[item["id"]]) for item in items
    ]


def offered(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """What can be had, each with its price."""
    qualified = [(verdict.priced, verdict.priced.bundle) for verdict in verdicts if verdict.priced]
    return [
        {
            "id": str(number),
            "productOffering": {"id": bundle.offering_id, "name": bundle.name},
            **_configured({}, priced),
        }
        for number, (priced, bundle) in enumerate(qualified, 1)
    ]


def _qualified(item: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    if verdict.priced is not None:
        return item | _result(verdict) | _configured(item.get("product") or {}, verdict.priced)
    reasons = [{"code": code, "label": label} for code, label in verdict.reasons]
    return item | _result(verdict) | {"eligibilityResultReason": reasons}


def _result(verdict: Verdict) -> dict[str, Any]:
    return {"state": "done", "qualificationItemResult": "qualified" if verdict.priced else "unqualified"}


def _configured(asked: dict[str, Any], priced: Priced) -> dict[str, Any]:
    """The product as it would be, with the price of each line and of the whole."""
    product = {**asked, "productPrice": [_line(line, priced) for line in priced.lines]}
    if priced.bundle.is_bundle:
        product.setdefault("product", [_part(line) for line in priced.lines])
    return {"product": product, "itemTotalPrice": [_total(priced)]}


def _part(line: PricedLine) -> dict[str, Any]:
    return {
        "@type": "Product",
        "name": line.part.name,
        "productOffering": {"id": line.part.offering_id, "name": line.part.name},
        "productCharacteristic": [{"name": "quantity", "valueType": "integer", "value": line.quantity}],
    }


def _line(line: PricedLine, priced: Priced) -> dict[str, Any]:
    discounts = {alteration.discount.id: alteration.discount for alteration in priced.alterations}
    return {
        "@type": "ProductPrice",
        "name": line.part.name,
        "description": f"{line.quantity} x {line.part.price.amount} {line.part.price.currency}",
        **_period(line),
        "price": _price(line.amount),
        "priceAlteration": [_alteration(discounts[id], share) for id, share in line.shares.items()],
    }


def _total(priced: Priced) -> dict[str, Any]:
    """What the first invoice will say, with each discount whole."""
    return {
        "@type": "OrderPrice",
        "name": priced.bundle.name,
        "priceType": "recurring",
        "recurringChargePeriod": "month",
        "price": _price(priced.total),
        "priceAlteration": [_alteration(altered.discount, altered.amount) for altered in priced.alterations],
    }


def _alteration(discount: Discount, amount: Money) -> dict[str, Any]:
    price = _price(amount)
    if discount.percentage is not None:
        price["percentage"] = discount.percentage
    return {
        "@type": "PriceAlteration",
        "name": discount.name,
        "priceType": "discount",
        "recurringChargePeriod": "month",
        "priority": discount.priority,
        "price": price,
        "productOfferingPrice": {"id": discount.id, "name": discount.name},
    }


def _period(line: PricedLine) -> dict[str, Any]:
    if line.part.period == "month":
        return {"priceType": "recurring", "recurringChargePeriod": "month"}
    return {"priceType": "oneTime"}


def _price(amount: Money) -> dict[str, Any]:
    money = {"unit": amount.currency, "value": amount.amount}
    return {"@type": "Price", "dutyFreeAmount": money, "taxIncludedAmount": dict(money), "taxRate": 0}
