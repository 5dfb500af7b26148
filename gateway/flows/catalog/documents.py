"""A legacy offering as three TMF620 documents: the offering, its specification and its price."""

from datetime import datetime
from typing import Any

from contracts.clock import rfc3339
from gateway.flows.catalog.facts import Facts
from gateway.flows.catalog.specification import ALLOWANCE, RELIES_ON, characteristic, characteristics

OFFERING = "TMF620/productOffering"
SPECIFICATION = "TMF620/productSpecification"
PRICE = "TMF620/productOfferingPrice"
LAUNCHED, RETIRED = "Launched", "Retired"
VERSION = "1.0"


Rows = dict[str, dict[str, Any]]
"""By document kind."""


def rows(offering_id: str, facts: Facts, now: datetime) -> Rows:
    common = {
        "version": VERSION,
        "lifecycleStatus": LAUNCHED if facts.offering.active else RETIRED,
        "lastUpdate": rfc3339(now),
    }
    return {
        SPECIFICATION: _specification(facts, common),
        PRICE: _price(facts, common),
        OFFERING: _offering(offering_id, facts, common),
    }


def _offering(offering_id: str, facts: Facts, common: dict[str, Any]) -> dict[str, Any]:
    offering = facts.offering
    return _said(
        {
            "@type": "ProductOffering",
            "id": offering_id,
            "name": offering.name,
            "description": offering.description,
            "isBundle": False,
            "isSellable": offering.active,
            **common,
            "productSpecification": reference("ProductSpecification", facts.specification_id, offering.name),
            "productOfferingPrice": [reference("ProductOfferingPrice", facts.price_id, offering.name)],
        }
    )


def _specification(facts: Facts, common: dict[str, Any]) -> dict[str, Any]:
    offering = facts.offering
    stated = []
    if offering.relies_on:
        stated.append(characteristic(RELIES_ON, offering.relies_on))
    if offering.allowance:
        stated.append(characteristic(ALLOWANCE, offering.allowance.amount, offering.allowance.unit.value))
    return _said(
        {
            "@type": "ProductSpecification",
            "id": facts.specification_id,
            "name": offering.name,
            "description": offering.description,
            "productNumber": offering.code,
            "isBundle": False,
            **common,
            "productSpecCharacteristic": stated or None,
            "serviceSpecification": offering.service
            and [reference("ServiceSpecification", offering.service, offering.service)],
        }
    )


def _price(facts: Facts, common: dict[str, Any]) -> dict[str, Any]:
    offering = facts.offering
    monthly = {"priceType": "recurring", "recurringChargePeriodType": "month", "recurringChargePeriodLength": 1}
    return {
        "@type": "ProductOfferingPrice",
        "id": facts.price_id,
        "name": offering.name,
        "isBundle": False,
        **common,
        **(monthly if offering.period == "month" else {"priceType": "oneTime"}),
        "price": {"unit": offering.price.currency, "value": offering.price.amount},
    }


def reference(of: str, id: str, name: str) -> dict[str, Any]:
    return {"@type": f"{of}Ref", "@referredType": of, "id": id, "name": name}


def _said(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def merged(stored: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Carry the legacy's change into a stored document, and leave alone what a client added to it.

    Only what the legacy itself changed between `before` and `after` is written; a characteristic counts by name.
    """
    body = dict(stored)
    for name in before.keys() | after.keys():
        if name == "productSpecCharacteristic" or before.get(name) == after.get(name):
            continue
        if name in after:
            body[name] = after[name]
        else:
            body.pop(name, None)
    return _with_characteristics(body, _named(before), _named(after))


def _named(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {str(entry.get("name")): entry for entry in characteristics(body)}


def _with_characteristics(
    body: dict[str, Any], before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    kept = _named(body)
    for name in before.keys() | after.keys():
        untouched = kept.get(name) == before.get(name)
        if before.get(name) != after.get(name) and untouched:
            kept.pop(name, None)
            kept |= {name: after[name]} if name in after else {}
    if kept:
        body["productSpecCharacteristic"] = list(kept.values())
    elif "productSpecCharacteristic" in body and (before or after):
        del body["productSpecCharacteristic"]
    return body
