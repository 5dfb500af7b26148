"""Documents and their attribute index: one function queries them, and it takes a principal."""

from typing import Any

from contracts.call import Principal
from contracts.page import Condition, Window
from gateway.store.attributes import leaves, seek, shorten_path
from gateway.store.encoding import from_json, maybe_instant, maybe_micros, to_json
from gateway.store.operators import OPERATORS
from gateway.store.ownership import visible
from gateway.store.port import Confirm, Database, Document, Drop, Found, Put, Statement

_COLUMNS = "kind, id, body, owner, revision, source, as_of"
_EVERYTHING = Window()
_FAR = 2**62

_INSERT = (
    "INSERT INTO documents (kind, id, owner, body, source, as_of, revision) VALUES (?, ?, ?, ?, ?, ?, 1)"
    " ON CONFLICT (kind, id) "
)
_OVERWRITE = (
    "DO UPDATE SET owner = excluded.owner, body = excluded.body, source = excluded.source, as_of = excluded.as_of,"
    " revision = documents.revision + 1"
)
_UPDATE = (
    "UPDATE documents SET owner = ?, body = ?, source = ?, as_of = ?, revision = revision + 1"
    " WHERE kind = ? AND id = ? AND revision = ?"
)
_UNINDEX = "DELETE FROM attributes WHERE doc = (SELECT seq FROM documents WHERE kind = ? AND id = ?)"
_INDEX = (
    "INSERT INTO attributes (doc, kind, path, text, number, instant)"
    " VALUES ((SELECT seq FROM documents WHERE kind = ? AND id = ?), ?, ?, ?, ?, ?)"
)


async def query(
    database: Database, principal: Principal, kind: str, id: str | None = None, window: Window = _EVERYTHING
) -> Found:
    """The only function that reads documents: count, oldest `as_of` and page come from one statement."""
    seen, params = visible(principal, "documents.owner")
    where, values = [f"documents.kind = ? AND {seen}"], [kind, *params]
    if id is not None:
        where.append("documents.id = ?")
        values.append(id)
    for condition in window.conditions:
        clause, more = _matching(kind, condition)
        where.append(clause)
        values.extend(more)
    hits = f"hits AS (SELECT seq, as_of FROM documents WHERE {' AND '.join(where)})"  # noqa: S608 - only parameters
    parts, paths = _page(window.sort)
    rows = await database.rows(
        f"WITH {', '.join([hits, *parts])}"  # noqa: S608 - only parameters
        f" SELECT counted.total, counted.oldest, {_COLUMNS} FROM"
        " (SELECT count(*) AS total, min(as_of) AS oldest FROM hits) counted"
        " LEFT JOIN page ON 1 = 1 LEFT JOIN documents ON documents.seq = page.seq ORDER BY place",
        *values,
        *paths,
        min(window.limit, _FAR),
        min(window.offset, _FAR),
    )
    total, oldest = rows[0][:2]
    return Found([_document(row[2:]) for row in rows if row[2] is not None], total, maybe_instant(oldest))


def put(change: Put) -> list[Statement]:
    document = change.document
    key = (document.kind, document.id)
    content = (document.owner, to_json(document.body), document.source, maybe_micros(document.as_of))
    if change.expect is None:
        write = Statement(_INSERT + _OVERWRITE, (*key, *content))
    elif change.expect == 0:
        write = Statement(_INSERT + "DO NOTHING", (*key, *content), touches=1)
    else:
        write = Statement(_UPDATE, (*content, *key, change.expect), touches=1)
    unindex = [] if change.expect == 0 else [Statement(_UNINDEX, key)]
    rows = [
        (*key, document.kind, path, value.text, value.number, value.instant) for path, value in leaves(document.body)
    ]
    return [write, *unindex, Statement(_INDEX, many=rows)]


def confirm(change: Confirm) -> Statement:
    sql = "UPDATE documents SET as_of = ? WHERE kind = ? AND id = ?"
    return Statement(sql, (maybe_micros(change.as_of), change.kind, change.id))


def drop(change: Drop) -> list[Statement]:
    key = (change.kind, change.id)
    if change.expect is None:
        return [Statement("DELETE FROM documents WHERE kind = ? AND id = ?", key)]
    sql = "DELETE FROM documents WHERE kind = ? AND id = ? AND revision = ?"
    return [Statement(sql, (*key, change.expect), touches=1)]


def _matching(kind: str, condition: Condition) -> tuple[str, list[Any]]:
    """One range of the index per alternative."""
    operator = OPERATORS[condition.operator]
    ranges: list[str] = []
    values: list[Any] = []
    for wanted in condition.values:
        for clause, params in operator.where(seek(wanted)):
            ranges.append(f"SELECT doc FROM attributes WHERE kind = ? AND path = ? AND {clause}")  # noqa: S608
            values.extend((kind, shorten_path(condition.path), *params))
    if not ranges:
        return "1 = 0", []
    return f"documents.seq IN ({' UNION ALL '.join(ranges)})", values


def _page(sort: tuple[str, ...]) -> tuple[list[str], list[Any]]:
    """First written first, unless sorted: by number, then instant, then text; without the attribute always last."""
    if not sort:
        return ["page AS (SELECT seq, seq AS place FROM hits ORDER BY seq LIMIT ? OFFSET ?)"], []
    keys: list[str] = []
    joins: list[str] = []
    order: list[str] = []
    for number, entry in enumerate(sort):
        best, direction = ("max", "DESC") if entry.startswith("-") else ("min", "ASC")
        columns = ("number", "instant", "text")
        chosen = ", ".join(f"{best}({column}) AS {column}" for column in columns)
        key = f"key{number}"
        keys.append(
            f"{key} AS (SELECT doc, {chosen} FROM hits"  # noqa: S608 - every value is a parameter
            " JOIN attributes ON doc = seq AND path = ? GROUP BY doc)"
        )
        joins.append(f"LEFT JOIN {key} ON {key}.doc = seq")
        order.extend(f"{key}.{column} IS NULL, {key}.{column} {direction}" for column in columns)
    page = (
        f"page AS (SELECT seq, row_number() OVER (ORDER BY {', '.join(order)}, seq) AS place"  # noqa: S608
        f" FROM hits {' '.join(joins)} ORDER BY place LIMIT ? OFFSET ?)"
    )
    return [*keys, page], [shorten_path(entry.lstrip("+-")) for entry in sort]


def _document(row: tuple[Any, ...]) -> Document:
    kind, id, body, owner, revision, source, as_of = row
    return Document(kind, id, from_json(body), owner, revision, source, maybe_instant(as_of))
