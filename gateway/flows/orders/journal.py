"""Every commit of a running order: its job, its document and the event of the change, all or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from contracts.clock import Clock, rfc3339
from gateway.flows import told
from gateway.flows.journal import Overtaken
from gateway.flows.orders.documents import (
    ORDER,
    TYPE,
    states_of,
    with_note,
    with_products,
    with_states,
    without_item_states,
)
from gateway.flows.orders.plan import Plan
from gateway.flows.orders.states import FINAL, State
from gateway.store.port import Advance, Change, Document, Emit, Job, Put, Stale, Store

_DATES = ("cancellationDate", "completionDate")
TRIES = 3
"""A PATCH of the order may come between our reading and our writing; a lost lease stays lost."""

Turn = Callable[[Mapping[str, State]], Mapping[str, State]]
"""The states of the items -> those that change."""


def nothing(_: Mapping[str, State]) -> Mapping[str, State]:
    return {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One commit: the plan as it stands now, what the customer sees of it, and when to go on."""

    plan: Plan
    turn: Turn = nothing
    note: str | None = None
    due: datetime | None = None
    """None: more work follows at once, and the lease is kept."""
    closed: bool = False
    delivered: Mapping[str, str] = field(default_factory=dict)
    """Order item -> the product that the customer owns by it."""
    more: tuple[Change, ...] = field(default=())


def emitted(before: Document, after: Document, at: datetime, trace: str | None) -> Iterator[Emit]:
    """What a change of an order tells; the states of its items are told by the order's own."""
    for change in told.changes(without_item_states(before.body), without_item_states(after.body), _DATES):
        yield Emit(told.event(TYPE, change, after, at, trace))


class Journal:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def write(self, job: Job, entry: Entry) -> None:
        """Raises Stale when somebody else holds the job by now, Overtaken when there is nothing left to do."""
        for attempt in range(1, TRIES + 1):
            try:
                await self._store.commit(*await self._changes(job, entry))
            except Stale:
                if attempt == TRIES:
                    raise
            else:
                return

    async def _changes(self, job: Job, entry: Entry) -> Iterable[Change]:
        plan = entry.plan
        job = replace(job, data=plan.pack(), due=entry.due or self._clock.now(), open=not entry.closed)
        advance = Advance(job, keep=entry.due is None and not entry.closed)
        document = await self._store.get(plan.principal(), ORDER, plan.order_id)
        if document is None or State(document.body["state"]) in FINAL:
            raise Overtaken(plan.order_id)
        body = self._after(document.body, entry)
        if body == document.body:
            return (advance, *entry.more)
        after = replace(document, body=body, revision=document.revision + 1)
        put = Put(after, expect=document.revision)
        return (advance, put, *emitted(document, after, self._clock.now(), job.trace), *entry.more)

    def _after(self, before: Mapping[str, Any], entry: Entry) -> dict[str, Any]:
        body = with_states(before, entry.plan.leaves, entry.turn(states_of(before)))
        body = with_products(body, entry.delivered)
        if entry.note:
            body = with_note(body, entry.note, self._clock.now())
        if body["state"] == State.COMPLETED:
            body["completionDate"] = rfc3339(self._clock.now())
        return body
