"""Short words for the tests of the store."""

from typing import Any

from contracts.call import Principal
from contracts.page import Condition, Window
from gateway.store import Document, Event, Job, Put, SqlStore
from tests.clock import START

ALL = Principal(subject="banyan", client="banyan", operator="default")


def only(*customers: str) -> Principal:
    return Principal("someone", "app", "default", customers=frozenset(customers))


def doc(id: str, owner: str | None = None, **body: Any) -> Document:
    return Document("test/thing", id, {"id": id, **body}, owner=owner)


def event(id: str, resource: str = "a", type: str = "ThingCreateEvent", **body: Any) -> Event:
    return Event(id, type, "test/thing", resource, body, START)


def job(id: str, lane: str, **data: Any) -> Job:
    return Job(id, "order", lane, data, START)


async def fill(store: SqlStore, *documents: Document) -> None:
    for document in documents:
        await store.commit(Put(document, expect=0))


async def ids(
    store: SqlStore, *conditions: Condition, sort: tuple[str, ...] = (), principal: Principal = ALL
) -> list[str]:
    found = await store.find(principal, "test/thing", Window(conditions=conditions, sort=sort))
    assert found.total == len(found.items)
    return [item.id for item in found.items]
