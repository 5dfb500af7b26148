"""Usage that an app posts one by one: kept with its body, and charged like a row of a file when it is metered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.model import Quantity
from gateway.store.encoding import maybe_micros, to_json, to_micros
from gateway.store.port import Event, Statement
from gateway.store.usage_files import INSERT_ASK
from gateway.store.usage_rows import Used, cycle_of, event_text
from gateway.store.usage_turns import Turns

LAYOUT = "api"
_INSERT = (
    "INSERT INTO usage_records (id, layout, key, content, line, raw, subscriber_kind, subscriber, kind, unit, amount, "
    "start, cycle, state, owner, included, excluded, shares, body) "
    "VALUES (?, 'api', ?, '', 0, '', ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '[]', ?)"
)


@dataclass(frozen=True, slots=True)
class Posted:
    id: str
    key: str
    """Two posts with one key are one usage."""
    kind: str
    state: str
    start: datetime | None
    owner: str | None
    body: dict[str, Any]
    subscriber_kind: str | None = None
    subscriber: str | None = None
    used: Quantity | None = None
    """None: kept as it is and never charged."""


async def known(turns: Turns, key: str) -> str | None:
    """The id of the usage that was posted under this key."""
    found = await turns.database.rows("SELECT id FROM usage_records WHERE layout = 'api' AND key = ?", key)
    return str(found[0][0]) if found else None


async def keep(turns: Turns, posted: Posted, *events: Event) -> None:
    async def work() -> list[Statement]:
        if await known(turns, posted.key):
            return []
        used, start = posted.used, posted.start
        cycle = to_micros(cycle_of(start)) if used and start else None
        measured = (str(used.unit), used.amount) if used else ("", 0)
        asked = [(posted.subscriber_kind, posted.subscriber)] if used else []
        values = (posted.id, posted.key, posted.subscriber_kind, posted.subscriber, posted.kind, *measured)
        rest = (maybe_micros(start), cycle, posted.state, posted.owner, to_json(posted.body))
        return [
            Statement(_INSERT, (*values, *rest)),
            Statement(INSERT_ASK, many=asked),
            *(Statement("INSERT INTO usage_outbox (event) VALUES (?)", (event_text(event),)) for event in events),
        ]

    await turns.write(work)


async def replace(turns: Turns, id: str, kind: str, state: str, body: dict[str, Any], *events: Event) -> None:
    async def work() -> list[Statement]:
        sql = "UPDATE usage_records SET kind = ?, state = ?, body = ? WHERE id = ?"
        return [
            Statement(sql, (kind, state, to_json(body), id), touches=1),
            *(Statement("INSERT INTO usage_outbox (event) VALUES (?)", (event_text(event),)) for event in events),
        ]

    await turns.write(work)


async def drop(turns: Turns, used: Used, *events: Event) -> None:
    """What it was charged is given back: its owner's cycle is charged anew."""

    async def work() -> list[Statement]:
        due = (
            [(used.owner, used.unit, to_micros(cycle_of(used.start)))]
            if used.owner and used.unit and used.start
            else []
        )
        return [
            Statement("DELETE FROM usage_records WHERE id = ?", (used.id,)),
            Statement("INSERT INTO usage_due (owner, unit, cycle) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", many=due),
            *(Statement("INSERT INTO usage_outbox (event) VALUES (?)", (event_text(event),)) for event in events),
        ]

    await turns.write(work)
