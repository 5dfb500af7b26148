"""The port of the price list."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, read
from contracts.model import Offering
from contracts.page import Slice, Window
from contracts.ports.adapter import Adapter


class CatalogPort(Adapter, Protocol):
    """The legacy's price list (TMF620)."""

    @read
    @abstractmethod
    async def offerings(self, call: Call, window: Window) -> Slice[Offering]: ...

    @read
    @abstractmethod
    async def offering(self, call: Call, offering_id: str) -> Offering: ...
