"""The answer to a list: which page of it this is, how long the whole is, and where the other pages are."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from contracts.page import Window
from gateway.api.tmf630.answers import Answer, freshness
from gateway.api.tmf630.asking.cursors import write_cursor
from gateway.api.tmf630.asking.query import Asking
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.rendering import quoted
from gateway.store.port import Found

_OK, _PARTIAL = HTTPStatus.OK.value, HTTPStatus.PARTIAL_CONTENT.value


def listed(
    path: str, asking: Asking, window: Window, found: Found, items: list[Any], *, cursors: bool = False
) -> Answer:
    """`cursors`: whether this collection can be continued after a row as well as at an offset."""
    total = found.total
    if 0 < total <= window.offset:
        none = {"X-Total-Count": str(total), "Content-Range": f"items */{total}"}
        reason = "the offset lies behind the end of the list"
        raise Refused(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, "query.offset", reason, headers=none)
    partial = asking.paged and len(items) < total
    headers = {"X-Total-Count": str(total), "X-Result-Count": str(len(items))}
    if asking.cursor is not None:
        links: Iterable[tuple[str, str]] = _beside(asking, window, found)
    else:
        links = _offsets(asking, window, total)
        if partial and items:
            headers["Content-Range"] = f"items {window.offset}-{window.offset + len(items) - 1}/{total}"
    if cursors and found.rows and not asking.sort:
        headers |= {"X-Next-Cursor": write_cursor(found.rows[-1]), "X-Previous-Cursor": write_cursor(found.rows[0])}
    target = quoted(path)
    headers["Link"] = ", ".join([f'<{target}?{query}>; rel="{rel}"' for rel, query in links])
    return Answer(_PARTIAL if partial else _OK, items, {**headers, **freshness(found.as_of, found.missing)})


def _offsets(asking: Asking, window: Window, total: int) -> Iterable[tuple[str, str]]:
    offset, limit = window.offset, window.limit
    pages = {"self": offset, "first": 0}
    if offset + limit < total:
        pages["next"] = offset + limit
    if offset > 0:
        pages["prev"] = max(0, offset - limit)
    pages["last"] = (total - 1) // limit * limit if total else 0
    return [(rel, asking.page(f"offset={start}&limit={limit}")) for rel, start in pages.items()]


def _beside(asking: Asking, window: Window, found: Found) -> Iterator[tuple[str, str]]:
    """A page that is full may have a next one, which may be empty: only then it is known to be the end."""
    cursor, limit, full = window.cursor, window.limit, len(found.rows) == window.limit
    if cursor is None:
        return
    yield "self", asking.page(f"{'before' if cursor.backwards else 'after'}={write_cursor(cursor.row)}&limit={limit}")
    yield "first", asking.page(f"offset=0&limit={limit}")
    if found.rows and (full or cursor.backwards):
        yield "next", asking.page(f"after={write_cursor(found.rows[-1])}&limit={limit}")
    if found.rows and (full or not cursor.backwards):
        yield "prev", asking.page(f"before={write_cursor(found.rows[0])}&limit={limit}")
