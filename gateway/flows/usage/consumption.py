"""How much of his bundles a customer has used: every bucket of the present cycle, and what went out of bundle."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from contracts.call import Principal
from contracts.clock import Clock
from contracts.model import Unit
from gateway.flows.usage import grants
from gateway.flows.usage.grants import Realisation
from gateway.flows.usage.guide import USAGE_TYPES, bucket_value, quantity
from gateway.store.port import Store
from gateway.store.usage import UsageStore
from gateway.store.usage_rows import cycle_of


class Consumption:
    def __init__(self, usage: UsageStore, store: Store, clock: Clock, background: Principal) -> None:
        self._usage = usage
        self._store = store
        self._clock = clock
        self._background = background

    async def known(self, owner: str) -> bool:
        """Whether there is such a customer."""
        if await self._store.get(self._background, "TMF629/customer", owner):
            return True
        if await self._store.native(self._background, "customer", owner):
            return True
        return bool(await grants.of_owner(self._store, self._background, owner))

    async def owner_of(self, product: str) -> str | None:
        """Whose product this is."""
        for kind in (grants.REALISATION, "TMF637/product"):
            document = await self._store.get(self._background, kind, product)
            if document is not None and document.owner:
                return document.owner
        return None

    async def of(self, owner: str, products: Collection[str] = ()) -> list[dict[str, Any]]:
        """One TMF677 usage consumption per bundle; `products` narrows it to these bundles or parts."""
        now = self._clock.now()
        cycle = cycle_of(now)
        outside = await self._usage.outside(owner, cycle)
        newest = await self._usage.newest(owner)
        found = []
        for realisation in await grants.of_owner(self._store, self._background, owner):
            own = {realisation.product, *(grant.get("productId") for grant in realisation.grants)}
            if not products or own & set(products):
                beside = _beside(realisation, outside)
                found.append(await self._bundle(realisation, owner, cycle, beside, newest or now))
        return found

    async def _bundle(
        self, realisation: Realisation, owner: str, cycle: datetime, outside: dict[str, int], as_of: datetime
    ) -> dict[str, Any]:
        buckets = sorted(grants.buckets([realisation], cycle), key=lambda bucket: (bucket.since, bucket.grant))
        used = await self._usage.used([bucket.grant for bucket in buckets], cycle)
        party = [{"id": owner, "role": "customer", "@referredType": "Customer"}]
        values = []
        for bucket in buckets:
            # What no bucket covered stands beside the last bucket of its unit.
            last = [other for other in buckets if other.unit is bucket.unit][-1]
            beside = outside.get(bucket.unit, 0) if bucket is last else 0
            values.append({**bucket_value(bucket, used.get(bucket.grant, 0), beside), "relatedParty": party})
        covered = {bucket.unit for bucket in buckets}
        values += [
            _uncovered(realisation, Unit(unit), amount, cycle)
            for unit, amount in sorted(outside.items())
            if unit not in covered
        ]
        return {
            "id": realisation.product,
            "name": realisation.name,
            "state": "done",
            "creationDate": self._clock.now().isoformat(),
            "lastUpdate": as_of.isoformat(),
            "validPeriod": _period(cycle),
            "product": [{"id": realisation.product, "name": realisation.name}],
            "relatedParty": party,
            "bucketRefOrValue": values,
        }


def _beside(realisation: Realisation, outside: dict[tuple[str, str, str], int]) -> dict[str, int]:
    """The usage of this bundle's subscribers that went out of bundle, by unit."""
    found: dict[str, int] = {}
    for (unit, kind, value), amount in outside.items():
        if (kind, value) in realisation.subscribers:
            found[unit] = found.get(unit, 0) + amount
    return found


def _period(cycle: datetime) -> dict[str, str]:
    return {"startDateTime": cycle.isoformat(), "endDateTime": grants.next_cycle(cycle).isoformat()}


def _uncovered(realisation: Realisation, unit: Unit, amount: int, cycle: datetime) -> dict[str, Any]:
    return {
        "id": f"{realisation.product}.{USAGE_TYPES[unit]}",
        "name": f"{USAGE_TYPES[unit]} out of bundle",
        "usageType": USAGE_TYPES[unit],
        "isShared": False,
        "status": "active",
        "remainingValue": quantity(0, unit),
        "validFor": _period(cycle),
        "bucketCounter": [
            {
                "counterType": "outOfBundle",
                "level": "user",
                "value": quantity(amount, unit),
                "consumptionPeriod": _period(cycle),
            }
        ],
        "product": [{"id": realisation.product, "name": realisation.name}],
    }
