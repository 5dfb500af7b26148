"""Documents and their attribute index: one function queries them, and it takes a principal."""

from typing import Any

from contracts.call import Principal
from contracts.page import Window
from gateway.store.attributes import leaves
from gateway.store.encoding import maybe_instant, maybe_micros, to_json
from gateway.store.matching import Matching, every, kept, listed, matching
from gateway.store.ownership import visible
from gateway.store.port import Confirm, Database, Document, Drop, Found, Put, Statement
from gateway.store.sorting import ordered, walked

_COLUMNS = "kind, id, body, owner, revision, source, as_of"
_ONE = f"SELECT {_COLUMNS} FROM documents WHERE kind = ? AND id = ? AND "  # noqa: S608 - only parameters
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
# PostgreSQL takes the leaves of a document at once; row by row costs it a turn each.
_INDEX_AT_ONCE = (
    "INSERT INTO attributes (doc, kind, path, text, number, instant)"
    " SELECT seq, kind, leaf.* FROM documents"
    " CROSS JOIN unnest(?::text[], ?::text[], ?::double precision[], ?::bigint[]) AS leaf WHERE kind = ? AND id = ?"
)


async def query(
    database: Database, principal: Principal, kind: str, id: str | None = None, window: Window = _EVERYTHING
) -> Found:
    """The only function that answers with documents."""
    seen, customers = visible(principal, "documents.owner")
    if id is not None:
        # Most reads are of one document, and a list of one costs four times as much.
        found = await database.rows(_ONE + seen, kind, id, *customers)
        return Found([_document(row) for row in found], len(found))
    where = every([Matching("documents.kind = ?", (kind,)), Matching(seen, tuple(customers))])
    where = await matching(database, kind, window.conditions, where)
    if window.keeps is not None:
        where = await kept(database, where, window.keeps)
    whole = window.keeps is None and not window.conditions and principal.customers is None
    if window.sort:
        return await _sorted(database, kind, where, window, whole=whole)
    return await _first_written(database, where, window)


async def _first_written(database: Database, where: Matching, window: Window) -> Found:
    """In the order of writing; where all of them are on the first page, the page has counted them."""
    limit, offset = min(window.limit, _FAR), min(window.offset, _FAR)
    beside, direction = where, "ASC"
    if window.cursor is not None:
        backwards = window.cursor.backwards
        beside = every([where, Matching(f"documents.seq {'<' if backwards else '>'} ?", (window.cursor.row,))])
        direction = "DESC" if backwards else "ASC"
    page = f"SELECT seq, {_COLUMNS} FROM documents WHERE {beside.sql} ORDER BY seq {direction} LIMIT ? OFFSET ?"  # noqa: S608
    rows = await database.rows(page, *beside.params, limit + 1, offset)
    if window.cursor is None and not offset and len(rows) <= limit:
        oldest = min((row[-1] for row in rows if row[-1] is not None), default=None)
        return _found(rows, len(rows), oldest)
    total, oldest = await _counted(database, where)
    rows = sorted(rows[:limit])
    return _found(rows, total, oldest, offset)


async def _sorted(database: Database, kind: str, where: Matching, window: Window, *, whole: bool) -> Found:
    limit, offset = min(window.limit, _FAR), min(window.offset, _FAR)
    total, oldest = await _counted(database, where)
    if whole and len(window.sort) == 1:
        order = (await walked(database, kind, where, window.sort[0], min(offset + limit, total)))[offset:]
    else:
        order = await ordered(database, where, window.sort, offset, limit)
    page = every([where, listed(database, order)])
    rows = await database.rows(f"SELECT seq, {_COLUMNS} FROM documents WHERE {page.sql}", *page.params)  # noqa: S608
    place = {seq: number for number, seq in enumerate(order)}
    return _found(sorted(rows, key=lambda row: place[row[0]]), total, oldest, offset)


async def _counted(database: Database, where: Matching) -> tuple[int, int | None]:
    ((total, oldest),) = await database.rows(
        f"SELECT count(*), min(as_of) FROM documents WHERE {where.sql}",  # noqa: S608 - only parameters
        *where.params,
    )
    return total, oldest


def _found(rows: list[tuple[Any, ...]], total: int, oldest: int | None, offset: int = 0) -> Found:
    """A row may be written or dropped between the count and the page, but never is a page more than the whole."""
    if rows:
        total = max(total, offset + len(rows))
    items = [
        Document.unread(kind, id, body, owner, revision, source, maybe_instant(as_of))
        for _, kind, id, body, owner, revision, source, as_of in rows
    ]
    return Found(items, total, maybe_instant(oldest), rows=tuple(row[0] for row in rows))


def put(change: Put, dialect: str) -> list[Statement]:
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
    rows = [(path, value.text, value.number, value.instant) for path, value in leaves(document.body)]
    if dialect == "postgresql":
        index = Statement(_INDEX_AT_ONCE, (*map(list, zip(*rows, strict=True)), *key)) if rows else None
    else:
        index = Statement(_INDEX, many=[(*key, document.kind, *row) for row in rows])
    return [write, *unindex, *([index] if index else [])]


def confirm(change: Confirm) -> Statement:
    sql = "UPDATE documents SET as_of = ? WHERE kind = ? AND id = ?"
    return Statement(sql, (maybe_micros(change.as_of), change.kind, change.id))


def drop(change: Drop) -> list[Statement]:
    key = (change.kind, change.id)
    if change.expect is None:
        return [Statement("DELETE FROM documents WHERE kind = ? AND id = ?", key)]
    sql = "DELETE FROM documents WHERE kind = ? AND id = ? AND revision = ?"
    return [Statement(sql, (*key, change.expect), touches=1)]


def _document(row: tuple[Any, ...]) -> Document:
    kind, id, body, owner, revision, source, as_of = row
    return Document.unread(kind, id, body, owner, revision, source, maybe_instant(as_of))
