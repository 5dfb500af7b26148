"""Deliveries of events: one queue per listener and resource, which are jobs in lanes of the journal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.store import documents, journal, outbox
from gateway.store.encoding import to_micros
from gateway.store.port import Advance, Document, Enqueue, Event, Job, Put, Statement
from gateway.store.sql_store import SqlStore

_PREFIX = "delivery/"
_RANGE = "kind >= 'delivery/' AND kind < 'delivery0'"


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


async def done(store: SqlStore, job: Job) -> None:
    await store.commit(Advance(replace(job, open=False)))


async def postpone(store: SqlStore, job: Job, due: datetime, failures: int) -> None:
    """The whole queue waits with its first delivery, so that nobody looks at what cannot go out yet."""
    later = replace(job, due=due, data={**job.data, "failures": failures})
    moment = to_micros(due)
    await store.database.commit(
        journal.advance(Advance(later), due),
        Statement(
            "UPDATE jobs SET due = ? WHERE kind = ? AND lane = ? AND open = 1 AND due < ?",
            (moment, job.kind, job.lane, moment),
        ),
    )


async def suspend(store: SqlStore, listener: Document, reason: str, at: datetime) -> None:
    """Stop delivering, and show why on the listener itself."""
    body = {**listener.body, "suspended": {"reason": reason, "at": at.isoformat()}}
    write = documents.put(Put(replace(listener, body=body), expect=listener.revision))
    await store.database.commit(*write, _close(listener.id))


async def forget(store: SqlStore, listener: str) -> None:
    """A listener that is gone gets nothing more."""
    await store.database.commit(_close(listener))


async def sweep(store: SqlStore, before: datetime) -> None:
    """Remove what was delivered or given up before that time, and the events behind it."""
    moment = to_micros(before)
    await store.database.commit(
        Statement(f"DELETE FROM jobs WHERE {_RANGE} AND open = 0 AND due < ?", (moment,)),  # noqa: S608 - a constant
        Statement("DELETE FROM outbox WHERE number IS NOT NULL AND at < ?", (moment,)),
    )


def _close(listener: str) -> Statement:
    return Statement("UPDATE jobs SET open = 0 WHERE kind = ? AND open = 1", (queue(listener),))
