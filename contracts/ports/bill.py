"""The port of issued bills."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, optional, read, unsupported, write
from contracts.model import Bill
from contracts.page import Slice, Window
from contracts.ports.adapter import Adapter


class BillPort(Adapter, Protocol):
    """What billing issued (TMF678)."""

    @read
    @abstractmethod
    async def bills(self, call: Call, account_id: str, window: Window) -> Slice[Bill]:
        """Newest first."""

    @read
    @abstractmethod
    async def bill(self, call: Call, bill_id: str) -> Bill: ...

    @write(repeatable=True)
    @optional("bill.now")
    async def bill_now(self, call: Call, account_id: str) -> list[Bill]:
        """Bill what is billable now; a repeat finds nothing left to bill and returns no bill."""
        raise unsupported("bill.now")
