"""What Acme Prepaid says, in our words: ours on the left, theirs on the right.

Lines marked "guessed" were written by their names: look at each, and take the mark away. `banyan adapter show` prints
what goes out and comes in. The words that help are in banyan.mapping: needed, known, money, cents, aware, found, only.
"""

from datetime import datetime

from banyan.mapping import Record, aware, known, money, needed
from banyan.model import Bucket, BucketKind, Receipt, TopUp

USAGE: dict[str, BucketKind] = {"CASH": "monetary", "BONUS": "monetary"}


def buckets_request(subscriber: str) -> Record:
    """For GetWallets: msisdn: string."""
    return {"msisdn": subscriber}


def bucket(row: Record, subscriber: str) -> Bucket:
    """From Wallet: walletId: string, kind: CASH | BONUS, balance: decimal, currency: string, expiry: dateTime?."""
    return Bucket(
        id=row["walletId"],
        subscriber=subscriber,
        usage_type=known(USAGE, row["kind"], "kind"),
        remaining=money(row["balance"], row["currency"], "balance"),
        valid_until=None if row["expiry"] is None else aware(row["expiry"], "expiry"),
    )


def buckets_reply(body: Record, subscriber: str) -> list[Bucket]:
    """From GetWallets: wallet: Wallet[]?."""
    return [bucket(row, subscriber) for row in body["wallet"]]


def top_up_request(top_up: TopUp) -> Record:
    """For Recharge: msisdn: string, reference: string, amount: decimal."""
    return {
        "msisdn": top_up.subscriber,  # guessed
        "reference": top_up.reference,
        "amount": needed(top_up.amount, "amount").amount,
    }


def top_up_reply(body: Record, top_up: TopUp, at: datetime) -> Receipt:
    """From Recharge: transactionId: string."""
    return Receipt(
        reference=top_up.reference,
        native_id=body["transactionId"],  # guessed
        accepted=at,
    )


def top_up_by_key_request(top_up: TopUp) -> Record:
    """For FindRecharges: msisdn: string."""
    return {
        "msisdn": top_up.subscriber,  # guessed
    }


def top_up_by_key_reply(body: Record, top_up: TopUp) -> Receipt | None:
    """From FindRecharges: recharge: RechargeRecord[]?."""
    found = [each for each in body["recharge"] if each["reference"] == top_up.reference]
    if not found:
        return None
    row = found[0]
    return Receipt(
        reference=top_up.reference,
        native_id=row["transactionId"],  # guessed
        accepted=aware(row["bookedAt"], "bookedAt"),  # guessed
    )
