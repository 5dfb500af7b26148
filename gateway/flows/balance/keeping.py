"""The mirror of balances: what a system said of a subscriber, as of when it was asked, for filters and for events."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from contracts.clock import rfc3339
from contracts.model import BalanceMove, Bucket, Money, Quantity
from contracts.page import Condition, Window
from gateway.flows import told
from gateway.flows.balance.nouns import ACTION, BUCKET, NOBODY, TOP_UP, TOTAL, Held, Moved, Totalled, Translate
from gateway.flows.balance.subscribers import Subscribers
from gateway.flows.mirror import Mirror
from gateway.store.port import Change, Confirm, Crossref, Document, Drop, Emit, Link, Put, Stale

TRIES = 5
_ROWS = 1000


class Keeping:
    def __init__(self, mirror: Mirror, subscribers: Subscribers, translate: Translate) -> None:
        self._mirror = mirror
        self._subscribers = subscribers
        self._translate = translate

    async def buckets(self, system: str, number: str, found: Sequence[Bucket], asked: datetime) -> list[Held]:
        """Keep all that a subscriber has, and what it comes to; what he has no more is dropped."""
        owner = await self._subscribers.owner_of(number)
        held: list[Held] = []

        async def changes() -> list[Change]:
            held[:] = [
                Held((await self._mirror.crossref("bucket", system, f"{number}/{each.id}")).id, each, owner)
                for each in found
            ]
            return await self._buckets(system, number, held, asked)

        await self._write(changes)
        return held

    async def moves(self, system: str, number: str, moves: Sequence[BalanceMove], asked: datetime) -> None:
        """Keep these lines of the history."""
        owner = await self._subscribers.owner_of(number)

        async def changes() -> list[Change]:
            made: list[Change] = []
            for move in moves:
                known = await self._mirror.crossref("balanceAction", system, f"{number}/{move.id}")
                body = self._translate.action(Moved(known.id, move, owner))
                made += await self._changes(_row(ACTION, known, owner, asked, body), known)
            return made

        await self._write(changes)

    async def still_holds(self, system: str, number: str) -> bool:
        """Whether what the system said last may be shown: a balance from before a top-up is never told after it."""
        last = [row.as_of for row in await self._of(number, BUCKET) if row.source == system and row.as_of is not None]
        if not last:
            return False
        unsettled = Condition("status", "eq", ("inProgress", "held"))
        since = Condition("confirmationDate", "gte", (rfc3339(min(last)),))
        return not (await self._of(number, TOP_UP, unsettled) or await self._of(number, TOP_UP, since))

    async def _buckets(self, system: str, number: str, held: Sequence[Held], asked: datetime) -> list[Change]:
        made: list[Change] = []
        for each in held:
            known = await self._mirror.crossref("bucket", system, f"{number}/{each.bucket.id}")
            row = _row(BUCKET, known, each.customer_id, asked, self._translate.bucket(each))
            made += await self._changes(row, known, type="Bucket")
        kept = {each.id for each in held}
        for usage_type, unit in dict.fromkeys((each.bucket.usage_type, each.unit) for each in held):
            alike = tuple(each for each in held if (each.bucket.usage_type, each.unit) == (usage_type, unit))
            owner = alike[0].customer_id
            known = await self._mirror.crossref("balance", system, f"{number}/{usage_type}/{unit}")
            body = self._translate.total(Totalled(known.id, number, usage_type, _sum(alike), alike, owner))
            made += await self._changes(_row(TOTAL, known, owner, asked, body), known)
            kept.add(known.id)
        for row in [*await self._of(number, BUCKET), *await self._of(number, TOTAL)]:
            if row.source == system and row.id not in kept and _told_before(row, asked):
                made.append(Drop(row.kind, row.id, expect=row.revision))
                if row.kind == BUCKET:
                    made.append(Emit(told.event("Bucket", told.DELETED, row, asked)))
        return made

    async def _changes(self, row: Document, known: Crossref, type: str | None = None) -> list[Change]:
        """What keeps the row, unless it was told younger; `type`: with events, where documents declare some."""
        before = await self._mirror.store.get(self._mirror.principal, row.kind, row.id)
        asked = row.as_of or self._mirror.clock.now()
        if before is not None and not _told_before(before, asked):
            return []
        if before is not None and before.body == row.body:
            return [Confirm(row.kind, row.id, asked)]
        said = [told.CREATED] if before is None else told.changes(before.body, row.body)
        events = [] if type is None else [Emit(told.event(type, what, row, asked)) for what in said]
        return [Put(row, expect=0 if before is None else before.revision), *events, Link(known)]

    async def _write(self, changes: Callable[[], Awaitable[list[Change]]]) -> None:
        """Another reader may meet the same things for the first time; then his ids are theirs."""
        for attempt in range(1, TRIES + 1):
            try:
                await self._mirror.store.commit(*await changes())
            except Stale:
                if attempt == TRIES:
                    raise
            else:
                return

    async def _of(self, number: str, kind: str, *more: Condition) -> list[Document]:
        mine = Condition("logicalResource.id", "eq", (number,))
        window = Window(limit=_ROWS, conditions=(mine, *more))
        return (await self._mirror.store.find(self._mirror.principal, kind, window)).items


def _row(kind: str, known: Crossref, owner: str | None, asked: datetime, body: dict[str, object]) -> Document:
    kept_for = NOBODY if owner is None else owner
    return Document(kind, known.id, body, owner=kept_for, source=known.system, as_of=asked)


def _told_before(row: Document, asked: datetime) -> bool:
    """Two answers may come in another order than they were given: what was asked for later is younger."""
    return row.as_of is None or row.as_of <= asked


def _sum(held: Sequence[Held]) -> Money | Quantity:
    total = held[0].bucket.remaining
    for each in held[1:]:
        more = each.bucket.remaining
        if isinstance(total, Money) and isinstance(more, Money):
            total += more
        elif isinstance(total, Quantity) and isinstance(more, Quantity):
            total = Quantity(total.amount + more.amount, total.unit)
    return total
