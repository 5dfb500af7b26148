"""A legacy subscription -> the stored TMF637 document."""

from typing import Any

from contracts.clock import rfc3339
from contracts.model import LineKind, OrderLine
from gateway.flows.inventory import Held
from gateway.flows.party import as_customer, billed_to


def subscription_document(held: Held) -> dict[str, Any]:
    """One line is one product; several are a bundle of products, shown under the offering of the first."""
    subscription = held.subscription
    lines = [line for line in subscription.lines if line.kind is LineKind.PRODUCT]
    name = (lines[0].description if lines else "") or f"Subscription {subscription.id}"
    body: dict[str, Any] = {
        "id": held.id,
        "name": name,
        "status": subscription.status,
        "isBundle": False,
        "isCustomerVisible": True,
        "startDate": rfc3339(subscription.since),
        "relatedParty": [as_customer(held.customer_id)],
        "billingAccount": billed_to(held.account_id, held.customer_id),
        "productPrice": [_price(line) for line in subscription.lines],
        "productCharacteristic": [{"name": "subscription", "valueType": "string", "value": subscription.id}],
        "@type": "Product",
    }
    if subscription.until:
        body["terminationDate"] = rfc3339(subscription.until)
    body["productOffering"] = _offering(lines[0], held) if lines else _unlisted(name, held)
    return body | _bundle(lines, held) if len(lines) > 1 else body


def _bundle(lines: list[OrderLine], held: Held) -> dict[str, Any]:
    """What is said otherwise of several, and of each of them."""
    known = [line for line in lines if line.offering_id in held.offerings]
    status = held.subscription.status
    return {
        "name": ", ".join([line.description for line in lines]),
        "isBundle": True,
        "productOffering": _offering((known or lines)[0], held),
        "product": [
            {"name": line.description, "status": status, "productOffering": _offering(line, held)} for line in lines
        ],
    }


def _offering(line: OrderLine, held: Held) -> dict[str, Any]:
    ours = held.offerings.get(line.offering_id or "")
    return {"id": ours, "name": line.description} if ours else _unlisted(line.description, held)


def _unlisted(name: str, held: Held) -> dict[str, Any]:
    """What is in no catalogue any more goes by the subscription under which it still runs."""
    return {"id": f"{held.id}.offering", "name": name}


def _price(line: OrderLine) -> dict[str, Any]:
    return {
        "name": line.description,
        "priceType": "discount" if line.kind is LineKind.DISCOUNT else "recurring",
        "recurringChargePeriod": "month",
        "price": {"dutyFreeAmount": {"unit": line.price.currency, "value": line.amount.amount}},
    }
