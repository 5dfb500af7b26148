"""Usage: one record of a call, a session or a message, and the file it came in."""

from datetime import datetime
from enum import StrEnum

from contracts.model.quantity import Quantity
from contracts.noun import noun


class UsageKind(StrEnum):
    VOICE = "voice"
    DATA = "data"
    MESSAGE = "message"


@noun
class UsageFile:
    """A complete file of a drop folder."""

    name: str
    size: int
    sha256: str
    """Of the bytes; empty when the file may not be opened."""
    layout: str
    """Empty when no layout knows it."""
    refused: str | None = None
    """Why it cannot be taken in as a whole: a link, an unsafe name, an unknown layout."""


@noun
class UsageRecord:
    key: str
    """The natural key of the layout; two records with one key are the same event."""
    content: str
    """A digest of the whole row: same key with other content is a conflict."""
    subscriber: str
    """MSISDN or login, as `subscriber_kind` says."""
    subscriber_kind: str
    kind: UsageKind
    start: datetime
    used: Quantity
    line: int
    row: str
    """The row as it was read, kept for quarantine."""
    destination: str | None = None


@noun
class Unreadable:
    """A row that is no record: where it stood and why."""

    line: int
    row: str
    reason: str
