"""The usage store: records guided to their owner and charged, each step in one transaction; see also its ledger."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from contracts.model import Unit
from gateway.store.encoding import from_micros, to_micros
from gateway.store.opening import open_database
from gateway.store.port import Database, Event, Statement
from gateway.store.usage_files import INSERT_ASK, FileLedger
from gateway.store.usage_rows import Charged, Crossing, Due, Metered, event_of, event_text
from gateway.store.usage_schema import FIRST_TURN, metadata
from gateway.store.usage_turns import Turns, marks

_ROWS = 500


class UsageStore:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.turns = Turns(database)
        self.ledger = FileLedger(self.turns)

    @classmethod
    async def open(cls, url: str) -> "UsageStore":
        """On SQLite a file of its own, on PostgreSQL the store's database."""
        database = await open_database(url, metadata)
        await database.commit(Statement(FIRST_TURN))
        return cls(database)

    async def aclose(self) -> None:
        await self.database.aclose()

    async def asks(self, limit: int = 500) -> list[tuple[str, str]]:
        """Subscribers (kind, value) whose usage waits to be guided to a customer."""
        sql = "SELECT subscriber_kind, subscriber FROM usage_asks LIMIT ?"
        return [(kind, value) for kind, value in await self.database.rows(sql, limit)]

    async def ask_again(self) -> None:
        """Ask anew for every subscriber that nobody knew."""

        async def work() -> list[Statement]:
            sql = (
                "INSERT INTO usage_asks (subscriber_kind, subscriber) SELECT DISTINCT subscriber_kind, subscriber "
                "FROM usage_records WHERE state = 'received' AND subscriber IS NOT NULL ON CONFLICT DO NOTHING"
            )
            return [Statement(sql)]

        await self.turns.write(work)

    async def guide(self, owners: dict[tuple[str, str], str | None]) -> None:
        """Give the waiting usage of each subscriber to its owner; None: nobody knows the subscriber yet."""
        known = [(owner, kind, value) for (kind, value), owner in owners.items() if owner]

        async def work() -> list[Statement]:
            mark = "WHERE subscriber_kind = ? AND subscriber = ? AND state = ?"
            return [
                Statement(
                    "INSERT INTO usage_due (owner, unit, cycle) SELECT DISTINCT CAST(? AS VARCHAR), unit, cycle "  # noqa: S608 - every value is a parameter
                    f"FROM usage_records {mark} ON CONFLICT DO NOTHING",
                    many=[(*row, "received") for row in known],
                ),
                Statement(
                    f"UPDATE usage_records SET owner = ?, state = 'guided' {mark}",  # noqa: S608 - every value is a parameter
                    many=[(*row, "received") for row in known],
                ),
                Statement("DELETE FROM usage_asks WHERE subscriber_kind = ? AND subscriber = ?", many=sorted(owners)),
            ]

        await self.turns.write(work)

    async def realised(self) -> set[str]:
        """The realisations that charging has taken note of."""
        return {id for (id,) in await self.database.rows("SELECT id FROM usage_realisations")}

    async def note(self, id: str, owner: str, subscribers: Iterable[tuple[str, str]]) -> None:
        """A bundle appeared: guide what waited for it, charge its owner's usage anew."""
        asked = sorted(set(subscribers))

        async def work() -> list[Statement]:
            return [
                Statement(INSERT_ASK, many=asked),
                Statement(
                    "INSERT INTO usage_due (owner, unit, cycle) SELECT DISTINCT owner, unit, cycle FROM usage_records "
                    "WHERE owner = ? AND cycle IS NOT NULL ON CONFLICT DO NOTHING",
                    (owner,),
                ),
                Statement("INSERT INTO usage_realisations (id) VALUES (?) ON CONFLICT DO NOTHING", (id,)),
            ]

        await self.turns.write(work)

    async def due(self, limit: int = 100) -> list[Due]:
        found = await self.database.rows("SELECT owner, unit, cycle FROM usage_due ORDER BY cycle LIMIT ?", limit)
        return [Due(owner, Unit(unit), from_micros(cycle)) for owner, unit, cycle in found]

    async def metered(self, due: Due) -> list[Metered]:
        """The records of one owner, unit and cycle in charging order."""
        sql = (
            "SELECT seq, key, subscriber_kind, subscriber, amount, start, state, included, excluded, shares "
            "FROM usage_records WHERE owner = ? AND unit = ? AND cycle = ? AND subscriber IS NOT NULL"
        )
        found = await self.database.rows(sql, due.owner, due.unit, to_micros(due.cycle))
        rows = [Metered(*[*row[:5], from_micros(row[5]), *row[6:]]) for row in found]
        return sorted(rows, key=lambda row: (row.start, row.key, row.seq))

    async def fired(self, grant: str, cycle: datetime) -> set[int]:
        sql = "SELECT point FROM usage_thresholds WHERE grant_id = ? AND cycle = ?"
        return {point for (point,) in await self.database.rows(sql, grant, to_micros(cycle))}

    async def used(self, grants: Sequence[str], cycle: datetime) -> dict[str, int]:
        """How much of each bucket is used in the cycle."""
        if not grants:
            return {}
        sql = f"SELECT grant_id, used FROM usage_buckets WHERE cycle = ? AND grant_id IN ({marks(grants)})"  # noqa: S608 - every value is a parameter
        found = await self.database.rows(sql, to_micros(cycle), *grants)
        return {str(grant): int(used) for grant, used in found}

    async def outside(self, owner: str, cycle: datetime) -> dict[tuple[str, str, str], int]:
        """Usage that no bucket covered: by unit, subscriber kind and subscriber."""
        sql = (
            "SELECT unit, subscriber_kind, subscriber, SUM(excluded) FROM usage_records "
            "WHERE owner = ? AND cycle = ? AND excluded > 0 GROUP BY unit, subscriber_kind, subscriber"
        )
        found = await self.database.rows(sql, owner, to_micros(cycle))
        return {(unit, kind, value): int(total) for unit, kind, value, total in found}

    async def newest(self, owner: str) -> datetime | None:
        """The start of the newest charged record."""
        sql = "SELECT MAX(start) FROM usage_records WHERE owner = ?"
        found = (await self.database.rows(sql, owner))[0][0]
        return None if found is None else from_micros(found)

    async def outbox(self, limit: int = 100) -> list[tuple[int, Event]]:
        found = await self.database.rows("SELECT seq, event FROM usage_outbox ORDER BY seq LIMIT ?", limit)
        return [(seq, event_of(text)) for seq, text in found]

    async def sent(self, seq: int) -> None:
        await self.database.commit(Statement("DELETE FROM usage_outbox WHERE seq = ?", (seq,)))


def charging(
    due: Due,
    results: Sequence[Charged],
    used: dict[str, int],
    crossings: Sequence[Crossing],
    events: Sequence[Event],
) -> list[Statement]:
    """The statements that settle one due charge; to be returned by `write`'s work."""
    cycle = to_micros(due.cycle)
    fired = [(row.grant, cycle, row.point) for row in crossings if row.fired]
    armed = [(row.grant, cycle, row.point) for row in crossings if not row.fired]
    return [
        *_rated(results),
        Statement(
            "INSERT INTO usage_buckets (grant_id, cycle, used) VALUES (?, ?, ?) "
            "ON CONFLICT (grant_id, cycle) DO UPDATE SET used = excluded.used",
            many=[(grant, cycle, amount) for grant, amount in used.items()],
        ),
        Statement("INSERT INTO usage_thresholds (grant_id, cycle, point) VALUES (?, ?, ?)", many=fired),
        Statement("DELETE FROM usage_thresholds WHERE grant_id = ? AND cycle = ? AND point = ?", many=armed),
        Statement("INSERT INTO usage_outbox (event) VALUES (?)", many=[(event_text(event),) for event in events]),
        Statement("DELETE FROM usage_due WHERE owner = ? AND unit = ? AND cycle = ?", (due.owner, due.unit, cycle)),
    ]


def _rated(results: Sequence[Charged]) -> Iterator[Statement]:
    """Many rows in one statement: row by row PostgreSQL takes three times as long."""
    for first in range(0, len(results), _ROWS):
        batch = results[first : first + _ROWS]
        row = "(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT))"
        yield Statement(
            "UPDATE usage_records SET state = 'rated', included = v.column2, excluded = v.column3, shares = v.column4 "  # noqa: S608 - placeholders only
            f"FROM (VALUES {', '.join([row] * len(batch))}) AS v WHERE usage_records.seq = v.column1",
            tuple(value for each in batch for value in (each.seq, each.included, each.excluded, each.shares)),
        )
