"""The mirror: legacy nouns kept as documents, written only when they differ, their differences told as events."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import uuid_utils

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.errors import PortError
from gateway.store.port import Crossref, Document, Emit, Event, Link, Put, Stale, Store

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

    async def crossref(self, kind: str, system: str, native_id: str, keys: dict[str, str] | None = None) -> Crossref:
        """Our id for this native one, minted when it is new; not yet written."""
        known = await self.store.ours(self.principal, kind, system, native_id)
        id = known.id if known else str(uuid_utils.uuid7())
        return Crossref(kind, id, self.principal.operator, system, native_id, keys or {})

    async def keep(self, document: Document, *links: Crossref) -> Document:
        """Write the document as of now. A changed body tells an event; an unchanged one only gets its new `as_of`."""
        now = self.clock.now()
        before = await self.store.get(self.principal, document.kind, document.id)
        document = replace(document, as_of=now, revision=before.revision if before else 0)
        put = Put(document, expect=document.revision)
        try:
            if before is not None and before.body == document.body:
                await self.store.commit(put)
            else:
                event = self._event(document, "AttributeValueChange" if before else "Create")
                await self.store.commit(put, Emit(event), *(Link(link) for link in links))
        except Stale:  # a read-through and the sync met; the other's row is as young as ours
            pass
        return await self.store.get(self.principal, document.kind, document.id) or document

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
