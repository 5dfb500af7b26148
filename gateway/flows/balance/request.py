"""What a client asks to be put on a balance, read from the stored form of its request."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contracts.errors import Unsupported
from contracts.model import Money
from gateway.flows.refusal import Invalid

_CURRENCY = re.compile(r"[A-Z]{3}")


def voucher_of(body: Mapping[str, Any]) -> str | None:
    """The code that is to be spent."""
    voucher = body.get("voucher")
    if voucher is None:
        return None
    if not isinstance(voucher, str) or not voucher.strip():
        raise Invalid("balance.voucher", "a voucher is a text")
    return voucher.strip()


def amount_of(body: Mapping[str, Any]) -> Money:
    """The amount of money that is to be put on it."""
    quantity = body.get("amount")
    amount, units = (quantity.get("amount"), quantity.get("units")) if isinstance(quantity, dict) else (None, None)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or not isinstance(units, str):
        raise Invalid("balance.amount", 'name an amount of money, such as {"amount": 10, "units": "EUR"}, or a voucher')
    if not _CURRENCY.fullmatch(units):
        raise Invalid("balance.amount", "a balance is topped up with money: units is a currency code such as EUR")
    money = Money(Decimal(amount), units)
    if money.amount <= 0 or money.rounded() != money:
        raise Invalid("balance.amount", f"the amount is above zero and in whole minor units of {units}")
    return money


def check_once(body: Mapping[str, Any]) -> None:
    """What comes again by itself is nothing that a prepaid system can be asked for."""
    if body.get("isAutoTopup") or body.get("recurringPeriod") or body.get("numberOfPeriods"):
        raise Unsupported("a top-up is made once; one that recurs is asked for each time")


def references(body: Mapping[str, Any], name: str) -> list[str]:
    """The ids of what this attribute refers to, one or many."""
    told = body.get(name)
    listed = told if isinstance(told, list) else [told]
    return [each["id"] for each in listed if isinstance(each, dict) and isinstance(each.get("id"), str)]
