"""The mirror: legacy nouns kept as documents, written only when they differ, their differences told as events."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import uuid_utils

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.errors import PortError, Unavailable
from contracts.page import Window
from gateway.store.port import Change, Confirm, Crossref, Document, Emit, Event, Link, Put, Stale, Store
from gateway.telemetry.marks import pseudonym, traceparent

WHOLE = "banyan/mirrored"
"""Internal: the nouns that were read to their end at least once, by kind."""
PAGE = 100
PATIENCE_S = 60.0
"""How long one refresh of a whole noun may take."""
SOON_S = 2.0
"""When to try again after the legacy did not answer."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """What every mirroring flow needs: where to write, as whom, and what time it is."""

    store: Store
    clock: Clock
    principal: Principal
    """Background work's own; the mirror holds every customer's rows."""

    def call(self) -> Call:
        return Call(self.clock.monotonic() + PATIENCE_S, self.principal.operator, self.principal)

    async def every(self, kind: str) -> AsyncIterator[Document]:
        """All documents of a kind, a page at a time."""
        offset = 0
        while True:
            page = await self.store.find(self.principal, kind, Window(offset=offset, limit=PAGE))
            for document in page.items:
                yield document
            offset += len(page.items)
            if offset >= page.total or not page.items:
                return

    async def crossref(self, kind: str, system: str, native_id: str, keys: dict[str, str] | None = None) -> Crossref:
        """Our id for this native one, minted when it is new; not yet written."""
        known = await self.store.ours(self.principal, kind, system, native_id)
        id = known.id if known else str(uuid_utils.uuid7())
        return Crossref(kind, id, self.principal.operator, system, native_id, keys or {})

    async def mark_whole(self, kind: str) -> None:
        """The legacy was read to its end: from now on, what is not in the mirror is not there."""
        if await self.store.get(self.principal, WHOLE, kind) is None:
            await self.store.commit(Put(Document(WHOLE, kind, {}, as_of=self.clock.now())))

    async def require_whole(self, kind: str) -> None:
        """Before saying that there is nothing: Unavailable while the legacy was never asked with success."""
        if await self.store.get(self.principal, WHOLE, kind) is None:
            raise Unavailable(f"{kind} was not read yet", retry_after=SOON_S)

    async def keep(self, document: Document, *links: Crossref) -> Document:
        """Write the document as of now, in a commit of its own."""
        await self.write(await self.changes(document, *links))
        return await self.store.get(self.principal, document.kind, document.id) or document

    async def changes(self, document: Document, *links: Crossref) -> list[Change]:
        """What writes it: a changed body with its event, or only the new `as_of` of an unchanged one."""
        now = self.clock.now()
        before = await self.store.get(self.principal, document.kind, document.id)
        if before is not None and before.body == document.body:
            return [Confirm(document.kind, document.id, now)]
        document = replace(document, as_of=now)
        event = self._event(document, "AttributeValueChange" if before else "Create")
        put = Put(document, expect=before.revision if before else 0)
        return [put, Emit(event), *(Link(link) for link in links)]

    async def write(self, changes: Sequence[Change]) -> None:
        with suppress(Stale):  # a read-through and the sync met; the other's rows are as young as ours
            await self.store.commit(*changes)

    def _event(self, document: Document, what: str) -> Event:
        resource = document.kind.partition("/")[2]
        return Event(
            id=str(uuid_utils.uuid7()),
            type=f"{resource[0].upper()}{resource[1:]}{what}Event",
            kind=document.kind,
            resource_id=document.id,
            body=document.body,
            at=self.clock.now(),
            owner=document.owner,
            source=document.source,
            as_of=document.as_of,
            customer_ref=pseudonym(document.owner),
            trace=traceparent(),
        )


async def keep_fresh(sync: Callable[[], Awaitable[None]], every_s: float, clock: Clock) -> None:
    """Sync now and again, for ever; a system that is down is tried again soon."""
    while True:
        try:
            await sync()
        except PortError:
            await clock.sleep(min(every_s, SOON_S))
        else:
            await clock.sleep(every_s)
