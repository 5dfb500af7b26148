"""A legacy subscription -> the stored TMF637 document."""

from typing import Any

from contracts.clock import rfc3339
from contracts.model import LineKind, OrderLine
from gateway.flows.inventory import Held


def subscription_document(held: Held) -> dict[str, Any]:
    """One line is one product; several are a bundle of products, shown under the offering of the first."""
    subscription = held.subscription
    lines = [line for line in subscription.lines if line.kind is LineKind.PRODUCT]
    body: dict[str, Any] = {
        "id": held.id,
        "name": ", ".join(line.description for line in lines) or f"Subscription {subscription.id}",
        "status": subscription.status,
        "isBundle": len(lines) > 1,
        "isCustomerVisible": True,
        "startDate": rfc3339(subscription.since),
        "relatedParty": [{"id": held.customer_id, "role": "customer", "@referredType": "Customer"}],
        "productPrice": [_price(line) for line in subscription.lines],
        "productCharacteristic": [{"name": "subscription", "valueType": "string", "value": subscription.id}],
        "@type": "Product",
    }
    if subscription.until:
        body["terminationDate"] = rfc3339(subscription.until)
    if held.account_id:
        body["billingAccount"] = {"id": held.account_id, "@referredType": "BillingAccount"}
    body |= next((offering for line in lines if (offering := _offering(line, held))), {})
    if len(lines) != 1:
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
