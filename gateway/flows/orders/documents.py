"""The order as its customer reads it: prices and states of its items, notes, and what each change is called."""

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracts.clock import rfc3339
from gateway.flows.bundles.model import Priced, PricedLine
from gateway.flows.orders.request import Root
from gateway.flows.orders.states import State, of_items, reached
from gateway.flows.refusal import Refusal

ORDER = "TMF622/productOrder"
CANCEL = "TMF622/cancelProductOrder"
TYPE, CANCEL_TYPE = "ProductOrder", "CancelProductOrder"


def accepted(body: Mapping[str, Any], order_id: str, roots: Sequence[Root], now: datetime) -> dict[str, Any]:
    """The stored form of an order that was just accepted."""
    order = _begun(body, order_id, now)
    by_id = {item["id"]: item for item in items_of(order)}
    for root in roots:
        _complete(by_id, root)
    order = _all(order, State.ACKNOWLEDGED)
    order["orderTotalPrice"] = [total for root in roots for total in totals(root.priced)]
    return order


def draft(body: Mapping[str, Any], order_id: str, now: datetime) -> dict[str, Any]:
    """The stored form of an order that is still being written."""
    return _begun(body, order_id, now) | {"state": State.DRAFT.value}


def refused(
    body: Mapping[str, Any], order_id: str, refusal: Refusal, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """An order as it was received, and as it stands: rejected, and why."""
    received = _all(_begun(body, order_id, now), State.ACKNOWLEDGED)
    error = {"code": refusal.code, "reason": refusal.reason, "timestamp": rfc3339(now)}
    rejected = with_note(_all(received, State.REJECTED), f"rejected: {refusal.reason}", now)
    return received, rejected | {"productOrderErrorMessage": [error]}


def _begun(body: Mapping[str, Any], order_id: str, now: datetime) -> dict[str, Any]:
    order = copy.deepcopy(dict(body))
    return {"creationDate": rfc3339(now), **order, "id": order_id, "@type": TYPE}


def _all(order: Mapping[str, Any], state: State) -> dict[str, Any]:
    after = copy.deepcopy(dict(order))
    for item in items_of(after):
        item["state"] = state.value
    return {**after, "state": state.value}


def _complete(by_id: dict[str, dict[str, Any]], root: Root) -> None:
    """Add the items that the client left to their defaults, and the price to each."""
    parts = {line.part.offering_id: line for line in root.priced.lines}
    priced = set()
    for member in root.members:
        line = parts[member.offering_id]
        if member.added:
            item = {
                "id": member.item_id,
                "action": "add",
                "quantity": member.quantity,
                "productOffering": {"id": member.offering_id, "name": line.part.name},
            }
            by_id[root.item_id].setdefault("productOrderItem", []).append(item)
        else:
            item = by_id[member.item_id]
        if member.offering_id not in priced:
            item["itemPrice"] = [line_price(line, root.priced)]
        priced.add(member.offering_id)


def line_price(line: PricedLine, priced: Priced) -> dict[str, Any]:
    """The list price of a line with its share of each discount."""
    price = {
        "name": line.part.name,
        **_charge(line.part.period),
        "price": _money(line.amount.amount, priced.bundle.currency),
        "@type": "OrderPrice",
    }
    alterations = [
        {
            "name": alteration.discount.name,
            "priceType": "discount",
            "priority": alteration.discount.priority,
            "price": _money(line.shares[alteration.discount.id].amount, priced.bundle.currency),
        }
        for alteration in priced.alterations
        if alteration.discount.id in line.shares
    ]
    return {**price, "priceAlteration": alterations} if alterations else price


def totals(priced: Priced) -> Iterator[dict[str, Any]]:
    """What the whole configuration costs per period, each discount named with its amount."""
    currency = priced.bundle.currency
    for period in dict.fromkeys(line.part.period for line in priced.lines):
        net = sum((line.net.amount for line in priced.lines if line.part.period == period), Decimal(0))
        total: dict[str, Any] = {
            "name": priced.bundle.name,
            **_charge(period),
            "price": _money(net, currency),
            "@type": "OrderPrice",
        }
        if period == "month" and priced.alterations:
            total["priceAlteration"] = [
                {
                    "name": alteration.discount.name,
                    "priceType": "discount",
                    "priority": alteration.discount.priority,
                    "price": _money(alteration.amount.amount, currency)
                    | (
                        {} if alteration.discount.percentage is None else {"percentage": alteration.discount.percentage}
                    ),
                }
                for alteration in priced.alterations
            ]
        yield total


def _charge(period: str) -> dict[str, str]:
    return {"priceType": "oneTime"} if period == "once" else {"priceType": "recurring", "recurringChargePeriod": period}


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    return {"dutyFreeAmount": {"unit": currency, "value": amount}}


def items_of(order: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every item of the order, parts before their bundle."""
    for item in order.get("productOrderItem") or ():
        yield from items_of(item)
        yield item


def with_states(order: Mapping[str, Any], leaves: Collection[str], changes: Mapping[str, State]) -> dict[str, Any]:
    """The order after these of its leaf items changed; all others, and the order itself, follow from the leaves."""
    after = copy.deepcopy(dict(order))
    items = list(items_of(after))
    for item in items:
        if item["id"] in leaves:
            item["state"] = reached(State(item["state"]), changes.get(item["id"], State(item["state"]))).value
    whole = of_items(State(item["state"]) for item in items if item["id"] in leaves)
    for item in items:
        if item["id"] not in leaves:
            item["state"] = reached(State(item["state"]), whole).value
    after["state"] = reached(State(after["state"]), whole).value
    return after


def without_item_states(order: Mapping[str, Any]) -> dict[str, Any]:
    bare = copy.deepcopy(dict(order))
    for item in items_of(bare):
        item.pop("state", None)
    return bare


def states_of(order: Mapping[str, Any]) -> dict[str, State]:
    """By item; those of a draft have none yet."""
    return {item["id"]: State(item["state"]) for item in items_of(order) if "state" in item}


def with_note(order: Mapping[str, Any], text: str, now: datetime) -> dict[str, Any]:
    """The order with one more note of ours; the same sentence is not said twice."""
    notes = [*(order.get("note") or ())]
    if any(note.get("text") == text for note in notes):
        return dict(order)
    notes.append({"id": str(len(notes) + 1), "author": "banyan", "date": rfc3339(now), "text": text})
    return {**order, "note": notes}


def with_products(order: Mapping[str, Any], delivered: Mapping[str, str]) -> dict[str, Any]:
    """The order with the product that each item brought, the first where it brought several."""
    after = copy.deepcopy(dict(order))
    for item in items_of(after):
        if item["id"] in delivered:
            item["product"] = {**(item.get("product") or {}), "id": delivered[item["id"]]}
    return after
