"""What prepaid subscribers have left, as TMF677 tells it beside the buckets of their bundles."""

from collections.abc import Sequence
from typing import Any

from contracts.call import Call
from contracts.clock import Clock, rfc3339
from contracts.errors import PortError
from contracts.model import Bucket, Money, Quantity
from contracts.ports import BalancePort
from gateway.flows.balance.balances import Balances
from gateway.flows.balance.nouns import Held
from gateway.flows.balance.subscribers import Subscribers, numbers
from gateway.flows.party import as_customer
from gateway.flows.usage.wanted import Wanted
from gateway.policy.ports import Ports


class Prepaid:
    """Nothing where no system keeps balances."""

    def __init__(self, ports: Ports, subscribers: Subscribers, balances: Balances, clock: Clock) -> None:
        self._ports = ports
        self._balances = balances
        self._subscribers = subscribers
        self._clock = clock

    async def knows(self, call: Call, wanted: Wanted) -> bool:
        """Whether the query names a subscriber whose balance a system keeps, though nobody we know owns it."""
        found, failed = await self._found(call, numbers(sorted(wanted.numbers)))
        if failed and not found:
            raise next(iter(failed.values()))
        return bool(found)

    async def of(self, call: Call, owner: str | None, wanted: Wanted) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
        """One TMF677 report per subscriber with a balance, and the systems that did not answer."""
        found, failed = await self._found(call, await self._numbers(owner, wanted))
        return [self._report(number, held, owner) for number, held in found], tuple(sorted(failed))

    async def _numbers(self, owner: str | None, wanted: Wanted) -> list[str]:
        """Those that the query names, else all that the customer has; a service is no prepaid thing."""
        if wanted.services:
            return []
        of_products = [each for id in sorted(wanted.products) for each in await self._subscribers.of_product(id)]
        named = numbers(sorted(wanted.numbers))
        if wanted.products:
            return [each for each in of_products if not named or each in named]
        if named or owner is None:
            return named
        return await self._subscribers.of_customer(owner)

    async def _found(
        self, call: Call, named: Sequence[str]
    ) -> tuple[list[tuple[str, list[Held]]], dict[str, PortError]]:
        found: list[tuple[str, list[Held]]] = []
        failed: dict[str, PortError] = {}
        for serving in self._ports.all(BalancePort):
            for number in named:
                try:
                    if held := await self._balances.held(call, serving, number):
                        found.append((number, held))
                except PortError as error:
                    failed[serving.system] = error
                    break
        return found, failed

    def _report(self, number: str, held: Sequence[Held], owner: str | None) -> dict[str, Any]:
        now = rfc3339(self._clock.now())
        party = [] if owner is None else [as_customer(owner)]
        resource = [{"id": number, "value": number, "@referredType": "MSISDN"}]
        values = [_bucket(each, resource, now) | ({"relatedParty": party} if party else {}) for each in held]
        return {
            "id": f"prepaid.{number}",
            "name": "Prepaid balance",
            "creationDate": now,
            "lastUpdate": now,
            "logicalResource": resource,
            "relatedParty": party,
            "bucket": values,
        }


def _bucket(held: Held, resource: list[dict[str, Any]], now: str) -> dict[str, Any]:
    bucket = held.bucket
    left = quantity(bucket.remaining)
    value: dict[str, Any] = {
        "id": held.id,
        "name": bucket.name or bucket.usage_type,
        "usageType": bucket.usage_type,
        "isShared": False,
        "status": "active",
        "remainingValue": left,
        "remainingValueName": f"{left['amount']} {left['units']}",
        "logicalResource": resource,
    }
    if bucket.valid_until is not None:
        until = rfc3339(bucket.valid_until)
        value |= {"validFor": {"endDateTime": until}, "status": "active" if until > now else "expired"}
    if bucket.initial is not None:
        value["bucketCounter"] = [_used(bucket, bucket.initial)]
    return value


def _used(bucket: Bucket, initial: Money | Quantity) -> dict[str, Any]:
    used = {"amount": initial.amount - bucket.remaining.amount, "units": quantity(initial)["units"]}
    return {"counterType": "used", "level": "user", "value": used}


def quantity(left: Money | Quantity) -> dict[str, Any]:
    """As every API says an amount of anything."""
    return {"amount": left.amount, "units": left.currency if isinstance(left, Money) else str(left.unit)}
