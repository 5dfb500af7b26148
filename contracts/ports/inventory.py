"""The port of what a customer runs in billing."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, read
from contracts.model import Subscription
from contracts.page import Slice, Window
from contracts.ports.adapter import Adapter


class InventoryPort(Adapter, Protocol):
    """What a customer runs in billing (TMF637)."""

    @read
    @abstractmethod
    async def subscriptions(self, call: Call, customer_id: str, window: Window) -> Slice[Subscription]: ...

    @read
    @abstractmethod
    async def subscription(self, call: Call, subscription_id: str) -> Subscription: ...
