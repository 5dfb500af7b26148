"""Mirrors the legacy price lists as TMF620 documents; what clients add to them survives every sync."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from contracts.call import Call
from contracts.clock import Clock
from contracts.model import Offering
from contracts.page import Window
from contracts.ports import CatalogPort
from gateway.flows import told
from gateway.flows.catalog.documents import merged, rows
from gateway.flows.catalog.facts import FACTS, Facts
from gateway.flows.mirror import PAGE, PATIENCE_S, Mirror, each, keep_fresh
from gateway.policy.ports import Ports, Serving
from gateway.security import BANYAN
from gateway.store.port import Change, Crossref, Document, Emit, Link, Put, Stale, Store


class Catalog:
    def __init__(self, store: Store, ports: Ports, clock: Clock) -> None:
        self._store = store
        self._ports = ports
        self._clock = clock
        self._whole = Mirror(store, clock, BANYAN)
        self._read_at: dict[str, datetime] = {}

    def as_of(self, document: Document) -> datetime | None:
        """When the source last confirmed this row; a row without a change is not written again."""
        if document.source is None:
            return document.as_of
        known = [at for at in (document.as_of, self._read_at.get(document.source)) if at is not None]
        return max(known, default=None)

    @property
    def missing(self) -> tuple[str, ...]:
        """The systems that did not answer when their price list was last asked for."""
        return self._whole.missing(FACTS)

    async def sync(self) -> None:
        await each(self._ports.all(CatalogPort), self._sync)
        await self._whole.mark_whole(FACTS)

    async def require_read(self) -> None:
        """Unavailable while the legacy's price lists are not known."""
        await self._whole.require_whole(FACTS)

    async def run(self) -> None:
        """Keep the mirror fresh until cancelled."""
        every = min((serving.sync_every_s for serving in self._ports.all(CatalogPort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._clock)

    async def _sync(self, serving: Serving[CatalogPort]) -> None:
        started = self._clock.now()
        with self._whole.asking(serving.system, FACTS):
            listed = [offering async for offering in self._offerings(serving)]
        for offering in listed:
            await self._mirror(serving.system, offering)
        await self._retire(serving.system, {offering.id for offering in listed})
        self._read_at[serving.system] = started

    async def _offerings(self, serving: Serving[CatalogPort]) -> AsyncIterator[Offering]:
        offset = 0
        while True:
            deadline = self._clock.monotonic() + PATIENCE_S
            call = Call(deadline=deadline, operator=BANYAN.operator, principal=BANYAN)
            page = await serving.port.offerings(call, Window(offset=offset, limit=PAGE))
            for offering in page.items:
                yield offering
            offset += len(page.items)
            if not page.items or offset == page.total or (page.total is None and len(page.items) < PAGE):
                return

    async def _mirror(self, system: str, offering: Offering) -> None:
        """Write the three documents of an offering where the legacy changed something; ids stay for ever."""
        crossref = await self._store.ours(BANYAN, "offering", system, offering.id)
        id = str(uuid7()) if crossref is None else crossref.id
        kept = None if crossref is None else await self._store.get(BANYAN, FACTS, id)
        before = None if kept is None else Facts.read(kept.body)
        if before is None:
            after = Facts(offering, system, specification_id=str(uuid7()), price_id=str(uuid7()))
        else:
            after = replace(before, offering=offering)
        if after == before:
            return
        now = self._clock.now()
        new = rows(id, after, now)
        old = None if before is None else rows(id, before, now)
        changes: list[Change] = [Put(Document(FACTS, id, after.written(), source=system, as_of=now))]
        if crossref is None:
            changes.append(Link(Crossref("offering", id, BANYAN.operator, system, offering.id)))
        for kind, body in new.items():
            changes += await self._written(kind, system, None if old is None else old[kind], body)
        with suppress(Stale):  # a client patched one of them meanwhile; the next round finds the difference again
            await self._store.commit(*changes)

    async def _written(
        self, kind: str, system: str, old: dict[str, Any] | None, new: dict[str, Any]
    ) -> list[Put | Emit]:
        stored = await self._store.get(BANYAN, kind, new["id"])
        body, revision, said = new, 0, [told.CREATED]
        if stored is not None and old is not None:
            body = merged(stored.body, old, new) | {"lastUpdate": new["lastUpdate"]}
            revision, said = stored.revision, told.changes(stored.body, body)
        now = self._clock.now()
        document = Document(kind, new["id"], body, revision=revision + 1, source=system, as_of=now)
        events = (told.event(new["@type"], what, document, now) for what in said)
        return [Put(document, expect=revision), *map(Emit, events)]

    async def _retire(self, system: str, listed: set[str]) -> None:
        """What the legacy no longer lists is not sold any more; its documents stay for those who own it."""
        offset = 0
        while True:
            found = await self._store.find(BANYAN, FACTS, Window(offset=offset, limit=PAGE))
            for document in found.items:
                facts = Facts.read(document.body)
                if facts.system == system and facts.offering.active and facts.offering.id not in listed:
                    await self._mirror(system, replace(facts.offering, active=False))
            offset += len(found.items)
            if not found.items or offset >= found.total:
                return
