"""The journal: jobs in lanes, leased under a fencing number that guards every commit of their holder."""

from datetime import datetime, timedelta
from typing import Any

from contracts.call import Principal
from gateway.store.encoding import from_json, from_micros, to_json, to_micros
from gateway.store.ownership import visible
from gateway.store.port import Advance, Database, Enqueue, Finish, Job, Statement

_COLUMNS = "id, kind, lane, data, due, open, fence, plan_version, trace, owner"
_ENQUEUE = (
    "INSERT INTO jobs (id, kind, lane, data, due, open, fence, plan_version, trace, owner)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
)
_CLAIM = """
WITH ready AS MATERIALIZED (
    SELECT seq FROM jobs WHERE kind = ? AND open = 1 AND due <= ? AND (leased_until IS NULL OR leased_until <= ?)
    AND NOT EXISTS (SELECT 1 FROM jobs earlier WHERE earlier.kind = jobs.kind AND earlier.lane = jobs.lane
                    AND earlier.open = 1 AND earlier.seq < jobs.seq)
    ORDER BY due, seq LIMIT ?
)
UPDATE jobs SET fence = fence + 1, lease = ?, leased_until = ? WHERE seq IN (SELECT seq FROM ready)
RETURNING seq, id, kind, lane, data, due, open, fence, plan_version, trace, owner
"""
_SKIP_LOCKED = _CLAIM.replace("LIMIT ?\n", "LIMIT ? FOR UPDATE SKIP LOCKED\n")
_ADVANCE = "UPDATE jobs SET data = ?, due = ?, open = ?, leased_until = NULL WHERE id = ? AND fence = ?"
_ADVANCE_AND_KEEP = "UPDATE jobs SET data = ?, due = ?, open = ?, leased_until = ? + lease WHERE id = ? AND fence = ?"
_FINISH = "DELETE FROM jobs WHERE id = ? AND fence = ?"
# Jobs of a lane are numbered in the order in which their transactions commit.
_HOLD_LANE = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"


async def claim(database: Database, kind: str, now: datetime, lease_s: float, limit: int) -> list[Job]:
    moment = to_micros(now)
    lease = timedelta(seconds=lease_s) // timedelta(microseconds=1)
    sql = _SKIP_LOCKED if database.dialect == "postgresql" else _CLAIM
    rows = await database.returning(sql, kind, moment, moment, limit, lease, moment + lease)
    return [_job(row[1:]) for row in sorted(rows)]


async def inherit(database: Database) -> None:
    """Free what a dead process held: a SQLite store has one process at a time; elsewhere a lease may be another's."""
    if database.dialect == "sqlite":
        await database.commit(Statement("UPDATE jobs SET leased_until = NULL WHERE leased_until IS NOT NULL"))


async def query(database: Database, principal: Principal, id: str) -> Job | None:
    seen, values = visible(principal, "owner")
    sql = f"SELECT {_COLUMNS} FROM jobs WHERE id = ? AND {seen}"  # noqa: S608 - every value is a parameter
    rows = await database.rows(sql, id, *values)
    return _job(rows[0]) if rows else None


def lane_key(job: Job) -> str:
    return f"{job.kind} {job.lane}"


def hold_lane(key: str) -> Statement:
    """For PostgreSQL, where several transactions write at once."""
    return Statement(_HOLD_LANE, (key,))


def enqueue(change: Enqueue) -> Statement:
    job = change.job
    moment = to_micros(job.due)
    state = (to_json(job.data), moment, int(job.open), job.plan_version, job.trace, job.owner)
    return Statement(_ENQUEUE, (job.id, job.kind, job.lane, *state))


def advance(change: Advance, now: datetime) -> Statement:
    job = change.job
    state = (to_json(job.data), to_micros(job.due), int(job.open))
    if change.keep:
        return Statement(_ADVANCE_AND_KEEP, (*state, to_micros(now), job.id, job.fence), touches=1)
    return Statement(_ADVANCE, (*state, job.id, job.fence), touches=1)


def finish(change: Finish) -> Statement:
    return Statement(_FINISH, (change.job.id, change.job.fence), touches=1)


def _job(row: tuple[Any, ...]) -> Job:
    id, kind, lane, data, due, is_open, fence, plan_version, trace, owner = row
    return Job(id, kind, lane, from_json(data), from_micros(due), bool(is_open), fence, plan_version, trace, owner)
