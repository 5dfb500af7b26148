"""Reading a resource: its list by query, and one by its id."""

from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from typing import Any, NamedTuple

from contracts.page import Condition, Window
from gateway.api.tmf630.answers import Answer, etag, freshness
from gateway.api.tmf630.asking.fields import Shown, select
from gateway.api.tmf630.asking.filters import check_ranges, comparable
from gateway.api.tmf630.asking.paging import listed
from gateway.api.tmf630.asking.personal import check_personal
from gateway.api.tmf630.asking.query import Asking, read_query
from gateway.api.tmf630.asking.sorting import read_sort
from gateway.api.tmf630.conditions import named_revisions
from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.jsonpath import necessary, read_filter
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.resources import Endpoint
from gateway.store.port import Document

_SHOWN_NAME = 80
_QUESTIONS = 1_024


class _Question(NamedTuple):
    """What a query asks of one collection."""

    asking: Asking
    shown: Shown | None
    window: Window
    cursors: bool


async def many(endpoint: Endpoint, request: Request) -> Answer:
    asking, shown, window, cursors = _question(endpoint, request.collection, request.query)
    found = await endpoint.room.find(endpoint.asked(request), window)
    if asking.cursor is not None and len(found.rows) != len(found.items):
        reason = "this list is not kept in the order of creation: ask by offset"
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, "query.unsupported", reason)
    items = _told(endpoint, request, found.items, shown)
    return listed(request.collection, asking, window, found, items, cursors=cursors)


async def one(endpoint: Endpoint, request: Request, id: str) -> Answer:
    shown = endpoint.only_fields(request)
    document = await endpoint.room.get(endpoint.asked(request), id)
    headers = {**etag(document.revision), **freshness(document.as_of, document.missing)}
    if document.revision in named_revisions(request.headers.get("if-none-match"), document.revision):
        return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
    return Answer(HTTPStatus.OK, _told(endpoint, request, [document], shown)[0], headers)


@lru_cache(_QUESTIONS)
def _question(endpoint: Endpoint, collection: str, query: bytes) -> _Question:
    """An app asks the same again and again: its query is read once."""
    cursors = endpoint.cursors
    asking = read_query(query, cursors=cursors)
    return _Question(asking, endpoint.fields(asking.fields), _window(endpoint, collection, asking), cursors)


def _told(endpoint: Endpoint, request: Request, documents: list[Document], shown: Shown | None) -> list[Any]:
    """The whole as bytes that may be at hand already, or the part that was asked for."""
    if shown is None:
        rendering, collection = endpoint.rendering, request.collection
        return [rendering(collection, document) for document in documents]
    return [select(endpoint.shown(request.collection, document), shown) for document in documents]


def _window(endpoint: Endpoint, collection: str, asking: Asking) -> Window:
    conditions = tuple(_condition(endpoint, collection, condition) for condition in asking.conditions)
    check_ranges(conditions)
    window = replace(asking.window(conditions), sort=read_sort(asking.sort, endpoint.knows, endpoint.stored_path))
    if asking.filter is None:
        return window
    chosen = read_filter(asking.filter)
    check_personal(chosen.asked, endpoint.contract)
    narrow = tuple(endpoint.stored_condition(condition) for condition in necessary(chosen, endpoint.is_list))

    def keeps(document: Document) -> bool:
        return chosen(endpoint.shown(collection, document))

    return replace(window, conditions=(*conditions, *narrow), keeps=keeps)


def _condition(endpoint: Endpoint, collection: str, condition: Condition) -> Condition:
    """The condition in the stored form's path, its values as its attribute's type compares."""
    otherwise = tuple(_condition(endpoint, collection, other) for other in condition.otherwise)
    condition = replace(condition, otherwise=otherwise)
    if condition.path == "href":
        own = f"{collection}/"
        return replace(condition, path="id", values=tuple(value.removeprefix(own) for value in condition.values))
    if not endpoint.knows(condition.path):
        raise malformed("query.unknown", f"this resource has no attribute {condition.path[:_SHOWN_NAME]}")
    check_personal([condition.path.rpartition(".")[2]], endpoint.contract)
    schema = endpoint.projection.declared(endpoint.resource.type, condition.path) or {}
    return endpoint.stored_condition(comparable(condition, schema.get("format"), schema.get("type")))
