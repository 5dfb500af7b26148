"""A verdict as TMF679 shows it: results and reasons, and a price whose parts add up to the first invoice."""

from typing import Any

from contracts.model import Money
from gateway.flows.bundles import Discount, Priced, PricedLine, Verdict


def qualified(item: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    """The item with its verdict."""
    result = {**item, "state": "done", "qualificationItemResult": "unqualified"}
    if verdict.priced is None:
        reasons = [{"code": code, "label": label} for code, label in verdict.reasons]
        return {**result, "eligibilityUnavailabilityReason": reasons}
    priced = verdict.priced
    product = dict(item.get("product") or {})
    product["productPrice"] = [_line(line, priced) for line in priced.lines]
    if priced.bundle.is_bundle:
        product.setdefault("product", [_part(line) for line in priced.lines])
    return {
        **result,
        "qualificationItemResult": "qualified",
        "product": product,
        "itemTotalPrice": [_total(priced)],
    }


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
        "productPriceAlteration": [_alteration(discounts[id], share) for id, share in line.shares.items()],
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
