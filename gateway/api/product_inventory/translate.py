"""A legacy subscription -> the stored TMF637 document."""

from typing import Any

from contracts.model import LineKind, OrderLine
from gateway.flows.inventory import Held


def subscription_document(held: Held) -> dict[str, Any]:
    """One line is one product; several are a bundle of products that has no offering of its own."""
    subscription = held.subscription
    lines = [line for line in subscription.lines if line.kind is LineKind.PRODUCT]
    body: dict[str, Any] = {
        "id": held.id,
        "name": ", ".join(line.description for line in lines) or f"Subscription {subscription.id}",
        "status": subscription.status,
        "isBundle": len(lines) > 1,
        "isCustomerVisible": True,
        "startDate": subscription.since.isoformat(),
        "relatedParty": [{"id": held.customer_id, "role": "customer", "@referredType": "Customer"}],
        "productPrice": [_price(line) for line in subscription.lines],
        "@type": "Product",
    }
    if subscription.until:
        body["terminationDate"] = subscription.until.isoformat()
    if held.account_id:
        body["billingAccount"] = {"id": held.account_id, "@referredType": "BillingAccount"}
    if len(lines) == 1:
        body |= _offering(lines[0], held)
    else:
        body["product"] = [
            {"name": line.description, "status": subscription.status, **_offering(line, held)} for line in lines
        ]
    return body


def _offering(line: OrderLine, held: Held) -> dict[str, Any]:
    ours = held.offerings.get(line.offering_id or "")
    return {"productOffering": {"id": ours, "name": line.description}} if ours else {}


def _price(line: OrderLine) -> dict[str, Any]:
    return {
        "name": line.description,
        "priceType": "discount" if line.kind is LineKind.DISCOUNT else "recurring",
        "recurringChargePeriod": "month",
        "price": {"dutyFreeAmount": {"unit": line.price.currency, "value": line.amount.amount}},
    }
