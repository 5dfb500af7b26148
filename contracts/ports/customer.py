"""The port of customers and their accounts."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, read
from contracts.model import Account, Customer
from contracts.page import Slice, Window
from contracts.ports.adapter import Adapter


class CustomerPort(Adapter, Protocol):
    """Customers and their billing accounts (TMF629, TMF666)."""

    @read
    @abstractmethod
    async def customer(self, call: Call, customer_id: str) -> Customer: ...

    @read
    @abstractmethod
    async def find_customers(self, call: Call, window: Window) -> Slice[Customer]: ...

    @read
    @abstractmethod
    async def accounts(self, call: Call, customer_id: str) -> list[Account]: ...
