"""Buckets, totals and moves of a balance -> the stored TMF654 documents."""

from typing import Any

from contracts.clock import rfc3339
from contracts.model import Money, Quantity
from gateway.flows.balance import Held, Moved, Totalled, Translate


def _bucket(held: Held) -> dict[str, Any]:
    bucket = held.bucket
    left = _quantity(bucket.remaining)
    body: dict[str, Any] = {
        "id": held.id,
        "name": bucket.name or bucket.usage_type,
        "usageType": bucket.usage_type,
        "isShared": False,
        "status": "active",
        "remainingValue": left,
        "remainingValueName": f"{left['amount']} {left['units']}",
        **_whose(bucket.subscriber, held.customer_id),
        "@type": "Bucket",
    }
    if bucket.valid_until is not None:
        body["validFor"] = {"endDateTime": rfc3339(bucket.valid_until)}
    return body


def _total(total: Totalled) -> dict[str, Any]:
    left = _quantity(total.total)
    refs = [
        {"id": each.id, "name": each.bucket.name or each.bucket.usage_type, "@referredType": "Bucket"}
        for each in total.buckets
    ]
    return {
        "id": total.id,
        "name": f"{total.usage_type} {left['units']}",
        "totalBalance": left,
        "bucket": refs,
        **_whose(total.subscriber, total.customer_id),
        "@type": "AccumulatedBalance",
    }


def _action(moved: Moved) -> dict[str, Any]:
    move = moved.move
    at = rfc3339(move.at)
    whose = _whose(move.subscriber, moved.customer_id)
    body: dict[str, Any] = {
        "id": moved.id,
        "requestedDate": at,
        "confirmationDate": at,
        "status": "completed",
        "reason": move.kind,
        **whose,
        "logicalResource": whose["logicalResource"][0],
        "@type": "BalanceAction",
    }
    if move.amount is not None:
        body["amount"] = _quantity(move.amount)
        if isinstance(move.amount, Money):
            body["usageType"] = "monetary"
    if move.reference is not None:
        body["description"] = move.reference
    return body


def _whose(subscriber: str, customer: str | None) -> dict[str, Any]:
    whose: dict[str, Any] = {"logicalResource": [{"id": subscriber, "value": subscriber, "@referredType": "MSISDN"}]}
    if customer is not None:
        whose["relatedParty"] = [{"id": customer, "role": "customer", "@referredType": "Customer"}]
    return whose


def _quantity(left: Money | Quantity) -> dict[str, Any]:
    return {"amount": left.amount, "units": left.currency if isinstance(left, Money) else str(left.unit)}


BALANCE_DOCUMENTS = Translate(_bucket, _total, _action)
