"""The document store as system of record: the room of every resource behind which no flow stands."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock, rfc3339
from contracts.page import Window
from gateway.api.tmf630.contract import Resource
from gateway.api.tmf630.room import Asked
from gateway.flows import told
from gateway.flows.refusal import Unknown
from gateway.store.port import Document, Drop, Emit, Found, Put, Stale, Store

_TRIES = 25


class DocumentRoom:
    """Satisfies `Room` with documents, and emits the events of every write in the same commit.

    `resource` comes from the contracts: `contracts.resource("TMF620/productOffering")`. A room with a flow subclasses
    this and overrides what its flow does (`get`, `find`, `create`, `change`, `remove`), or only `accept`, the hook that
    every body passes before it is written.
    """

    def __init__(self, resource: Resource, store: Store, clock: Clock) -> None:
        self.resource = resource
        self.store = store
        self.clock = clock

    async def accept(self, asked: Asked, body: dict[str, Any], before: dict[str, Any] | None) -> dict[str, Any]:
        """The body as it is written; `before` is what it replaces. Raise a Refusal to keep it out."""
        del asked, before
        return body

    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        """Our id of the customer a new resource belongs to; None: everybody may see it."""
        return owner_of(asked, body)

    async def get(self, asked: Asked, id: str) -> Document:
        document = await self.store.get(asked.principal, self.resource.kind, id)
        if document is None:
            raise Unknown("resource.unknown", f"no {self.resource.name} has this id")
        return document

    async def find(self, asked: Asked, window: Window) -> Found:
        return await self.store.find(asked.principal, self.resource.kind, window)

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        id = str(uuid7())
        dates = dict.fromkeys((*self.resource.dated, *self.resource.stamped), rfc3339(self.clock.now()))
        body = await self.accept(asked, {**self.resource.defaults, **dates, **body, "id": id}, None)
        document = Document(self.resource.kind, id, body, owner=await self.owner(asked, body), revision=1)
        await self.store.commit(
            Put(document, expect=0), *self.emit(told.CREATED, of=document), *asked.remember(document)
        )
        return document

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        for attempt in range(_TRIES):
            before = await self._expected(asked, id)
            body = patch(before.body)
            if body is before.body:
                return await self.answered(asked, before)
            moved = any(body.get(name) != before.body.get(name) for name in told.STATES)
            due = self.resource.dated | (self.resource.turned if moved else frozenset())
            dates = {name: rfc3339(self.clock.now()) for name in due if body.get(name) == before.body.get(name)}
            body = await self.accept(asked, {**body, **dates}, before.body)
            after = replace(before, body=body, revision=before.revision + 1)
            events = told.changes(before.body, body, self.resource.dated)
            try:
                await self.store.commit(
                    Put(after, expect=before.revision),
                    *self.emit(*events, of=after),
                    *asked.remember(after),
                )
            except Stale:
                if asked.expect is not None or attempt + 1 == _TRIES:
                    raise
            else:
                return after
        raise Stale(id)

    async def answered(self, asked: Asked, document: Document) -> Document:
        """The answer to a write that changed nothing here, or elsewhere: remembered under its key all the same, for a
        repetition must not undo what comes in between.
        """
        if changes := asked.remember(document):
            await self.store.commit(*changes)
        return document

    async def remove(self, asked: Asked, id: str) -> None:
        before = await self._expected(asked, id)
        await self.store.commit(
            Drop(before.kind, before.id, expect=before.revision),
            *self.emit(told.DELETED, of=before),
            *asked.remember(before),
        )

    def emit(self, *events: str, of: Document) -> Iterator[Emit]:
        """The events of these names (`CreateEvent`), whether or not the contract declares them."""
        for event in events:
            yield Emit(told.event(self.resource.type, event, of, self.clock.now()))

    async def _expected(self, asked: Asked, id: str) -> Document:
        document = await self.get(asked, id)
        if asked.expect not in (None, document.revision):
            raise Stale(f"{self.resource.kind} {id} is at revision {document.revision}")
        return document


def owner_of(asked: Asked, body: dict[str, Any]) -> str | None:
    """The customer a new resource belongs to: the related customer, or the only one its creator may see."""
    customers = asked.principal.customers
    named = _customer(body.get("relatedParty"))
    if customers is None:
        return named
    if named is None:
        return next(iter(sorted(customers)), "")
    if named not in customers:
        raise Unknown("customer.unknown", "there is no such customer")
    return named


def _customer(parties: Any) -> str | None:
    """The id of the party in the role of customer; the attribute may be an extension of any shape."""
    for party in parties if isinstance(parties, list) else ():
        if isinstance(party, dict) and str(party.get("role")).lower() == "customer":
            reference = party.get("partyOrPartyRole", party)
            id = reference.get("id") if isinstance(reference, dict) else None
            if isinstance(id, str):
                return id
    return None
