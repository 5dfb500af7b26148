"""A top-up on its way, as its job keeps it: everything but the code of a voucher, which nobody keeps."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from contracts.call import Principal
from contracts.model import Money, TopUp

KIND = "topup"


class Stage(StrEnum):
    DUE = "due"
    """Not sent, or proved to have had no effect."""
    SENDING = "sending"
    """The intent is written; whoever finds it like this does not know whether it happened."""
    DOUBT = "doubt"
    """Sent and not answered: settled by asking the legacy, never by sending alone."""


@dataclass(frozen=True, slots=True)
class Pending:
    id: str
    """Of the TMF654 resource, and the reference that the legacy gets."""
    subscriber: str
    system: str
    owner: str
    subject: str
    client: str
    operator: str
    sent: datetime
    """When it was last sent."""
    amount: Decimal | None = None
    """None: a voucher."""
    currency: str = ""
    stage: Stage = Stage.SENDING
    waited: int = 0
    """How often in a row its system could not be reached."""

    def top_up(self, voucher: str = "") -> TopUp:
        if self.amount is None:
            return TopUp(self.id, self.subscriber, voucher=voucher)
        return TopUp(self.id, self.subscriber, amount=Money(self.amount, self.currency))

    def principal(self) -> Principal:
        """Background work on behalf of whoever asked for it."""
        return Principal("banyan", self.client, self.operator, frozenset({self.owner}), acting_for=self.subject)

    def pack(self) -> dict[str, Any]:
        packed: dict[str, Any] = msgspec.to_builtins(self)
        return packed

    @staticmethod
    def unpack(data: dict[str, Any]) -> "Pending":
        return msgspec.convert(data, Pending)
