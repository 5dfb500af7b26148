"""What a Parlay X system tells, in our nouns."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.parlayx.config import Config, Kept
from banyan import Garbled, NotFound, Rejected
from banyan.model import BalanceMove, Bucket, Money, MoveKind, Quantity, TopUp, Unit

Record = Mapping[str, Any]
MSISDN = re.compile(r"[0-9]{1,15}")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,12})?")
KINDS: dict[str, MoveKind] = {"topup": "topup", "voucher": "voucher", "charge": "charge", "adjustment": "adjustment"}


def address(subscriber: str) -> str:
    """The `tel:` URI of a subscriber."""
    if not MSISDN.fullmatch(subscriber):
        raise NotFound("parlayx knows subscribers by their MSISDN")
    return f"tel:+{subscriber}"


def buckets(subscriber: str, balances: Iterable[Record], expiries: Iterable[Record], config: Config) -> list[Bucket]:
    """One for each balance type."""
    until = _once((each["balanceType"], each["date"]) for each in expiries)
    left = _once((each["balanceType"], each["amount"]) for each in balances)
    return [
        Bucket(
            id=f"{subscriber}-{name}",
            subscriber=subscriber,
            usage_type=_kept(name, config).usage,
            remaining=_counted(amount, _kept(name, config)),
            valid_until=until.get(name),
            name=name,
        )
        for name, amount in left.items()
    ]


def update(top_up: TopUp, money: Money, config: Config) -> dict[str, Any]:
    """A top-up as balanceUpdate wants it: into the first balance that is kept in its currency."""
    kept_in = (
        name for name, kept in config.balances.items() if (kept.usage, kept.unit) == ("monetary", money.currency)
    )
    name = next(kept_in, None)
    if name is None:
        raise Rejected(f"parlayx is not set up for {money.currency}")
    return {"balanceType": name, "amount": money.amount, "period": top_up.valid_for_days}


def moves(subscriber: str, entries: Iterable[Record], config: Config) -> list[BalanceMove]:
    """Oldest first. A move has no id there: its moment is one, with a number where several happened at once."""
    seen = Counter[datetime]()
    told = []
    for entry in sorted(entries, key=lambda entry: entry["transactionDate"]):
        at: datetime = entry["transactionDate"]
        seen[at] += 1
        said = _details(entry["transactionDetails"], config)
        told.append(
            BalanceMove(
                id=f"{subscriber}-{at.timestamp():.6f}-{seen[at]}",
                subscriber=subscriber,
                kind=KINDS.get((said.get("kind") or "").lower(), "other"),
                amount=_moved(said, config),
                at=at,
                reference=said.get("reference") or None,
            )
        )
    return told


def _details(text: str, config: Config) -> Mapping[str, str | None]:
    """Prose: what the configured pattern does not find in it is not known."""
    found = re.fullmatch(config.details, text.strip())
    return found.groupdict() if found else {}


def _moved(said: Mapping[str, str | None], config: Config) -> Money | Quantity | None:
    amount, balance = said.get("amount"), said.get("balance")
    if not amount or balance not in config.balances:
        return None
    if not NUMBER.fullmatch(amount):
        raise Garbled("parlayx told a move whose amount is no number")
    return _counted(Decimal(amount), config.balances[balance])


def _counted(amount: Decimal, kept: Kept) -> Money | Quantity:
    if kept.usage == "monetary":
        return Money(amount, kept.unit)
    pieces = amount * kept.factor
    if pieces != int(pieces):
        raise Garbled(f"parlayx counts {kept.usage} in something else than {kept.factor} {kept.unit}")
    return Quantity(int(pieces), Unit(kept.unit))


def _kept(name: str, config: Config) -> Kept:
    if name not in config.balances:
        raise Garbled("parlayx keeps a balance of a type that is not configured")
    return config.balances[name]


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    listed = list(pairs)
    found = dict(listed)
    if len(found) != len(listed):
        raise Garbled("parlayx told a balance twice")
    return found
