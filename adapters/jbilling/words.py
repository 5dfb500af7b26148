"""How jBilling says things: money twice, and what it adds in meta fields; contradictions are garbled."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from adapters.jbilling.config import Config
from banyan import Garbled
from banyan.mapping import Record, known, needed
from banyan.model import Money, Quantity, Unit

NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?(E-[0-9]{1,2})?")
"""As Java writes a BigDecimal: zero with ten decimals is 0E-10."""


def meta_fields(record: Record) -> dict[str, str]:
    return {field["fieldName"]: field["stringValue"] for field in listed(record["metaFields"]) if field["stringValue"]}


def listed(entries: Iterable[Any]) -> list[Any]:
    """The entries of a list, in which nil may stand for nothing."""
    return [entry for entry in entries if entry is not None]


def money(text: str | None, exact: Decimal | None, iso: str, field: str) -> Money:
    amount = number(text, exact, field)
    cents = round(amount, 2)
    return Money(cents if amount == cents else amount.normalize(), iso)


def number(text: str | None, exact: Decimal | None, field: str) -> Decimal:
    """What jBilling says as a string and, mostly, as a decimal too; both must agree."""
    said = needed(text if text is not None else str(exact) if exact is not None else None, field)
    if not NUMBER.fullmatch(said):
        raise Garbled(f"jbilling sent a {field} that is no number")
    if exact is not None and Decimal(said) != exact:
        raise Garbled(f"jbilling says {field} twice and differently")
    return Decimal(said)


def quantity(line: Record) -> int:
    pieces = number(line["quantity"], line["quantityAsDecimal"], "quantity")
    if pieces != int(pieces):
        raise Garbled("jbilling sent a quantity that is no whole number")
    return int(pieces)


def allowance(meta: Mapping[str, str]) -> Quantity | None:
    """What an offering holds, as its meta fields say it."""
    if "allowanceAmount" not in meta:
        return None
    try:
        return Quantity(int(meta["allowanceAmount"]), Unit(meta["allowanceUnit"]))
    except (KeyError, ValueError):
        raise Garbled("jbilling sent an allowance that cannot be read") from None


def currency(record: Record, config: Config) -> str:
    return known(config.currencies, record["currencyId"], "currencyId")
