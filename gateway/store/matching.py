"""Which documents meet the conditions: ranges of the attribute index, the rarest one first, and rows looked at."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from contracts.page import Condition
from gateway.store.attributes import is_shortened, seek, shorten_path, texts
from gateway.store.encoding import maybe_instant, to_json
from gateway.store.operators import OPERATORS
from gateway.store.port import Database, Document

_BATCH = 200
"""How many bodies are looked at before somebody else has a turn."""
_MANY = 5_000
"""From so many rows on it is cheaper to read the range of each condition than to ask each row for it."""
# PostgreSQL takes no UNION ALL for short and reads all of `documents`; an array it looks up, but only one, and alone.
_DRIVEN = {"sqlite": "documents.seq IN ({})", "postgresql": "documents.seq = ANY(ARRAY({}))"}
_LISTED = {
    "sqlite": "documents.seq IN (SELECT value FROM json_each(?))",
    "postgresql": "documents.seq IN (SELECT value::bigint FROM json_array_elements_text(?::json))",
}


class Matching(NamedTuple):
    """A clause over `documents`, or over `attributes`."""

    sql: str
    params: tuple[Any, ...] = ()


class _Range(NamedTuple):
    path: str
    clause: str
    params: tuple[Any, ...]


def every(parts: Iterable[Matching]) -> Matching:
    return _joined(" AND ", parts)


async def matching(database: Database, kind: str, conditions: Sequence[Condition], among: Matching) -> Matching:
    """Those of `among` that meet all conditions: the rarest one is read, and its rows are asked for the others."""
    where, few = among, False
    for number, (count, condition) in enumerate(await _rarest_first(database, kind, conditions)):
        narrowed = where if number else None
        asked, few = few, few or count < _MANY
        where = every([where, await _meeting(database, kind, condition, narrowed, few=few, asked=asked)])
    return where


async def kept(database: Database, where: Matching, keeps: Callable[[Document], bool]) -> Matching:
    """Those of the rows that `keeps` keeps, asked on a thread in bounded batches."""
    candidates = [seq for (seq,) in await database.rows(f"SELECT seq FROM documents WHERE {where.sql}", *where.params)]  # noqa: S608 - only parameters
    found: list[int] = []
    async for batch in _bodies(database, candidates):
        found += await asyncio.to_thread(lambda: [seq for seq, document in batch if keeps(document)])  # noqa: B023 - awaited here
    return listed(database, found)


def listed(database: Database, found: Iterable[int]) -> Matching:
    return Matching(_LISTED[database.dialect], (to_json(list(found)),))


async def _rarest_first(
    database: Database, kind: str, conditions: Sequence[Condition]
) -> Sequence[tuple[int, Condition]]:
    if len(conditions) < 2:  # noqa: PLR2004 - one alone is the first
        return [(0, condition) for condition in conditions]
    ranges = [_rows("1", kind, _ranges(_alternatives(condition))) for condition in conditions]
    counts = ", ".join(f"(SELECT count(*) FROM ({each.sql} LIMIT {_MANY}) AS counted)" for each in ranges)  # noqa: S608 - only parameters
    (counted,) = await database.rows(f"SELECT {counts}", *(value for each in ranges for value in each.params))
    return sorted(zip(counted, conditions, strict=True), key=lambda each: each[0])


async def _meeting(
    database: Database, kind: str, condition: Condition, narrowed: Matching | None, *, few: bool, asked: bool
) -> Matching:
    """Its ranges, or, when the rows are few, each row `asked` for it; patterns are looked at now."""
    plain = [each for each in _alternatives(condition) if OPERATORS[each.operator].meets is None]
    patterns = [each for each in _alternatives(condition) if OPERATORS[each.operator].meets is not None]
    ranges = _ranges(plain)
    within = _DRIVEN[database.dialect] if few and not patterns else "documents.seq IN ({})"
    parts = [_looked_up(ranges) if asked else _within(within, kind, ranges)] if ranges else []
    parts += [await _looked_at(database, kind, each, narrowed) for each in patterns]
    return _joined(" OR ", parts) if parts else Matching("1 = 0")


def _alternatives(condition: Condition) -> Iterator[Condition]:
    yield condition
    for other in condition.otherwise:
        yield from _alternatives(other)


def _ranges(alternatives: Iterable[Condition]) -> list[_Range]:
    return [
        _Range(shorten_path(each.path), clause, values)
        for each in alternatives
        for wanted in each.values
        for clause, values in OPERATORS[each.operator].where(seek(wanted))
    ]


def _rows(columns: str, kind: str, ranges: Sequence[_Range]) -> Matching:
    if not ranges:
        return Matching(f"SELECT {columns} FROM attributes WHERE 1 = 0")  # noqa: S608 - only parameters
    return Matching(
        " UNION ALL ".join(
            f"SELECT {columns} FROM attributes WHERE kind = ? AND path = ? AND {range.clause}"  # noqa: S608 - only parameters
            for range in ranges
        ),
        tuple(value for range in ranges for value in (kind, range.path, *range.params)),
    )


def _within(clause: str, kind: str, ranges: Sequence[_Range]) -> Matching:
    rows = _rows("doc", kind, ranges)
    return Matching(clause.format(rows.sql), rows.params)


def _looked_up(ranges: Sequence[_Range]) -> Matching:
    parts = []
    for path, same in groupby(ranges, key=attrgetter("path")):
        either = _joined(" OR ", [Matching(range.clause, range.params) for range in same])
        exists = f"EXISTS (SELECT 1 FROM attributes WHERE doc = documents.seq AND path = ? AND {either.sql})"  # noqa: S608
        parts.append(Matching(exists, (path, *either.params)))
    return _joined(" OR ", parts)


async def _looked_at(database: Database, kind: str, condition: Condition, narrowed: Matching | None) -> Matching:
    """By the texts of the index, and by the body where the index has cut a text."""
    meets = OPERATORS[condition.operator].meets
    tests = [meets(value) for value in condition.values] if meets is not None else []
    if narrowed is None:
        asked = _rows("doc, text", kind, _ranges([condition]))
    else:
        sql = f"SELECT doc, text FROM attributes WHERE path = ? AND doc IN (SELECT seq FROM documents WHERE {narrowed.sql})"  # noqa: S608,E501 - only parameters
        asked = Matching(sql, (shorten_path(condition.path), *narrowed.params))
    rows = await database.rows(asked.sql, *asked.params)
    found = await asyncio.to_thread(_found, ((doc, text) for doc, text in rows if not is_shortened(text)), tests)
    cut = {doc for doc, text in rows if is_shortened(text)} - found
    async for batch in _bodies(database, sorted(cut)):
        whole = ((seq, text) for seq, document in batch for text in texts(document.body, condition.path))
        found |= await asyncio.to_thread(_found, whole, tests)
    return listed(database, sorted(found))


def _found(rows: Iterable[tuple[int, str]], tests: Sequence[Callable[[str], bool]]) -> set[int]:
    return {doc for doc, text in rows if any(test(text) for test in tests)}


async def _bodies(database: Database, rows: Sequence[int]) -> AsyncIterator[list[tuple[int, Document]]]:
    for start in range(0, len(rows), _BATCH):
        batch = listed(database, rows[start : start + _BATCH])
        sql = f"SELECT seq, kind, id, body, owner, revision, source, as_of FROM documents WHERE {batch.sql}"  # noqa: S608
        read = await database.rows(sql, *batch.params)
        yield [
            (seq, Document.unread(kind, id, text, owner, revision, source, maybe_instant(as_of)))
            for seq, kind, id, text, owner, revision, source, as_of in read
        ]


def _joined(word: str, parts: Iterable[Matching]) -> Matching:
    clauses = list(parts)
    return Matching(
        f"({word.join(f'({part.sql})' for part in clauses)})",
        tuple(value for part in clauses for value in part.params),
    )
