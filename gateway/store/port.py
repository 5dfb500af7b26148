"""The store: the only state we own. Reads take a Principal; writes are changes that hold together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol

from contracts.call import Principal
from contracts.noun import noun
from contracts.page import Window
from gateway.store.encoding import from_json


class Stale(Exception):
    """A change found something else than it expected (revision, fence, used key): nothing was written."""


class Unreachable(OSError):
    """The database cannot be opened or does not answer; whether a commit under way was written is not known."""


@dataclass(slots=True)
class Document:
    """A resource in its stored form: of our own making, or the mirror of a legacy noun.

    Final, not frozen: a frozen one takes four times as long to make, and a list has many.
    """

    kind: Final[str]
    """`TMF620/productOffering`; our internal ones start with `banyan/`."""
    id: Final[str]
    body: Final[dict[str, Any]]
    """Decimals are Decimals, never floats; instants are RFC 3339 strings."""
    owner: Final[str | None] = None
    """Our id of the customer it belongs to; None: everybody's, such as a tariff."""
    revision: Final[int] = 0
    """Counts the writes; 0 means not stored yet."""
    source: Final[str | None] = None
    """The legacy system it mirrors; None when the gateway is its master."""
    as_of: Final[datetime | None] = None
    """When the source said so."""
    missing: Final[tuple[str, ...]] = field(default=(), compare=False)
    """Systems that did not answer just now, so that this is what they said before."""
    text: str | None = field(default=None, init=False, compare=False, repr=False)
    """The body as the store keeps it, for whoever can pass it on unread; None: it did not come from there."""

    @classmethod
    def unread(
        cls, kind: str, id: str, text: str, owner: str | None, revision: int, source: str | None, as_of: datetime | None
    ) -> "Document":
        """As the store answers: the text is made a body when somebody asks for it (most lists never do)."""
        document = cls(kind, id, _UNREAD, owner, revision, source, as_of)
        del document.body
        document.text = text
        return document

    def dated(self, as_of: datetime | None) -> "Document":
        """The same document, confirmed by its source at another time."""
        if as_of == self.as_of:
            return self
        if self.text is None:
            return replace(self, as_of=as_of)
        return self.unread(self.kind, self.id, self.text, self.owner, self.revision, self.source, as_of)

    def __getattr__(self, name: str) -> Any:
        if name != "body" or self.text is None:
            raise AttributeError(name)
        object.__setattr__(self, "body", from_json(self.text))
        return self.body


_UNREAD: dict[str, Any] = {}


@noun
class Found:
    items: list[Document]
    total: int
    as_of: datetime | None = None
    """The oldest `as_of` behind the list, where it mirrors a legacy."""
    missing: tuple[str, ...] = ()
    """Systems that did not answer."""
    rows: tuple[int, ...] = ()
    """Where each item stands, for a cursor to continue there."""


@dataclass(frozen=True, slots=True)
class Crossref:
    """One of our ids and its native counterpart; survives a cut-over to another system."""

    kind: str
    """customer, account, offering, product, service, order, bill."""
    id: str
    operator: str
    system: str
    native_id: str
    keys: dict[str, str] = field(default_factory=dict)
    """Other names it answers to: msisdn, login."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a resource; delivered to the listeners of its API in order per resource."""

    id: str
    type: str
    """ProductOrderStateChangeEvent."""
    kind: str
    resource_id: str
    body: dict[str, Any]
    """The whole resource in its stored form."""
    at: datetime
    owner: str | None = None
    source: str | None = None
    as_of: datetime | None = None
    customer_ref: str | None = None
    """A pseudonym of the customer, never the id."""
    trace: str | None = None
    """The traceparent under which it happened."""
    schema: int = 1


@dataclass(frozen=True, slots=True)
class Job:
    """A row of the journal: durable work with a lease. `fence` grows with each claim and guards each commit."""

    id: str
    kind: str
    """order, delivery, sync."""
    lane: str
    """Jobs of one kind and lane run one at a time, in the order they were accepted."""
    data: dict[str, Any]
    due: datetime
    open: bool = True
    fence: int = 0
    plan_version: int = 1
    trace: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The answer to a write that carried an Idempotency-Key."""

    client: str
    operation: str
    key: str
    digest: str
    """SHA-256 of the canonical request body."""
    status: int
    kind: str
    id: str
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Put:
    """Write a document; `expect` is the revision it must have now (0: must not exist, None: whatever)."""

    document: Document
    expect: int | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """The source said the same again: only `as_of` moves on, the revision stays."""

    kind: str
    id: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    kind: str
    id: str
    expect: int | None = None


@dataclass(frozen=True, slots=True)
class Emit:
    event: Event


@dataclass(frozen=True, slots=True)
class Link:
    crossref: Crossref


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Add a job; one that is there already (same id) is left as it is."""

    job: Job


@dataclass(frozen=True, slots=True)
class Advance:
    """Write data, due and open of a claimed job; Stale when somebody else holds a younger fence.

    `keep` holds on to the lease (more work follows at once); otherwise it is handed back.
    """

    job: Job
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """Take a claimed job out of the journal; Stale when somebody else holds a younger fence."""

    job: Job


@dataclass(frozen=True, slots=True)
class Remember:
    """Keep an answer under its key; Stale when the key is used."""

    answer: Remembered


Change = Put | Confirm | Drop | Emit | Link | Enqueue | Advance | Finish | Remember


class Store(Protocol):
    async def get(self, principal: Principal, kind: str, id: str) -> Document | None:
        """The document, or None when it is unknown or belongs to somebody else."""
        ...

    async def find(self, principal: Principal, kind: str, window: Window) -> Found:
        """The documents of a kind that match every condition, in the order they were first written."""
        ...

    async def commit(self, *changes: Change) -> None:
        """Write all of it in one transaction, or raise Stale and write nothing."""
        ...

    async def native(self, principal: Principal, kind: str, id: str, system: str | None = None) -> Crossref | None:
        """Our id -> the native one."""
        ...

    async def ours(self, principal: Principal, kind: str, system: str, native_id: str) -> Crossref | None:
        """The native id -> ours."""
        ...

    async def by_key(self, principal: Principal, name: str, value: str) -> list[Crossref]:
        """Whatever answers to this key: `by_key(p, "msisdn", "49170...")`."""
        ...

    async def claim(self, kind: str, *, lease_s: float, limit: int = 1) -> list[Job]:
        """Lease due, open jobs whose lane has no earlier open job; each comes with a fresh fence."""
        ...

    async def job(self, principal: Principal, id: str) -> Job | None: ...

    async def remembered(self, client: str, operation: str, key: str) -> Remembered | None: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with `?` placeholders, understood by both dialects."""

    sql: str
    params: tuple[Any, ...] = ()
    many: Sequence[tuple[Any, ...]] | None = None
    """Run once per tuple instead of once with `params`."""
    touches: int | None = None
    """How many rows it must touch; another count is Stale and rolls everything back."""


class Database(Protocol):
    """What SQLite and PostgreSQL have in common. Instants are BIGINT microseconds since 1970, JSON is TEXT."""

    dialect: str
    """sqlite or postgresql."""

    async def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]: ...

    async def returning(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """One statement that writes and returns rows, in a transaction of its own."""
        ...

    async def commit(self, *statements: Statement) -> None:
        """One transaction (BEGIN IMMEDIATE on SQLite, grouped with its neighbours by the one writer)."""
        ...

    async def aclose(self) -> None: ...
