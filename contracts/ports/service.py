"""The port of what runs in the network."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, read
from contracts.model import Service
from contracts.page import Slice, Window
from contracts.ports.adapter import Adapter


class ServicePort(Adapter, Protocol):
    """What runs in the network (TMF638)."""

    @read
    @abstractmethod
    async def services(self, call: Call, customer_id: str, window: Window) -> Slice[Service]: ...

    @read
    @abstractmethod
    async def service(self, call: Call, service_id: str) -> Service: ...
