"""Usage records as TMF635 shows them, and posted usage as charging reads it."""

import hashlib
import re
from datetime import UTC, datetime
from typing import Any

from contracts.clock import rfc3339
from contracts.model import Quantity, UsageKind
from gateway.flows.refusal import Invalid
from gateway.flows.usage.specifications import UNITS, reference
from gateway.store.encoding import to_json
from gateway.store.port import Document
from gateway.store.usage_rows import Used

KIND = "TMF635/usage"
_MSISDN = re.compile(r"\+?([1-9][0-9]{4,14})")
_LARGEST = 10**13


def document(used: Used) -> Document:
    body = _posted(used) if used.body is not None else _recorded(used)
    rated = [_rated(used, share.amount, "included usage", share.product, share.name) for share in used.shares]
    if used.excluded:
        rated.append(_rated(used, used.excluded, "non included usage"))
    if rated:
        body["ratedProductUsage"] = rated
    return Document(KIND, used.id, body, owner=used.owner, revision=_revision(body))


def _revision(body: dict[str, Any]) -> int:
    """A record is charged in place and counts no writes: what it says stands for how often it was written."""
    return int.from_bytes(hashlib.sha256(to_json(body).encode()).digest()[:7]) or 1


def _posted(used: Used) -> dict[str, Any]:
    body = {**(used.body or {}), "id": used.id, "status": used.state}
    if used.owner and "relatedParty" not in body:
        body["relatedParty"] = _party(used.owner)
    return body


def _recorded(used: Used) -> dict[str, Any]:
    characteristics = {
        used.subscriber_kind: used.subscriber,
        "amount": used.amount,
        "unit": used.unit,
        "destination": used.destination,
        "layout": used.layout,
    }
    body: dict[str, Any] = {
        "id": used.id,
        "usageDate": rfc3339(used.start) if used.start else None,
        "usageType": used.kind,
        "status": used.state,
        "usageSpecification": reference(used.kind),
        "usageCharacteristic": [
            {"name": name, "valueType": "integer" if isinstance(value, int) else "string", "value": value}
            for name, value in characteristics.items()
            if value is not None
        ],
    }
    if used.owner:
        body["relatedParty"] = _party(used.owner)
    return body


def _party(owner: str) -> list[dict[str, Any]]:
    return [{"id": owner, "role": "customer", "@referredType": "Customer"}]


def _rated(used: Used, amount: int, tag: str, product: str | None = None, name: str | None = None) -> dict[str, Any]:
    rated: dict[str, Any] = {
        "usageRatingTag": tag,
        "isBilled": False,
        "bucketValueConvertedInAmount": {"unit": used.unit, "value": amount},
    }
    if product:
        rated["productRef"] = {"id": product, "name": name}
    return rated


def start_of(body: dict[str, Any]) -> datetime | None:
    text = body.get("usageDate")
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("usage.date", "usageDate is no RFC 3339 time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def metered(body: dict[str, Any]) -> tuple[str, str, Quantity] | None:
    """The subscriber (kind, value) and the quantity; None when the body does not carry them all."""
    named = {each.get("name"): each.get("value") for each in body.get("usageCharacteristic", ())}
    kind = next((kind for kind in ("msisdn", "login") if named.get(kind)), None)
    if (
        kind is None
        or "amount" not in named
        or body.get("usageType") not in set(UsageKind)
        or not body.get("usageDate")
    ):
        return None
    unit = UNITS[UsageKind(body["usageType"])]
    amount = named["amount"]
    if named.get("unit", unit) != unit:
        raise Invalid("usage.unit", f"{body['usageType']} is measured in {unit}")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= _LARGEST:
        raise Invalid("usage.amount", f"amount is a whole number from 0 to {_LARGEST}")
    value = str(named[kind])
    if kind == "msisdn":
        if not (found := _MSISDN.fullmatch(value)):
            raise Invalid("usage.msisdn", "msisdn is no E.164 number")
        value = found[1]
    return kind, value, Quantity(amount, unit)
