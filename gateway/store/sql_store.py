"""The store over any database of ours: turns changes into statements, in an order that keeps the promises."""

from collections.abc import Callable

from contracts.call import Principal
from contracts.clock import Clock
from contracts.page import Window
from gateway.store import answers, crossrefs, documents, journal, outbox
from gateway.store.port import (
    Advance,
    Change,
    Confirm,
    Crossref,
    Database,
    Document,
    Drop,
    Emit,
    Enqueue,
    Finish,
    Found,
    Job,
    Link,
    Put,
    Remember,
    Remembered,
    Statement,
)

# A used key or a lost lease is found before work is done; events come last, when their resources' rows are held, so
# that events of one resource are numbered in the order in which their transactions commit.
_PLACE: dict[type[Change], int] = {
    Remember: 0, Advance: 1, Finish: 1, Link: 2, Put: 3, Confirm: 3, Drop: 3, Enqueue: 4, Emit: 5
}  # fmt: skip


class SqlStore:
    """Satisfies gateway.store.port.Store."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock
        self._wake: list[tuple[type[Change], Callable[[], None]]] = []

    def on_emit(self, wake: Callable[[], None]) -> None:
        """Called right after a commit of this process with an event in it."""
        self._wake.append((Emit, wake))

    def on_enqueue(self, wake: Callable[[], None]) -> None:
        """Called right after a commit of this process with a job in it."""
        self._wake.append((Enqueue, wake))

    def wake(self) -> None:
        """Whoever delivers has something to do, though no event is new."""
        for kind, wake in self._wake:
            if kind is Emit:
                wake()

    async def get(self, principal: Principal, kind: str, id: str) -> Document | None:
        found = await documents.query(self.database, principal, kind, id)
        return found.items[0] if found.items else None

    async def find(self, principal: Principal, kind: str, window: Window) -> Found:
        return await documents.query(self.database, principal, kind, window=window)

    async def commit(self, *changes: Change) -> None:
        ordered = sorted(changes, key=lambda change: _PLACE[type(change)])
        statements = [statement for change in ordered for statement in self._statements(change)]
        await self.database.commit(*self._lanes(changes), *statements)
        for kind, wake in self._wake:
            if any(isinstance(change, kind) for change in changes):
                wake()

    async def native(self, principal: Principal, kind: str, id: str, system: str | None = None) -> Crossref | None:
        where = "kind = ? AND id = ?" + ("" if system is None else " AND system = ?")
        params = (kind, id) if system is None else (kind, id, system)
        found = await crossrefs.query(self.database, principal, where, *params)
        return found[0] if found else None

    async def ours(self, principal: Principal, kind: str, system: str, native_id: str) -> Crossref | None:
        where = "kind = ? AND system = ? AND native_id = ?"
        found = await crossrefs.query(self.database, principal, where, kind, system, native_id)
        return found[0] if found else None

    async def by_key(self, principal: Principal, name: str, value: str) -> list[Crossref]:
        where = "seq IN (SELECT crossref FROM crossref_keys WHERE name = ? AND value = ?)"
        return await crossrefs.query(self.database, principal, where, name, value)

    async def claim(self, kind: str, *, lease_s: float, limit: int = 1) -> list[Job]:
        return await journal.claim(self.database, kind, self._clock.now(), lease_s, limit)

    async def job(self, principal: Principal, id: str) -> Job | None:
        return await journal.query(self.database, principal, id)

    async def remembered(self, client: str, operation: str, key: str) -> Remembered | None:
        return await answers.query(self.database, client, operation, key, self._clock.now())

    async def aclose(self) -> None:
        await self.database.aclose()

    def _lanes(self, changes: tuple[Change, ...]) -> list[Statement]:
        """Always in the same order, so that two commits never wait for each other."""
        if self.database.dialect != "postgresql":
            return []
        lanes = {journal.lane_key(change.job) for change in changes if isinstance(change, Enqueue)}
        return [journal.hold_lane(lane) for lane in sorted(lanes)]

    def _statements(self, change: Change) -> list[Statement]:
        statements: list[Statement]
        match change:
            case Put():
                statements = documents.put(change, self.database.dialect)
            case Confirm():
                statements = [documents.confirm(change)]
            case Drop():
                statements = documents.drop(change)
            case Emit():
                statements = [outbox.emit(change)]
            case Link():
                statements = crossrefs.link(change)
            case Enqueue():
                statements = [journal.enqueue(change)]
            case Advance():
                statements = [journal.advance(change, self._clock.now())]
            case Finish():
                statements = [journal.finish(change)]
            case Remember():
                statements = answers.remember(change, self._clock.now())
        return statements
