"""The order of a sorted list: by number, then instant, then text, then as first written; without the attribute last."""

from typing import Any

from gateway.store.attributes import shorten_path
from gateway.store.matching import Matching
from gateway.store.port import Database

_COLUMNS = ("number", "instant", "text")


async def ordered(database: Database, where: Matching, sort: tuple[str, ...], offset: int, limit: int) -> list[int]:
    """Rows that meet `where`: whatever the page, each of them is looked up."""
    # CROSS JOIN tells SQLite where to begin: with the hits, not with the whole index.
    keys: list[str] = []
    joins: list[str] = []
    order: list[str] = []
    for number, entry in enumerate(sort):
        best, direction = ("max", "DESC") if entry.startswith("-") else ("min", "ASC")
        chosen = ", ".join(f"{best}({column}) AS {column}" for column in _COLUMNS)
        key = f"key{number}"
        keys.append(
            f"{key} AS (SELECT doc, {chosen} FROM hits"  # noqa: S608 - every value is a parameter
            " CROSS JOIN attributes WHERE doc = seq AND path = ? GROUP BY doc)"
        )
        joins.append(f"LEFT JOIN {key} ON {key}.doc = seq")
        rank = "".join(f" WHEN {key}.{column} IS NOT NULL THEN {place}" for place, column in enumerate(_COLUMNS))
        order += [f"CASE{rank} ELSE {len(_COLUMNS)} END", f"{key}.number {direction}"]
        order += [f"CASE WHEN {key}.number IS NULL THEN {key}.instant END {direction}"]
        order += [f"CASE WHEN {key}.number IS NULL AND {key}.instant IS NULL THEN {key}.text END {direction}"]
    rows = await database.rows(
        f"WITH hits AS (SELECT seq FROM documents WHERE {where.sql}), {', '.join(keys)}"  # noqa: S608 - only parameters
        f" SELECT seq FROM hits {' '.join(joins)} ORDER BY {', '.join(order)}, seq LIMIT ? OFFSET ?",
        *where.params,
        *(shorten_path(entry.lstrip("+-")) for entry in sort),
        limit,
        offset,
    )
    return [seq for (seq,) in rows]


async def walked(database: Database, kind: str, where: Matching, entry: str, wanted: int) -> list[int]:
    """The first rows of a whole kind, read off the index in its order; `where` says no more than that."""
    worse, direction = (">", "DESC") if entry.startswith("-") else ("<", "ASC")
    path = shorten_path(entry.lstrip("+-"))
    found: list[int] = []
    better: list[str] = []
    for column in _COLUMNS:
        here = "number IS NULL" if column == "text" else f"{column} IS NOT NULL"
        other = " OR ".join([*better, f"other.{column} {worse} mine.{column}"])
        found += await _first(
            database,
            f"SELECT DISTINCT doc, {column} FROM attributes AS mine WHERE kind = ? AND path = ? AND {here} AND NOT EXISTS"  # noqa: S608,E501
            f" (SELECT 1 FROM attributes AS other WHERE other.doc = mine.doc AND other.path = mine.path AND ({other}))"
            f" ORDER BY {column} {direction}, doc LIMIT ?",
            (kind, path),
            wanted - len(found),
        )
        better.append(f"other.{column} IS NOT NULL")
    found += await _first(
        database,
        f"SELECT seq FROM documents WHERE {where.sql} AND NOT EXISTS"  # noqa: S608 - only parameters
        " (SELECT 1 FROM attributes WHERE doc = documents.seq AND path = ?) ORDER BY seq LIMIT ?",
        (*where.params, path),
        wanted - len(found),
    )
    return found


async def _first(database: Database, sql: str, params: tuple[Any, ...], wanted: int) -> list[int]:
    return [row[0] for row in await database.rows(sql, *params, wanted)] if wanted > 0 else []
