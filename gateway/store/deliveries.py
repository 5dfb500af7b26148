"""Deliveries of events: one queue per listener and resource, which are jobs in lanes of the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.store import documents, journal, outbox
from gateway.store.encoding import from_json, from_micros, to_json, to_micros
from gateway.store.port import Advance, Database, Document, Enqueue, Event, Job, Put, Statement
from gateway.store.sql_store import SqlStore

_PREFIX = "delivery/"
_RANGE = "kind >= 'delivery/' AND kind < 'delivery0'"
# The id of a delivery is its event's, a colon, and its listener's, which stands in the kind too.
_EVENT = f"substr(jobs.id, 1, length(jobs.id) - length(jobs.kind) + {len(_PREFIX) - 1})"
_SWEEP = (
    "DELETE FROM outbox WHERE number IS NOT NULL AND at < ? AND id NOT IN"  # noqa: S608 - constants
    f" (SELECT {_EVENT} FROM jobs WHERE {_RANGE} AND open IN (1, 2))"
)
STATES = ("delivered", "pending", "parked", "cancelled")
"""What `open` counts: 0 is over, 1 is to be done, 2 is set aside until somebody says how to go on."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to one listener, or at its end."""

    event: str
    state: str
    due: datetime
    """When it is tried next; when it came to its end."""
    data: dict[str, Any]
    type: str
    kind: str
    resource_id: str
    at: datetime


def queue(listener: str) -> str:
    return f"{_PREFIX}{listener}"


def for_listener(event: Event, listener: str, now: datetime) -> Job:
    """Its id is the same whoever makes it, so that an event is queued once per listener."""
    lane = f"{event.kind}/{event.resource_id}"
    return Job(f"{event.id}:{listener}", queue(listener), lane, {"event": event.id, "failures": 0}, due=now)


async def spread(store: SqlStore, events: Sequence[Event], last: int, deliveries: Sequence[Job]) -> None:
    """Number the events and queue their deliveries; Stale when another process was faster."""
    queued = [journal.enqueue(Enqueue(job)) for job in deliveries]
    await store.database.commit(*outbox.number(events, last), *queued)


async def waiting(store: SqlStore, now: datetime) -> set[str]:
    """The listeners for whom something is due."""
    sql = f"SELECT DISTINCT kind FROM jobs WHERE {_RANGE} AND open = 1 AND due <= ?"  # noqa: S608 - a constant
    return {kind.removeprefix(_PREFIX) for (kind,) in await store.database.rows(sql, to_micros(now))}


async def claim(store: SqlStore, listener: str, *, lease_s: float, limit: int) -> list[Job]:
    return await store.claim(queue(listener), lease_s=lease_s, limit=limit)


async def done(store: SqlStore, job: Job, at: datetime) -> None:
    await store.commit(Advance(replace(job, open=False, due=at)))


async def give_up(store: SqlStore, job: Job, state: str, at: datetime) -> None:
    """Parked, the delivery is kept for somebody to look at; cancelled, it is over. Its resource goes on either way."""
    sql = "UPDATE jobs SET open = ?, due = ?, data = ?, leased_until = NULL WHERE id = ? AND fence = ?"
    params = (STATES.index(state), to_micros(at), to_json(job.data), job.id, job.fence)
    await store.database.commit(Statement(sql, params, touches=1))


async def accepted_since(store: SqlStore, listener: str, since: datetime) -> bool:
    """Whether the listener has taken anything after that time."""
    sql = "SELECT 1 FROM jobs WHERE kind = ? AND open = 0 AND due >= ? LIMIT 1"
    return bool(await store.database.rows(sql, queue(listener), to_micros(since)))


async def postpone(store: SqlStore, job: Job, due: datetime) -> None:
    """The whole queue waits with its first delivery, so that nobody looks at what cannot go out yet."""
    later = replace(job, due=due)
    moment = to_micros(due)
    await store.database.commit(
        journal.advance(Advance(later), due),
        Statement(
            "UPDATE jobs SET due = ? WHERE kind = ? AND lane = ? AND open = 1 AND due < ?",
            (moment, job.kind, job.lane, moment),
        ),
    )


async def suspend(store: SqlStore, listener: Document, reason: str, at: datetime) -> None:
    """Stop delivering, show why on the listener itself, and keep what it has not got."""
    body = {**listener.body, "suspended": {"reason": reason, "at": at.isoformat()}}
    write = documents.put(Put(replace(listener, body=body), expect=listener.revision), store.database.dialect)
    await store.database.commit(*write, _close(listener.id, "parked"))


async def forget(store: SqlStore, listener: str) -> None:
    """A listener that is gone gets nothing more."""
    await store.database.commit(_close(listener, "cancelled"), _close(listener, "cancelled", was="parked"))


async def sweep(store: SqlStore, before: datetime) -> None:
    """Remove what was delivered or cancelled before that time, and the events that nobody waits for any more."""
    moment = to_micros(before)
    await store.database.commit(
        Statement(f"DELETE FROM jobs WHERE {_RANGE} AND open IN (0, 3) AND due < ?", (moment,)),  # noqa: S608
        outbox.mark_swept(moment),
        Statement(_SWEEP, (moment,)),
    )


async def listed(database: Database, listener: str, state: str | None, event: str | None = None) -> list[Delivery]:
    """In the order of their queue, which for one resource is the order of its events."""
    params: list[Any] = [queue(listener)]
    where = "jobs.kind = ?"
    if event is not None:
        where, params = f"{where} AND jobs.id = ?", [*params, f"{event}:{listener}"]
    if state is not None:
        where, params = f"{where} AND jobs.open = ?", [*params, STATES.index(state)]
    sql = (
        "SELECT outbox.id, jobs.open, jobs.due, jobs.data, outbox.type, outbox.kind, outbox.resource_id, outbox.at"  # noqa: S608
        f" FROM jobs JOIN outbox ON outbox.id = {_EVENT} WHERE {where} ORDER BY jobs.seq"
    )
    return [
        Delivery(id, STATES[state], from_micros(due), from_json(data), type, kind, resource_id, from_micros(at))
        for id, state, due, data, type, kind, resource_id, at in await database.rows(sql, *params)
    ]


def turn(listener: str, event: str, was: str, to: str, now: datetime) -> Statement:
    """Stale when the delivery is no longer what it was. Whoever has it under way finds out at the end."""
    sql = (
        "UPDATE jobs SET open = ?, due = ?, data = ?, fence = fence + 1, leased_until = NULL WHERE id = ? AND open = ?"
    )
    states = STATES.index(to), STATES.index(was)
    data = to_json({"event": event, "failures": 0})
    return Statement(sql, (states[0], to_micros(now), data, f"{event}:{listener}", states[1]), touches=1)


def again(events: Iterable[Event], listener: str, now: datetime) -> list[Statement]:
    """Deliver them (once more) in this order, behind what waits to be delivered anyway."""
    jobs = [for_listener(event, listener, now) for event in events]
    over = [Statement("DELETE FROM jobs WHERE id = ? AND open <> 1", (job.id,)) for job in jobs]
    return [*over, *(journal.enqueue(Enqueue(job)) for job in jobs)]


def _close(listener: str, state: str, was: str = "pending") -> Statement:
    sql = "UPDATE jobs SET open = ?, fence = fence + 1 WHERE kind = ? AND open = ?"
    return Statement(sql, (STATES.index(state), queue(listener), STATES.index(was)))
