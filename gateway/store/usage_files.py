"""The ledger of files: each file taken in exactly once, its bad rows in quarantine."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from contracts.model import Unreadable, UsageFile, UsageRecord
from gateway.store.encoding import from_micros, to_micros
from gateway.store.port import Stale, Statement
from gateway.store.usage_rows import FileRow, cycle_of
from gateway.store.usage_turns import Turns, marks

_FILE = (
    "id, system, name, size, sha256, layout, state, reason, line, accepted, duplicates, conflicts, rejected, seen, "
    "first_seen, last_seen"
)
_RECORD = (
    "INSERT INTO usage_records (id, layout, key, content, file, line, raw, subscriber_kind, subscriber, kind, unit, "
    "amount, start, cycle, destination, owner, state, included, excluded, shares) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '[]')"
)
_DUE = "INSERT INTO usage_due (owner, unit, cycle) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
INSERT_ASK = "INSERT INTO usage_asks (subscriber_kind, subscriber) VALUES (?, ?) ON CONFLICT DO NOTHING"
Owners = Mapping[tuple[str, str], str | None]
"""Whose usage that of a subscriber (kind, value) is; None: nobody knows the subscriber yet."""
_QUARANTINE = "INSERT INTO usage_quarantine (file, line, kind, reason, raw, other, at) VALUES (?, ?, ?, ?, ?, ?, ?)"


class FileLedger:
    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    async def files(self) -> list[FileRow]:
        """The ledger of files, in order of arrival."""
        return [_file(row) for row in await self._turns.database.rows(f"SELECT {_FILE} FROM usage_files ORDER BY seq")]  # noqa: S608 - every value is a parameter

    async def file(self, system: str, name: str, sha256: str) -> FileRow | None:
        sql = f"SELECT {_FILE} FROM usage_files WHERE system = ? AND name = ? AND sha256 = ?"  # noqa: S608 - every value is a parameter
        found = await self._turns.database.rows(sql, system, name, sha256)
        return _file(found[0]) if found else None

    async def finished_as(self, sha256: str) -> FileRow | None:
        """The file that brought these bytes before, under whatever name."""
        sql = f"SELECT {_FILE} FROM usage_files WHERE sha256 = ? AND state = 'done' ORDER BY seq LIMIT 1"  # noqa: S608 - every value is a parameter
        found = await self._turns.database.rows(sql, sha256)
        return _file(found[0]) if found else None

    async def see(self, system: str, file: UsageFile, now: datetime) -> FileRow:
        """The file's row in the ledger; a new one, or the old one seen again."""

        async def work() -> list[Statement]:
            at = to_micros(now)
            if known := await self.file(system, file.name, file.sha256):
                # A file that is being read is still the same arrival.
                again = 0 if known.state == "reading" else 1
                return [
                    Statement(
                        "UPDATE usage_files SET seen = seen + ?, last_seen = ? WHERE id = ?", (again, at, known.id)
                    )
                ]
            values = (str(uuid7()), system, file.name, file.size, file.sha256, file.layout, at, at)
            return [
                Statement(
                    "INSERT INTO usage_files (id, system, name, size, sha256, layout, first_seen, last_seen, state, "
                    "line, accepted, duplicates, conflicts, rejected, seen) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'reading', 0, 0, 0, 0, 0, 1)",
                    values,
                )
            ]

        await self._turns.write(work)
        row = await self.file(system, file.name, file.sha256)
        if row is None:
            raise Stale(file.name)
        return row

    async def finish(self, file: FileRow, state: str, reason: str | None = None, duplicates: int = 0) -> None:
        async def work() -> list[Statement]:
            sql = "UPDATE usage_files SET state = ?, reason = ?, duplicates = duplicates + ? WHERE id = ? AND state = ?"
            return [Statement(sql, (state, reason, duplicates, file.id, "reading"))]

        await self._turns.write(work)

    async def take(
        self, file: FileRow, chunk: Sequence[UsageRecord | Unreadable], owners: Owners, now: datetime
    ) -> None:
        """Records, quarantine and the file's progress, in one transaction; lines that are settled are passed over."""

        async def work() -> list[Statement]:
            current = await self.file(file.system, file.name, file.sha256)
            rows = [row for row in chunk if current and row.line > current.line]
            return await self._taken(file, rows, owners, to_micros(now)) if rows else []

        await self._turns.write(work)

    async def _taken(
        self, file: FileRow, rows: Sequence[UsageRecord | Unreadable], owners: Owners, at: int
    ) -> list[Statement]:
        fresh: list[UsageRecord] = []
        quarantined: list[tuple[Any, ...]] = []
        duplicates = conflicts = 0
        known = await self._known(file.layout, {row.key for row in rows if isinstance(row, UsageRecord)})
        for row in rows:
            if isinstance(row, Unreadable):
                quarantined.append((file.id, row.line, "rejected", row.reason, row.row, None, at))
            elif row.key not in known:
                known[row.key] = (row.content, row.row)
                fresh.append(row)
            elif known[row.key][0] == row.content:
                duplicates += 1
            else:
                conflicts += 1
                reason = "its key is known with other content"
                quarantined.append((file.id, row.line, "conflict", reason, row.row, known[row.key][1], at))
        progress = (rows[-1].line, len(fresh), duplicates, conflicts, len(quarantined) - conflicts, file.id)
        whose = [owners.get((row.subscriber_kind, row.subscriber)) for row in fresh]
        guided = list(zip(fresh, whose, strict=True))
        asked = {(row.subscriber_kind, row.subscriber) for row, owner in guided if not owner}
        due = {(owner, row.used.unit, cycle_of(row.start)) for row, owner in guided if owner}
        return [
            Statement(_RECORD, many=[_values(file, row, owner) for row, owner in guided]),
            Statement(INSERT_ASK, many=sorted(asked)),
            Statement(_DUE, many=[(owner, str(unit), to_micros(cycle)) for owner, unit, cycle in sorted(due)]),
            Statement(_QUARANTINE, many=quarantined),
            Statement(
                "UPDATE usage_files SET line = ?, accepted = accepted + ?, duplicates = duplicates + ?, "
                "conflicts = conflicts + ?, rejected = rejected + ? WHERE id = ?",
                progress,
            ),
        ]

    async def _known(self, layout: str, keys: set[str]) -> dict[str, tuple[str, str]]:
        if not keys:
            return {}
        sql = f"SELECT key, content, raw FROM usage_records WHERE layout = ? AND key IN ({marks(keys)})"  # noqa: S608 - every value is a parameter
        return {key: (content, raw) for key, content, raw in await self._turns.database.rows(sql, layout, *keys)}

    async def suspense(self, limit: int = 1000, offset: int = 0) -> list[dict[str, Any]]:
        """The rows in quarantine with their file, in order of arrival."""
        sql = (
            "SELECT f.name, q.line, q.kind, q.reason, q.raw, q.other, q.at FROM usage_quarantine q "
            "JOIN usage_files f ON f.id = q.file ORDER BY q.seq LIMIT ? OFFSET ?"
        )
        names = ("file", "line", "kind", "reason", "row", "known")
        found = await self._turns.database.rows(sql, limit, offset)
        return [{**dict(zip(names, row, strict=False)), "at": from_micros(row[6]).isoformat()} for row in found]


def _values(file: FileRow, row: UsageRecord, owner: str | None) -> tuple[Any, ...]:
    return (
        str(uuid7()),
        file.layout,
        row.key,
        row.content,
        file.id,
        row.line,
        row.row,
        row.subscriber_kind,
        row.subscriber,
        str(row.kind),
        str(row.used.unit),
        row.used.amount,
        to_micros(row.start),
        to_micros(cycle_of(row.start)),
        row.destination,
        owner,
        "guided" if owner else "received",
    )


def _file(row: tuple[Any, ...]) -> FileRow:
    return FileRow(*[*row[:-2], from_micros(row[-2]), from_micros(row[-1])])
