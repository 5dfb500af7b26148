"""The port of usage that arrives as files."""

from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Protocol

from contracts.call import Call, read, write
from contracts.model import Unreadable, UsageFile, UsageRecord
from contracts.ports.adapter import Adapter


class UsageFilePort(Adapter, Protocol):
    """Usage that arrives as files in a drop folder (TMF635)."""

    @read
    @abstractmethod
    async def waiting(self, call: Call) -> list[UsageFile]:
        """The complete files that nobody has taken away yet, oldest first; half-written ones are not among them."""

    @read
    @abstractmethod
    def rows(self, call: Call, file: UsageFile) -> AsyncIterator[list[UsageRecord | Unreadable]]:
        """Every row of the file in order, in chunks; each row is a record or says why it is none."""

    @write(repeatable=True)
    @abstractmethod
    async def settle(self, call: Call, file: UsageFile, *, accepted: bool) -> None:
        """Take the file out of the drop folder: into `done/`, or `held/` when it was refused as a whole."""
