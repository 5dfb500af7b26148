"""The port of booking in billing."""

from abc import abstractmethod
from typing import Protocol

from contracts.call import Call, optional, read, unsupported, write
from contracts.model import Order, OrderState, Receipt
from contracts.ports.adapter import Adapter


class OrderPort(Adapter, Protocol):
    """Booking in billing (TMF622)."""

    @write(repeatable=False)
    @abstractmethod
    async def place_order(self, call: Call, order: Order) -> Receipt:
        """Book every line of the order as one piece of work, findable by `order.reference`."""

    @read
    @abstractmethod
    async def order_state(self, call: Call, reference: str) -> OrderState:
        """Where the order with this native id stands."""

    @read
    @optional("order.lookup")
    async def order_by_key(self, call: Call, order: Order) -> Receipt | None:
        """The receipt of an order whose answer was lost, or None: how an unanswered `place_order` is settled."""
        raise unsupported("order.lookup")

    @write(repeatable=True)
    @optional("order.cancel")
    async def cancel_order(self, call: Call, reference: str) -> None:
        """End the order with this native id; one that is ended already stays so."""
        raise unsupported("order.cancel")
