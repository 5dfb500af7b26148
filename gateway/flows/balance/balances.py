"""Balances and their history: read from their system whenever asked for, mirrored for filters and for events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from contracts.call import Call, Principal
from contracts.clock import rfc3339
from contracts.errors import NotFound, PortError
from contracts.model import BalanceMove, Bucket, BucketKind, Money, Quantity
from contracts.page import Condition, Window
from contracts.ports import BalancePort
from gateway.flows.balance.subscribers import Subscribers
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Change, Confirm, Crossref, Document, Found, Link, Put

BUCKET = "TMF654/bucket"
TOTAL = "TMF654/accumulatedBalance"
ACTION = "TMF654/balanceAction"
TOP_UP = "TMF654/topupBalance"
NOBODY = ""
"""The owner of what belongs to no customer, seen only by those who see all."""
HISTORY = timedelta(days=30)
"""How much of the past is told when nobody says how much."""
AHEAD = timedelta(hours=1)
"""How far the legacy's clock may be before ours."""
MOST_NUMBERS = 50
"""So many subscribers are asked for within one list; the legacy counts as missing for the others."""
_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """A bucket with our ids, ready to be shown."""

    id: str
    bucket: Bucket
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Totalled:
    """What a subscriber's buckets of one kind and unit come to."""

    id: str
    subscriber: str
    usage_type: BucketKind
    total: Money | Quantity
    buckets: tuple[Held, ...]
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the history with our ids."""

    id: str
    move: BalanceMove
    customer_id: str | None


@dataclass(frozen=True, slots=True)
class Translate:
    """What a flow needs of the edge: its documents."""

    bucket: Callable[[Held], dict[str, Any]]
    total: Callable[[Totalled], dict[str, Any]]
    action: Callable[[Moved], dict[str, Any]]


class Balances:
    def __init__(self, mirror: Mirror, ports: Ports, subscribers: Subscribers, translate: Translate) -> None:
        self._mirror = mirror
        self._ports = ports
        self._subscribers = subscribers
        self._translate = translate

    async def row(self, call: Call, kind: str, id: str) -> Document:
        """A bucket or a total as it is now; as it was while its system is silent, unless a top-up came since."""
        kept = await self._known(call.principal, kind, id)
        serving = next((one for one in self._ports.all(BalancePort) if one.system == kept.source), None)
        if serving is None:
            return kept
        missing = await self._refresh(call, serving, number_of(kept.body))
        return replace(await self._known(call.principal, kind, id), missing=missing)

    async def rows(self, call: Call, kind: str, window: Window) -> Found:
        """The buckets or totals of the subscribers that the window names, and what else is kept here."""
        serving = self._ports.serving(BalancePort, operator=call.operator)
        asked, missing = await self._asked(call.principal, window, serving)
        for number in asked:
            missing |= set(await self._refresh(call, serving, number))
        found = await self._mirror.store.find(call.principal, kind, window)
        return replace(found, missing=tuple(sorted(missing)))

    async def actions(self, call: Call, window: Window) -> Found:
        """The history of the subscribers that the window names; its last 30 days unless it says since when."""
        serving = self._ports.serving(BalancePort, operator=call.operator)
        asked, missing = await self._asked(call.principal, window, serving)
        since, until = self._range(window.conditions)
        for number in asked:
            try:
                moves = await serving.port.moves(call, number, since, until)
            except NotFound:
                continue
            owner = await self._subscribers.owner_of(number)
            changes: list[Change] = []
            for move in moves:
                known = await self._mirror.crossref("balanceAction", serving.system, f"{number}/{move.id}")
                body = self._translate.action(Moved(known.id, move, owner))
                changes += await self._silently(_mirrored(ACTION, known, body, owner), known)
            await self._mirror.write(changes)
        found = await self._mirror.store.find(call.principal, ACTION, window)
        return replace(found, missing=tuple(sorted(missing)))

    async def action(self, call: Call, id: str) -> Document:
        """A line of the history as it was read: what has happened does not change."""
        return await self._known(call.principal, ACTION, id)

    async def renew(self, call: Call, number: str) -> None:
        """Read a subscriber's balance again, for whoever listens to it; a system that is silent is left alone."""
        try:
            await self._refresh(call, self._ports.serving(BalancePort, operator=call.operator), number)
        except PortError:
            return

    async def _known(self, principal: Principal, kind: str, id: str) -> Document:
        kept = await self._mirror.store.get(principal, kind, id)
        if kept is None:
            raise Unknown("balance.unknown", "There is no such balance")
        return kept

    async def _asked(
        self, principal: Principal, window: Window, serving: Serving[BalancePort]
    ) -> tuple[list[str], set[str]]:
        """The numbers to ask for; and the system, where it has more than can be asked for."""
        named = await self._subscribers.asked(principal, window.conditions)
        whole = named is not None and len(named) <= MOST_NUMBERS
        return (named or [])[:MOST_NUMBERS], set() if whole else {serving.system}

    async def held(self, call: Call, serving: Serving[BalancePort], number: str) -> list[Held]:
        """What the subscriber has now, mirrored as well; nothing of one whom the system does not know."""
        try:
            found = await serving.port.buckets(call, number)
        except NotFound:
            found = []
        owner = await self._subscribers.owner_of(number)
        held, changes, kept = [], list[Change](), set[str]()
        for bucket in found:
            known = await self._mirror.crossref("bucket", serving.system, f"{number}/{bucket.id}")
            held.append(Held(known.id, bucket, owner))
            document = _mirrored(BUCKET, known, self._translate.bucket(held[-1]), owner)
            changes += await self._mirror.changes(document, known)
            kept.add(known.id)
        for usage_type, unit in dict.fromkeys((each.bucket.usage_type, _unit(each.bucket)) for each in held):
            alike = tuple(each for each in held if (each.bucket.usage_type, _unit(each.bucket)) == (usage_type, unit))
            known = await self._mirror.crossref("balance", serving.system, f"{number}/{usage_type}/{unit}")
            total = Totalled(known.id, number, usage_type, _sum(alike), alike, owner)
            changes += await self._silently(_mirrored(TOTAL, known, self._translate.total(total), owner), known)
            kept.add(known.id)
        await self._mirror.write(changes)
        for kind in (BUCKET, TOTAL):
            rows = (await self._mirror.store.find(self._mirror.principal, kind, _of(number))).items
            await self._mirror.forget(*(row for row in rows if row.source == serving.system and row.id not in kept))
        return held

    async def _refresh(self, call: Call, serving: Serving[BalancePort], number: str) -> tuple[str, ...]:
        """The system, where it does not answer and its last word still holds."""
        try:
            await self.held(call, serving, number)
        except PortError:
            if await self._still_holds(serving.system, number):
                return (serving.system,)
            raise
        return ()

    async def _silently(self, document: Document, known: Crossref) -> list[Change]:
        """As the mirror keeps it; no document declares an event for it."""
        before = await self._mirror.store.get(self._mirror.principal, document.kind, document.id)
        now = self._mirror.clock.now()
        if before is not None and before.body == document.body:
            return [Confirm(document.kind, document.id, now)]
        return [Put(replace(document, as_of=now), expect=before.revision if before else 0), Link(known)]

    async def _still_holds(self, system: str, number: str) -> bool:
        """Whether what the system said last may be shown: a balance from before a top-up is never told after it."""
        store, principal = self._mirror.store, self._mirror.principal
        rows = (await store.find(principal, BUCKET, _of(number))).items
        told = [row.as_of for row in rows if row.source == system and row.as_of is not None]
        if not told:
            return False
        for since in (
            Condition("status", "eq", ("inProgress", "held")),
            Condition("confirmationDate", "gte", (rfc3339(min(told)),)),
        ):
            if (await store.find(principal, TOP_UP, _of(number, since))).total:
                return False
        return True

    def _range(self, conditions: Sequence[Condition]) -> tuple[datetime, datetime]:
        """As wide as the conditions on the date; what it takes in too much, the conditions leave out again."""
        now = self._mirror.clock.now()
        since, until = now - HISTORY, now + AHEAD
        for condition in conditions:
            if condition.path in ("confirmationDate", "requestedDate") and not condition.otherwise:
                if condition.operator in ("gt", "gte"):
                    since = min(map(datetime.fromisoformat, condition.values))
                elif condition.operator in ("lt", "lte"):
                    until = max(map(datetime.fromisoformat, condition.values)) + timedelta(seconds=1)
        return since, until


def number_of(body: dict[str, Any]) -> str:
    """The subscriber of a mirrored row."""
    return str(body["logicalResource"][0]["id"])


def _of(number: str, *more: Condition) -> Window:
    return Window(limit=_ROWS, conditions=(Condition("logicalResource.id", "eq", (number,)), *more))


def _mirrored(kind: str, known: Crossref, body: dict[str, Any], owner: str | None) -> Document:
    return Document(kind, known.id, body, owner=NOBODY if owner is None else owner, source=known.system)


def _unit(bucket: Bucket) -> str:
    return bucket.remaining.currency if isinstance(bucket.remaining, Money) else str(bucket.remaining.unit)


def _sum(held: Sequence[Held]) -> Money | Quantity:
    total = held[0].bucket.remaining
    for each in held[1:]:
        more = each.bucket.remaining
        if isinstance(total, Money) and isinstance(more, Money):
            total += more
        elif isinstance(total, Quantity) and isinstance(more, Quantity):
            total = Quantity(total.amount + more.amount, total.unit)
    return total
