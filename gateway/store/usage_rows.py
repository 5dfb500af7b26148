"""What the usage store keeps, as its readers see it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.model import Unit
from gateway.store.encoding import from_json, to_json
from gateway.store.port import Event


def cycle_of(instant: datetime) -> datetime:
    """The start of the calendar month, in the account zone (UTC)."""
    return instant.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of the ledger of files: these bytes under this name."""

    id: str
    system: str
    name: str
    size: int
    sha256: str
    layout: str
    state: str
    """reading, done, duplicate (the bytes are known under another name), held."""
    reason: str | None
    line: int
    """The last line that is settled; reading goes on after it."""
    accepted: int
    duplicates: int
    conflicts: int
    rejected: int
    seen: int
    first_seen: datetime
    last_seen: datetime

    @property
    def rows(self) -> int:
        return self.accepted + self.duplicates + self.conflicts + self.rejected


@dataclass(frozen=True, slots=True)
class Share:
    """What one bucket gave for a record."""

    grant: str
    product: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Used:
    """A usage record with what became of it."""

    id: str
    layout: str
    subscriber_kind: str | None
    subscriber: str | None
    kind: str
    unit: str
    amount: int
    start: datetime | None
    destination: str | None
    state: str
    owner: str | None
    included: int
    excluded: int
    shares: tuple[Share, ...]
    body: dict[str, Any] | None
    """As an app posted it; None for a record of a file."""


@dataclass(frozen=True, slots=True)
class Metered:
    """What charging needs of a record."""

    seq: int
    key: str
    subscriber_kind: str
    subscriber: str
    amount: int
    start: datetime
    state: str
    included: int
    excluded: int
    shares: str


@dataclass(frozen=True, slots=True)
class Due:
    """Whose usage of which unit in which cycle has to be charged anew."""

    owner: str
    unit: Unit
    cycle: datetime


@dataclass(frozen=True, slots=True)
class Charged:
    """The new result for one record."""

    seq: int
    included: int
    excluded: int
    shares: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold that fired (`fired`) or was armed again."""

    grant: str
    point: int
    fired: bool


def event_text(event: Event) -> str:
    names = ("id", "type", "kind", "resource_id", "body", "owner", "customer_ref", "trace")
    return to_json({**{name: getattr(event, name) for name in names}, "at": event.at.isoformat()})


def event_of(text: str) -> Event:
    read = from_json(text)
    return Event(**{**read, "at": datetime.fromisoformat(read["at"])})
