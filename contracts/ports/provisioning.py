"""The port of activation in the network."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, optional, read, unsupported, write
from contracts.model import Activation, OrderState, Receipt
from contracts.ports.adapter import Adapter


class ProvisioningPort(Adapter, Protocol):
    """Activation in the network (TMF640, TMF641). Each write is named by our reference, so a repeat changes nothing."""

    @write(repeatable=True)
    @abstractmethod
    async def activate(self, call: Call, activation: Activation) -> Receipt: ...

    @write(repeatable=True)
    @optional("service.modify")
    async def modify(self, call: Call, activation: Activation) -> Receipt:
        """Give the service with this reference the characteristics that are said; NotFound when there is none."""
        raise unsupported("service.modify")

    @write(repeatable=True)
    @abstractmethod
    async def deactivate(self, call: Call, activation: Activation) -> Receipt: ...

    @read
    @abstractmethod
    async def activation_state(self, call: Call, reference: str) -> OrderState:
        """Where the service with our reference stands; NotFound when the OSS never heard of it."""
