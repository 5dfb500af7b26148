"""Guiding and charging: whose usage it is, which buckets it drains, which thresholds it crosses."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from uuid_utils import uuid7

from contracts.call import Principal
from contracts.clock import Clock, rfc3339
from contracts.model import Unit
from gateway.flows.party import as_customer
from gateway.flows.usage import grants
from gateway.flows.usage.charge import Bucket, Result, charge, crossings
from gateway.flows.usage.specifications import publish
from gateway.store.encoding import to_json
from gateway.store.port import Emit, Event, Statement, Store
from gateway.store.usage import UsageStore, charging
from gateway.store.usage_rows import Charged, Crossing, Due

PUSHED = (80, 100)
"""The thresholds that listeners hear of, one event each; 50 % is recorded only."""
CONSUMPTION = "TMF677/usageConsumption"


class Guide:
    def __init__(self, usage: UsageStore, store: Store, clock: Clock, background: Principal) -> None:
        self._usage = usage
        self._store = store
        self._clock = clock
        self._background = background

    async def owner_of(self, kind: str, value: str) -> str | None:
        """Our id of the customer whose subscriber this is."""
        return await grants.owner_of(self._store, self._background, kind, value)

    async def publish(self) -> None:
        """Let the specifications that usage refers to be read."""
        await publish(self._store, self._background)

    async def settle(self) -> None:
        """Guide what waits, charge what is due, hand over the events: until nothing is left."""
        while asks := await self._usage.asks():
            await self._usage.guide({ask: await self.owner_of(*ask) for ask in asks})
        while due := await self._usage.due():
            for one in due:
                await self._charge(one)
        await self.deliver()

    async def notice(self) -> None:
        """Take note of bundles that came into being since last time."""
        seen = await self._usage.realised()
        for document in await grants.unseen(self._store, self._background, seen):
            realisation = grants.read(document)
            await self._usage.note(document.id, realisation.owner, realisation.subscribers)

    async def deliver(self) -> None:
        """Hand the events to the store's outbox, which takes each id once."""
        while outbox := await self._usage.outbox():
            for seq, event in outbox:
                await self._store.commit(Emit(event))
                await self._usage.sent(seq)

    async def _charge(self, due: Due) -> None:
        async def work() -> list[Statement]:
            records = await self._usage.metered(due)
            realisations = await grants.of_owner(self._store, self._background, due.owner)
            buckets = [bucket for bucket in grants.buckets(realisations, due.cycle) if bucket.unit is due.unit]
            results, used = charge(records, buckets)
            crossed: list[Crossing] = []
            for bucket in buckets:
                fired = await self._usage.fired(bucket.grant, due.cycle)
                crossed += crossings(bucket, used[bucket.grant], fired)
            now = self._clock.now()
            events = self._events(due, buckets, used, crossed, now)
            return charging(due, _changed(results), used, crossed, events)

        await self._usage.turns.write(work)

    def _events(
        self, due: Due, buckets: Sequence[Bucket], used: dict[str, int], crossed: Sequence[Crossing], now: datetime
    ) -> list[Event]:
        known = {bucket.grant: bucket for bucket in buckets}
        return [
            Event(
                id=str(uuid7()),
                type="UsageConsumptionThresholdEvent",
                kind=CONSUMPTION,
                resource_id=crossing.grant,
                body=_consumption(due, known[crossing.grant], used[crossing.grant], crossing.point, now),
                at=now,
                owner=due.owner,
                customer_ref=hashlib.blake2b(due.owner.encode(), digest_size=16).hexdigest(),
            )
            for crossing in crossed
            if crossing.fired and crossing.point in PUSHED
        ]


def _changed(results: Sequence[Result]) -> list[Charged]:
    """Only the records whose result is another one than before."""
    changed = []
    for result in results:
        record = result.record
        shares = to_json(
            [
                {"grant": share.grant, "product": share.product, "name": share.name, "amount": share.amount}
                for share in result.shares
            ]
        )
        if (record.state, record.excluded, record.shares) != ("rated", result.excluded, shares):
            changed.append(Charged(record.seq, result.included, result.excluded, shares))
    return changed


def _consumption(due: Due, bucket: Bucket, used: int, point: int, now: datetime) -> dict[str, object]:
    """The bucket as TMF677 shows it, with the threshold that it crossed."""
    return {
        "id": bucket.grant,
        "name": bucket.name,
        "state": "done",
        "lastUpdate": rfc3339(now),
        "threshold": point,
        "share": Decimal(used * 1000 // bucket.size) / 10,
        "product": [{"id": bucket.product}],
        "relatedParty": [as_customer(due.owner)],
        "bucket": [bucket_value(bucket, used, 0)],
    }


def quantity(amount: int, unit: Unit) -> dict[str, object]:
    return {"amount": amount, "units": str(unit)}


def bucket_value(bucket: Bucket, used: int, outside: int) -> dict[str, object]:
    """One bucket as TMF677 says it; `outside` is what went out of bundle beside it."""
    period = {"startDateTime": rfc3339(bucket.since), "endDateTime": rfc3339(bucket.until)}
    counted = [("used", used), ("outOfBundle", outside)]
    return {
        "id": bucket.grant,
        "name": bucket.name,
        "usageType": USAGE_TYPES[bucket.unit],
        "isShared": False,
        "status": "active",
        "remainingValue": quantity(max(bucket.size - used, 0), bucket.unit),
        "remainingValueName": f"{max(bucket.size - used, 0)} {bucket.unit}",
        "validFor": period,
        "bucketCounter": [
            {
                "counterType": kind,
                "level": "user",
                "valueName": f"{amount} {bucket.unit}",
                "value": quantity(amount, bucket.unit),
                "consumptionPeriod": period,
            }
            for kind, amount in counted
        ],
        "product": [{"id": bucket.product}],
    }


USAGE_TYPES = {Unit.SECONDS: "voice", Unit.BYTES: "data", Unit.ONE: "message"}
