"""What a TMF622 order asks for, read from its document: who orders, from when, and which item picks which part."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from gateway.flows.bundles.model import Priced
from gateway.flows.bundles.request import Picked, picked
from gateway.flows.party import customers, party_id
from gateway.flows.refusal import Invalid


@dataclass(frozen=True, slots=True)
class Member:
    """One order item that takes pieces of an atomic offering."""

    item_id: str
    offering_id: str
    quantity: int
    characteristics: dict[str, str]
    added: bool = False
    """The client did not name it: it comes by default, and is added to the order for everybody to see."""


@dataclass(frozen=True, slots=True)
class Root:
    """An item at the top of the order, priced, with the items that take its parts."""

    item_id: str
    priced: Priced
    members: tuple[Member, ...]


def customer_of(body: Mapping[str, Any]) -> str:
    """The party that orders: the one in the role customer, or the only one without a role."""
    found = customers_of(body)
    if len(found) != 1:
        raise Invalid("order.customer", "relatedParty must name exactly one customer")
    return found[0]


def customers_of(body: Mapping[str, Any]) -> list[str]:
    return list(customers(body.get("relatedParty")))


def account_of(body: Mapping[str, Any]) -> str | None:
    """The billing account that is to pay, where the order names one."""
    id = (body.get("billingAccount") or {}).get("id")
    return None if id is None else str(id)


def cancelled_order(body: Mapping[str, Any]) -> str:
    """Which order a cancellation is for."""
    return str((body.get("productOrder") or {}).get("id") or "")


def named(body: Mapping[str, Any]) -> tuple[list[str], list[str], list[Mapping[str, Any]]]:
    """All that an order points at, right or wrong: its parties, its offerings, and the items at the top."""
    parties = [id for party in body.get("relatedParty") or () if (id := party_id(party))]
    items = list(body.get("productOrderItem") or ())
    offerings = []
    pending = list(items)
    while pending:
        item = pending.pop()
        product = item.get("product") or {}
        pending += [*(item.get("productOrderItem") or ()), *(product.get("product") or ())]
        offerings += [id for holder in (item, product) if (id := (holder.get("productOffering") or {}).get("id"))]
    return parties, offerings, items


def start_of(body: Mapping[str, Any], now: datetime) -> datetime:
    """When it is to begin: now, or on the requested day that is still to come."""
    requested = body.get("requestedStartDate")
    if requested is None:
        return now
    try:
        start = datetime.fromisoformat(requested)
    except (TypeError, ValueError) as error:
        raise Invalid("order.start", f"requestedStartDate is no date-time: {requested}") from error
    return max(now, start if start.tzinfo else start.replace(tzinfo=UTC))


def picks_of(body: Mapping[str, Any]) -> tuple[Picked, ...]:
    """The items at the top with everything picked inside them; only `add` is served."""
    items = body.get("productOrderItem") or []
    if not items:
        raise Invalid("order.empty", "productOrderItem is empty: there is nothing to order")
    picks = picked(items, nested="productOrderItem", related="productOrderItemRelationship")
    repeated = [id for id, times in Counter(item_ids(picks)).items() if times > 1]
    if repeated:
        raise Invalid("item.duplicateId", f"several items have the id {', '.join(repeated)}")
    for pick in picks:
        for one in (pick, *pick.inside()):
            action = one.body.get("action", "add")
            if action != "add":
                raise Invalid("order.actionUnsupported", f"action {action} is not supported, only add")
    return picks


def item_ids(picks: Iterable[Picked]) -> list[str]:
    """Of all items at any depth."""
    return [str(one.item_id) for pick in picks for one in (pick, *pick.inside()) if one.item_id is not None]


def members_of(pick: Picked, priced: Priced, taken: Collection[str]) -> tuple[Member, ...]:
    """Which item takes how many pieces of which part; parts that no item names get an item of their own.

    `taken` are the ids of all items that the client wrote, in the whole order.
    """
    return tuple(_members(pick, priced, (id for n in count(1) if (id := f"{pick.item_id}-{n}") not in taken)))


def _members(pick: Picked, priced: Priced, free: Iterator[str]) -> Iterator[Member]:
    for line in priced.lines:
        id = line.part.offering_id
        named = [one for one in (pick, *pick.inside()) if one.offering_id == id and one.quantity]
        own = [one for one in named if one.item_id is not None]
        if own and len(own) == len(named):
            for one in own:
                yield Member(str(one.item_id), id, one.quantity, characteristics_of(one.body))
        else:
            told = characteristics_of(named[0].body) if named else {}
            yield Member(next(free), id, line.quantity, told, added=True)


def characteristics_of(body: Mapping[str, Any]) -> dict[str, str]:
    """What the client says of the product: a wanted msisdn."""
    product = body.get("product")
    holders = (body, product if isinstance(product, dict) else {})
    return {
        str(entry["name"]): str(entry["value"])
        for holder in holders
        for entry in holder.get("productCharacteristic") or ()
        if isinstance(entry, dict) and entry.get("name") not in (None, "quantity") and entry.get("value") is not None
    }
