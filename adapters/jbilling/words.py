"""How jBilling says things: times without a zone, money twice, numbers for words; contradictions are garbled."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.jbilling.config import Config
from banyan import Garbled
from banyan.model import Money

Record = Mapping[str, Any]


def meta_fields(record: Record) -> dict[str, str]:
    return {
        field["fieldName"]: field["stringValue"] for field in record["metaFields"] if field and field["stringValue"]
    }


def money(text: str | None, exact: Decimal | None, iso: str, field: str) -> Money:
    """The amount that jBilling says as a string and, mostly, as a decimal too; both must agree."""
    try:
        amount = Decimal(needed(text if text is not None else exact, field))
    except InvalidOperation:
        raise Garbled(f"jbilling sent a {field} that is no number") from None
    if not amount.is_finite() or (exact is not None and amount != exact):
        raise Garbled(f"jbilling says {field} twice and differently")
    return Money(amount.quantize(Decimal("0.01")) if amount == round(amount, 2) else amount.normalize(), iso)


def currency(record: Record, config: Config) -> str:
    return known(config.currencies, record["currencyId"], "currencyId")


def aware(moment: datetime | None, config: Config, field: str) -> datetime:
    found: datetime = needed(moment, field)
    return found if found.tzinfo is not None else found.replace(tzinfo=config.timezone)


def naive(moment: datetime, config: Config) -> datetime:
    return moment.astimezone(config.timezone).replace(tzinfo=None)


def needed(value: Any, field: str) -> Any:
    if value is None:
        raise Garbled(f"jbilling left {field} empty")
    return value


def known(words: Mapping[int, str], word: int | None, field: str) -> str:
    if word is None or word not in words:
        raise Garbled(f"jbilling sent an unknown {field}")
    return words[word]
