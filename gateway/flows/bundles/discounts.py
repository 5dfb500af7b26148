"""The discounts of a bundle, read from its productOfferingPrice documents and the parts their constraints name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contracts.model import Money
from gateway.flows.bundles.findings import Findings
from gateway.flows.bundles.model import Discount

_WHOLE = Decimal(100)


def is_inline(entry: Mapping[str, Any]) -> bool:
    """Whether a productOfferingPrice entry carries the price itself, instead of referring to a stored one."""
    return "percentage" in entry or "price" in entry


def discount(
    id: str, body: Mapping[str, Any], scope: Mapping[str, str | None], currency: str, findings: Findings
) -> Discount | None:
    """The discount that a price document describes, or None with the reason among the findings.

    `scope` maps whatever a constraint may name (offering id, group id, either's name) to what must be chosen;
    None stands for something that always is.
    """
    name = body.get("name") or id
    kind = str(body.get("priceType") or "discount").lower()
    if kind != "discount":
        findings.add(
            "realisation.missing",
            f"price {name} is of priceType {kind}: a bundle costs what its parts cost, only a discount can be booked",
        )
        return None
    price = body.get("price")
    said = price if isinstance(price, dict) else {}
    percentage = _percentage(name, body.get("percentage", said.get("percentage")), findings)
    amount = None
    if percentage is None and said:
        amount = _amount(name, said.get("dutyFreeAmount") or said, currency, findings)
    if percentage is None and amount is None:
        if not findings:
            findings.add("price.missing", f"discount {name} has neither percentage nor price")
        return None
    return Discount(id, name, percentage, amount, _needs(name, body, scope, findings), _priority(body))


def _percentage(name: str, raw: Any, findings: Findings) -> Decimal | None:
    if raw is None:
        return None
    percentage = _decimal(raw)
    if percentage is None or not 0 <= percentage <= _WHOLE:
        findings.add("price.negative", f"discount {name}: percentage {raw} is not a number from 0 to 100")
        return None
    return percentage


def _amount(name: str, raw: Any, currency: str, findings: Findings) -> Money | None:
    amount = _decimal(raw.get("value")) if isinstance(raw, dict) else None
    if amount is None or amount < 0:
        findings.add("price.negative", f"discount {name}: what it takes off is given as an amount of 0 or more")
        return None
    if raw.get("unit") != currency:
        findings.add("price.currencyMix", f"discount {name} is in {raw.get('unit')}, the parts are in {currency}")
        return None
    return Money(amount, currency)


def _decimal(raw: Any) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal):
        return None
    return Decimal(raw)


def _needs(name: str, body: Mapping[str, Any], scope: Mapping[str, str | None], findings: Findings) -> tuple[str, ...]:
    raw = body.get("policy") or body.get("constraint") or []
    if not isinstance(raw, list):
        findings.add("bundle.malformed", f"discount {name}: its constraint must be a list")
        return ()
    needs = []
    for entry in raw:
        named = [entry.get("id"), entry.get("name")] if isinstance(entry, dict) else [entry]
        known = next((word for word in named if isinstance(word, str) and word in scope), None)
        if known is None:
            findings.add("rule.unknownPart", f"discount {name} needs {named[0]}, which is no part of the bundle")
        elif (need := scope[known]) is not None:
            needs.append(need)
    return tuple(dict.fromkeys(needs))


def _priority(body: Mapping[str, Any]) -> int:
    priority = body.get("priority")
    return priority if isinstance(priority, int) else 0
