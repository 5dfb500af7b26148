"""How much of his bundles a customer has used: every bucket of the present cycle, and what went out of bundle."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.call import Principal
from contracts.clock import Clock, rfc3339
from contracts.model import Unit
from gateway.flows.party import as_customer
from gateway.flows.usage import grants
from gateway.flows.usage.grants import Realisation
from gateway.flows.usage.guide import USAGE_TYPES, bucket_value, quantity
from gateway.flows.usage.wanted import Wanted
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

    async def owners(self, wanted: Wanted) -> set[str | None]:
        """Our ids of the customers to whom all that belongs; None stands for what nobody knows."""
        named: set[str | None] = {party if await self.known(party) else None for party in wanted.parties}
        for account in wanted.accounts:
            crossref = await self._store.native(self._background, "account", account)
            named.add(crossref.keys.get("customer") if crossref else None)
        named |= {await self._owner_of_product(product) for product in wanted.products}
        named |= {await self._owner_of_number(number) for number in wanted.numbers}
        return named | {await grants.owner_of_service(self._store, self._background, id) for id in wanted.services}

    async def _owner_of_product(self, product: str) -> str | None:
        for kind in (grants.REALISATION, "TMF637/product"):
            document = await self._store.get(self._background, kind, product)
            if document is not None and document.owner:
                return document.owner
        return None

    async def _owner_of_number(self, number: str) -> str | None:
        for kind in grants.KINDS:
            value = grants.plain(kind, number)
            if owner := await grants.owner_of(self._store, self._background, kind, value):
                return owner
        return None

    async def of(self, owner: str, wanted: Wanted) -> list[dict[str, Any]]:
        """One TMF677 report per bundle that fits the query."""
        now = self._clock.now()
        cycle = cycle_of(now)
        outside = await self._usage.outside(owner, cycle)
        newest = await self._usage.newest(owner)
        bundles = await grants.of_owner(self._store, self._background, owner)
        beside = _beside(bundles, outside, cycle)
        return [
            await self._bundle(bundle, wanted, cycle, beside[bundle.product], newest or now)
            for bundle in bundles
            if wanted.fits(bundle)
        ]

    async def _bundle(
        self, realisation: Realisation, wanted: Wanted, cycle: datetime, outside: dict[str, int], as_of: datetime
    ) -> dict[str, Any]:
        buckets = sorted(grants.buckets([realisation], cycle), key=lambda bucket: (bucket.since, bucket.grant))
        used = await self._usage.used([bucket.grant for bucket in buckets], cycle)
        party = [as_customer(realisation.owner)]
        values = []
        for bucket in buckets:
            # What no bucket covered stands beside the last bucket of its unit.
            last = [other for other in buckets if other.unit is bucket.unit][-1]
            beside = outside.get(bucket.unit, 0) if bucket is last else 0
            if wanted.shows(bucket, realisation):
                values.append({**bucket_value(bucket, used.get(bucket.grant, 0), beside), "relatedParty": party})
        covered = {bucket.unit for bucket in buckets}
        if len(values) == len(buckets):
            values += [
                _uncovered(realisation, Unit(unit), amount, cycle)
                for unit, amount in sorted(outside.items())
                if unit not in covered
            ]
        return {
            "id": realisation.product,
            "name": realisation.name,
            "creationDate": rfc3339(self._clock.now()),
            "lastUpdate": rfc3339(as_of),
            "validPeriod": _period(cycle),
            "product": [{"id": realisation.product, "name": realisation.name}],
            "relatedParty": party,
            "bucket": values,
        }


def _beside(
    bundles: Sequence[Realisation], outside: dict[tuple[str, str, str], int], cycle: datetime
) -> dict[str, dict[str, int]]:
    """What went out of bundle, by bundle and unit; told once, by the bundle that would have covered it."""
    granted = {(bucket.unit, bundle.product) for bundle in bundles for bucket in grants.buckets([bundle], cycle)}
    named = {name for bundle in bundles for name in bundle.subscribers}
    found: dict[str, dict[str, int]] = {bundle.product: {} for bundle in bundles}
    for (unit, kind, value), amount in outside.items():
        own = kind == "login" and (kind, value) not in named
        serving = [bundle.product for bundle in bundles if own or (kind, value) in bundle.subscribers]
        if serving:
            told = found[max(serving, key=lambda product: (unit, product) in granted)]
            told[unit] = told.get(unit, 0) + amount
    return found


def _period(cycle: datetime) -> dict[str, str]:
    return {"startDateTime": rfc3339(cycle), "endDateTime": rfc3339(grants.next_cycle(cycle))}


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
