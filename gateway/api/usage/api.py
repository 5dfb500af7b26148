"""TMF635: usage records of files and of apps, answered from the usage store."""

from collections.abc import Callable
from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock
from contracts.errors import Unsupported
from contracts.page import Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom, owner_of
from gateway.api.tmf630.room import Asked, Room
from gateway.api.usage.translate import KIND, document, metered, start_of
from gateway.flows import told
from gateway.flows.refusal import Invalid, Unknown
from gateway.flows.usage import Guide
from gateway.flows.usage.specifications import reference
from gateway.store import usage_posted, usage_search
from gateway.store.port import Document, Event, Found, Remember, Stale, Store
from gateway.store.usage import UsageStore
from gateway.store.usage_posted import Posted
from gateway.store.usage_rows import Used

_OF_A_FILE = "usage that came in a file is corrected by a file"


class UsageRoom(DocumentRoom):
    def __init__(self, contracts: Contracts, usage: UsageStore, guide: Guide, store: Store, clock: Clock) -> None:
        super().__init__(contracts.resource(KIND), store, clock)
        self._usage = usage
        self._guide = guide

    async def get(self, asked: Asked, id: str) -> Document:
        return document(await self._used(asked, id))

    async def find(self, asked: Asked, window: Window) -> Found:
        if window.keeps is not None:
            raise Unsupported("usage is filtered by its attributes, not by a JSONPath")
        try:
            found, total = await usage_search.find(self._usage.database, asked.principal, window)
        except usage_search.UnknownFilter as error:
            raise Invalid("usage.filter", str(error)) from error
        return Found([document(used) for used in found], total)

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        id = str(uuid7())
        specified = {"usageSpecification": reference(str(body.get("usageType")))}
        body = {**self.resource.defaults, **specified, **body, "id": id}
        reading = metered(body)
        kind, subscriber, used = reading or (None, None, None)
        state = "received" if used else body.get("status", "received")
        owner = await self._guide.owner_of(kind, subscriber) if kind and subscriber else owner_of(asked, body)
        if asked.principal.customers is not None and owner not in asked.principal.customers:
            raise Unknown("subscriber.unknown", "no such subscriber")
        created = Document(KIND, id, {**body, "status": state}, owner=owner, revision=1)
        key = _key(asked, created)
        posted = Posted(
            id,
            key,
            body.get("usageType", ""),
            state,
            start_of(body),
            None if used else owner,
            created.body,
            kind,
            subscriber,
            used,
        )
        await usage_posted.keep(self._usage.turns, posted, *self._events(told.CREATED, of=created))
        await self._guide.settle()
        known = await usage_posted.known(self._usage.turns, key)
        return await self.answered(asked, await self.get(asked, known or id))

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        used, before = await self._expected_use(asked, id)
        after = patch(before.body)
        if after == before.body:
            return await self.answered(asked, before)
        if used.body is None or used.subscriber is not None:
            raise Unsupported(_OF_A_FILE if used.body is None else "usage that was charged is not changed afterwards")
        state = after.get("status", used.state)
        changes = told.changes(before.body, after)
        events = self._events(*changes, of=Document(KIND, id, after, owner=used.owner))
        await usage_posted.replace(self._usage.turns, id, after.get("usageType", ""), state, after, *events)
        await self._guide.deliver()
        return await self.answered(asked, await self.get(asked, id))

    async def remove(self, asked: Asked, id: str) -> None:
        used, before = await self._expected_use(asked, id)
        if used.body is None:
            raise Unsupported(_OF_A_FILE)
        await usage_posted.drop(self._usage.turns, used, *self._events(told.DELETED, of=before))
        await self._guide.settle()
        await self.answered(asked, before)

    async def _used(self, asked: Asked, id: str) -> Used:
        used = await usage_search.get(self._usage.database, asked.principal, id)
        if used is None:
            raise Unknown("resource.unknown", "no usage has this id")
        return used

    async def _expected_use(self, asked: Asked, id: str) -> tuple[Used, Document]:
        used = await self._used(asked, id)
        shown = document(used)
        if asked.expect not in (None, shown.revision):
            raise Stale(f"usage {id} has changed")
        return used, shown

    def _events(self, *events: str, of: Document) -> list[Event]:
        return [each.event for each in self.emit(*events, of=of)]


def _key(asked: Asked, created: Document) -> str:
    """The client's Idempotency-Key where there is one, so that a repetition after a crash finds the first."""
    for change in asked.remember(created):
        if isinstance(change, Remember):
            return f"{change.answer.client}:{change.answer.key}"
    return created.id


def rooms(contracts: Contracts, usage: UsageStore, guide: Guide, store: Store, clock: Clock) -> dict[str, Room]:
    return {KIND: UsageRoom(contracts, usage, guide, store, clock)}
