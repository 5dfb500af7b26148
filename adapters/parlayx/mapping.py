"""What a Parlay X system says, in our words: ours on the left, theirs on the right."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from adapters.parlayx.config import Config, Kept
from banyan import Garbled, NotFound, Rejected
from banyan.mapping import Record, aware, known
from banyan.model import BalanceMove, Bucket, Money, MoveKind, Quantity, TopUp, Unit

MSISDN = re.compile(r"[0-9]{1,15}")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,12})?")
KINDS: dict[str, MoveKind] = {"topup": "topup", "voucher": "voucher", "charge": "charge", "adjustment": "adjustment"}


def subscriber_request(subscriber: str) -> Record:
    """For getBalance, getCreditExpiryDate and getBalanceTypes, and in every other request: a `tel:` URI."""
    if not MSISDN.fullmatch(subscriber):
        raise NotFound("parlayx knows subscribers by their MSISDN")
    return {"endUserIdentifier": f"tel:+{subscriber}"}


def top_up_request(top_up: TopUp, amount: Money, config: Config) -> Record:
    """For balanceUpdate: into the first balance that is kept in its currency."""
    kept_in = (
        name for name, kept in config.balances.items() if (kept.usage, kept.unit) == ("monetary", amount.currency)
    )
    name = next(kept_in, None)
    if name is None:
        raise Rejected(f"parlayx is not set up for {amount.currency}")
    return {
        **subscriber_request(top_up.subscriber),
        "referenceCode": top_up.reference,
        "balanceType": name,
        "amount": amount.amount,
        "period": top_up.valid_for_days,
    }


def redeem_request(top_up: TopUp) -> Record:
    """For voucherUpdate."""
    return {
        **subscriber_request(top_up.subscriber),
        "referenceCode": top_up.reference,
        "voucherIdentifier": top_up.voucher,
    }


def moves_request(subscriber: str, since: datetime, config: Config) -> Record:
    """For getHistory."""
    return {**subscriber_request(subscriber), "date": since, "maxEntries": config.most_entries}


def buckets_reply(balances: Record, expiries: Record, subscriber: str, config: Config) -> list[Bucket]:
    """From getBalance and getCreditExpiryDate: one for each balance type."""
    until = _by_type(expiries)
    return [bucket(row, until.get(name, {}), subscriber, config) for name, row in _by_type(balances).items()]


def bucket(row: Record, expiry: Record, subscriber: str, config: Config) -> Bucket:
    """From Balance, and the BalanceExpireDetails of its type."""
    name, until = row["balanceType"], expiry.get("date")
    kept = known(config.balances, name, "balanceType")
    return Bucket(
        id=f"{subscriber}-{name}",
        subscriber=subscriber,
        usage_type=kept.usage,
        remaining=_counted(row["amount"], kept),
        valid_until=None if until is None else aware(until, "date"),
        name=name,
    )


def moves_reply(body: Record, subscriber: str, config: Config) -> list[BalanceMove]:
    """From getHistory, oldest first; all of it, or Rejected: where it is full, the oldest entries may be left out."""
    rows = body["result"]
    if len(rows) >= config.most_entries:
        raise Rejected("parlayx has more history than it tells at once")
    seen = Counter[datetime]()
    told = []
    for row in sorted(rows, key=lambda row: aware(row["transactionDate"], "transactionDate")):
        seen[row["transactionDate"]] += 1
        told.append(move(row, seen[row["transactionDate"]], subscriber, config))
    return told


def move(row: Record, number: int, subscriber: str, config: Config) -> BalanceMove:
    """From DatedTransaction. It has no id there: its moment is one, with a number where several happened at once.

    Its details are prose: what the configured pattern does not find in it is not known.
    """
    at: datetime = row["transactionDate"]
    found = re.fullmatch(config.details, row["transactionDetails"].strip())
    said: Mapping[str, str | None] = found.groupdict() if found else {}
    return BalanceMove(
        id=f"{subscriber}-{at.timestamp():.6f}-{number}",
        subscriber=subscriber,
        kind=KINDS.get((said.get("kind") or "").lower(), "other"),
        amount=_moved(said, config),
        at=at,
        reference=said.get("reference") or None,
    )


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


def _by_type(body: Record) -> dict[str, Record]:
    found = {row["balanceType"]: row for row in body["result"]}
    if len(found) != len(body["result"]):
        raise Garbled("parlayx told a balance twice")
    return found
