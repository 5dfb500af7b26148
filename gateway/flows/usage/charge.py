"""Charging: records drain buckets in the order of their start, so that the order of arrival does not matter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.model import Unit
from gateway.store.usage_rows import Crossing, Metered, Share

POINTS = (50, 80, 100)
"""Thresholds in per cent of a bucket."""
REARM = 5
"""A threshold may fire again once the share fell more than this many points below it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """The allowance of one grant in one cycle."""

    grant: str
    product: str
    name: str
    unit: Unit
    size: int
    since: datetime
    """The start of the day it was granted; usage before that is not covered."""
    until: datetime
    """The end of the cycle, or of the product if that is sooner."""
    subscribers: frozenset[tuple[str, str]]
    """Whose usage it covers: (msisdn or login, value)."""
    others: frozenset[tuple[str, str]] = frozenset()
    """Whom other bundles of the customer serve."""

    def covers(self, record: Metered) -> bool:
        name = (record.subscriber_kind, record.subscriber)
        # A login that no bundle names is the customer's own and stands for all of his bundles.
        here = name in self.subscribers or (record.subscriber_kind == "login" and name not in self.others)
        return here and self.since <= record.start < self.until


@dataclass(frozen=True, slots=True)
class Result:
    record: Metered
    shares: tuple[Share, ...]

    @property
    def included(self) -> int:
        return sum(share.amount for share in self.shares)

    @property
    def excluded(self) -> int:
        return self.record.amount - self.included


def charge(records: Iterable[Metered], buckets: Sequence[Bucket]) -> tuple[list[Result], dict[str, int]]:
    """What each record takes from which bucket, and how much of each is used. `records` come in (start, key) order.

    A record may drain several buckets: the soonest to end first, then the oldest; the rest is out of bundle.
    """
    order = sorted(buckets, key=lambda bucket: (bucket.until, bucket.since, bucket.grant))
    used = {bucket.grant: 0 for bucket in order}
    results = []
    for record in records:
        open_amount, shares = record.amount, []
        for bucket in order:
            taken = min(open_amount, bucket.size - used[bucket.grant]) if bucket.covers(record) else 0
            if taken > 0:
                used[bucket.grant] += taken
                open_amount -= taken
                shares.append(Share(bucket.grant, bucket.product, bucket.name, taken))
        results.append(Result(record, tuple(shares)))
    return results, used


def crossings(bucket: Bucket, used: int, fired: set[int]) -> list[Crossing]:
    """The thresholds that fire now, lowest first, and those that are armed again."""
    found = []
    for point in POINTS:
        reached = used * 100 >= point * bucket.size
        if reached and point not in fired:
            found.append(Crossing(bucket.grant, point, fired=True))
        elif point in fired and used * 100 < (point - REARM) * bucket.size:
            found.append(Crossing(bucket.grant, point, fired=False))
    return found
