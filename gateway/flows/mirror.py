"""The mirror: legacy nouns kept as documents, written only when they differ, their differences told as events."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

import uuid_utils

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.errors import NotFound, PortError, Unavailable
from contracts.page import Slice, Window
from gateway.flows import told
from gateway.flows.refusal import Unknown
from gateway.policy.ports import P, Serving
from gateway.store.port import Change, Confirm, Crossref, Document, Drop, Emit, Link, Put, Stale, Store

T = TypeVar("T")

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
    _silent: set[tuple[str, str]] = field(default_factory=set)
    """(kind, system) where the system did not answer when it was last asked."""

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

    async def unseen(self, kind: str, system: str, seen: Collection[str]) -> list[Document]:
        """The rows of a system that a scan to its end did not meet; whether they are gone, only the system can tell."""
        return [row async for row in self.every(kind) if row.source == system and row.id not in seen]

    async def crossref(self, kind: str, system: str, native_id: str, keys: dict[str, str] | None = None) -> Crossref:
        """Our id for this native one, minted when it is new; not yet written."""
        known = await self.store.ours(self.principal, kind, system, native_id)
        id = known.id if known else str(uuid_utils.uuid7())
        return Crossref(kind, id, self.principal.operator, system, native_id, keys or {})

    async def mark_whole(self, *kinds: str) -> None:
        """The legacy was read to its end: from now on, what is not in the mirror is not there."""
        for kind in kinds:
            if await self.store.get(self.principal, WHOLE, kind) is None:
                await self.store.commit(Put(Document(WHOLE, kind, {}, as_of=self.clock.now())))

    async def require_whole(self, kind: str) -> None:
        """Before saying that there is nothing: Unavailable while the legacy was never asked with success."""
        if await self.store.get(self.principal, WHOLE, kind) is None:
            raise Unavailable(f"{kind} was not read yet", retry_after=SOON_S)

    @contextmanager
    def asking(self, system: str, *kinds: str) -> Iterator[None]:
        """Take note of whether this system answers for these nouns; that it knows no such thing is an answer too."""
        asked = {(kind, system) for kind in kinds}
        try:
            yield
        except NotFound:
            raise
        except PortError:
            self._silent.update(asked)
            raise
        self._silent.difference_update(asked)

    def missing(self, kind: str) -> tuple[str, ...]:
        """The systems whose rows of this kind may be older than they should be."""
        return tuple(sorted(system for silent, system in self._silent if silent == kind))

    async def known(self, principal: Principal, kind: str, id: str, noun: str) -> Document:
        kept = await self.store.get(principal, kind, id)
        if kept is None:
            await self.require_whole(kind)
            raise Unknown(f"{noun}.unknown", f"There is no such {noun}")
        return kept

    async def through(
        self,
        call: Call,
        kept: Document,
        noun: str,
        servings: Sequence[Serving[P]],
        read: Callable[[Serving[P], str], Awaitable[Document]],
    ) -> Document:
        """A row of our own as it is; a legacy's as `read` finds it now, or as it was while its system is silent."""
        serving = next((one for one in servings if one.system == kept.source), None)
        if serving is None:
            return kept
        native = await self.store.native(call.principal, noun, kept.id, serving.system)
        if native is None:
            return kept
        try:
            with self.asking(serving.system, kept.kind):
                return await read(serving, native.native_id)
        except NotFound as gone:
            await self.forget(kept)
            raise Unknown(f"{noun}.unknown", f"There is no such {noun}") from gone
        except PortError:
            return replace(kept, missing=(serving.system,))

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
        said = told.changes(before.body, document.body) if before else [told.CREATED]
        put = Put(document, expect=before.revision if before else 0)
        return [put, *(self._told(document, what) for what in said), *(Link(link) for link in links)]

    async def forget(self, *rows: Document) -> None:
        """What its master no longer has leaves the mirror; our ids of it stay."""
        await self.write(
            [
                change
                for row in rows
                for change in (Drop(row.kind, row.id, expect=row.revision), self._told(row, told.DELETED))
            ]
        )

    async def write(self, changes: Sequence[Change]) -> None:
        with suppress(Stale):  # a read-through and the sync met; the other's rows are as young as ours
            await self.store.commit(*changes)

    def _told(self, document: Document, what: str) -> Emit:
        name = document.kind.partition("/")[2]
        return Emit(told.event(f"{name[0].upper()}{name[1:]}", what, document, self.clock.now()))


async def pages(ask: Callable[[Window], Awaitable[Slice[T]]]) -> AsyncIterator[T]:
    """All that a port lists, a page at a time."""
    offset = 0
    while True:
        page = await ask(Window(offset=offset, limit=PAGE))
        for item in page.items:
            yield item
        offset += len(page.items)
        if len(page.items) < PAGE:
            return


async def each(servings: Sequence[Serving[P]], sync: Callable[[Serving[P]], Awaitable[None]]) -> None:
    """Every system in turn, whether or not another is down; told at the end when one was."""
    failed: list[PortError] = []
    for serving in servings:
        try:
            await sync(serving)
        except PortError as error:
            failed.append(error)
    if failed:
        raise failed[0]


async def keep_fresh(sync: Callable[[], Awaitable[None]], every_s: float, clock: Clock) -> None:
    """Sync now and again, for ever; a system that is down is tried again soon."""
    while True:
        try:
            await sync()
        except PortError:
            await clock.sleep(min(every_s, SOON_S))
        else:
            await clock.sleep(every_s)
