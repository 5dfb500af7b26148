"""The outbox: events commit with what they tell of, and get their numbers afterwards from one sequencer."""

from collections.abc import Sequence
from typing import Any

from gateway.store.encoding import from_json, from_micros, maybe_instant, maybe_micros, to_json, to_micros
from gateway.store.port import Database, Emit, Event, Statement

_COLUMNS = "id, type, kind, resource_id, body, at, owner, source, as_of, customer_ref, trace, version"


async def event(database: Database, id: str) -> Event:
    (row,) = await database.rows(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", id)  # noqa: S608 - a constant
    return _event(row)


async def maybe(database: Database, id: str) -> Event | None:
    rows = await database.rows(f"SELECT {_COLUMNS} FROM outbox WHERE id = ?", id)  # noqa: S608 - a constant
    return _event(rows[0]) if rows else None


async def retained(database: Database, after: int, limit: int) -> list[tuple[int, Event]]:
    """Everything that is kept, numbered or not, in the order of writing; each with the place to go on from."""
    sql = f"SELECT seq, {_COLUMNS} FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - a constant
    return [(int(row[0]), _event(row[1:])) for row in await database.rows(sql, after, limit)]


async def unnumbered(database: Database, limit: int) -> list[Event]:
    """In the order they were written; two events of one resource always in the order of their commits."""
    sql = f"SELECT {_COLUMNS} FROM outbox WHERE number IS NULL ORDER BY seq LIMIT ?"  # noqa: S608 - a constant
    return [_event(row) for row in await database.rows(sql, limit)]


async def last_number(database: Database) -> int:
    ((last,),) = await database.rows("SELECT last FROM sequencer WHERE name = 'outbox'")
    return int(last)


async def after(database: Database, number: int, limit: int) -> list[tuple[int, Event]]:
    """The numbered events behind this number, in their order."""
    sql = f"SELECT number, {_COLUMNS} FROM outbox WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 - a constant
    return [(int(row[0]), _event(row[1:])) for row in await database.rows(sql, number, limit)]


async def swept(database: Database) -> int:
    """The highest number that may have been removed."""
    rows = await database.rows("SELECT last FROM sequencer WHERE name = 'swept'")
    return int(rows[0][0]) if rows else 0


def mark_swept(before: int) -> Statement:
    return Statement(
        "INSERT INTO sequencer (name, last)"
        " SELECT 'swept', coalesce(max(number), 0) FROM outbox WHERE number IS NOT NULL AND at < ?"
        " ON CONFLICT (name) DO UPDATE SET last = excluded.last WHERE excluded.last > sequencer.last",
        (before,),
    )


def number(events: Sequence[Event], last: int) -> list[Statement]:
    """Stale when another process has numbered meanwhile: then nothing of this round happened."""
    move = "UPDATE sequencer SET last = ? WHERE name = 'outbox' AND last = ?"
    return [
        Statement(move, (last + len(events), last), touches=1),
        *(
            Statement("UPDATE outbox SET number = ? WHERE id = ? AND number IS NULL", (place, each.id), touches=1)
            for place, each in enumerate(events, start=last + 1)
        ),
    ]


def emit(change: Emit) -> Statement:
    told = change.event
    what = (told.id, told.type, told.kind, told.resource_id, to_json(told.body), to_micros(told.at), told.owner)
    return Statement(
        "INSERT INTO outbox (id, type, kind, resource_id, body, at, owner, source, as_of, customer_ref, trace, version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        (*what, told.source, maybe_micros(told.as_of), told.customer_ref, told.trace, told.schema),
    )


def _event(row: tuple[Any, ...]) -> Event:
    id, type_, kind, resource_id, body, at, owner, source, as_of, customer_ref, trace, version = row
    return Event(
        id=id,
        type=type_,
        kind=kind,
        resource_id=resource_id,
        body=from_json(body),
        at=from_micros(at),
        owner=owner,
        source=source,
        as_of=maybe_instant(as_of),
        customer_ref=customer_ref,
        trace=trace,
        schema=version,
    )
