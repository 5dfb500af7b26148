"""The port of prepaid balances."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from contracts.call import Call, optional, read, unsupported, write
from contracts.model import BalanceMove, Bucket, Receipt, TopUp
from contracts.ports.adapter import Adapter


class BalancePort(Adapter, Protocol):
    """Prepaid balances and what is put on them (TMF654, TMF677)."""

    @read
    @abstractmethod
    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        """All that the subscriber with this MSISDN has left; NotFound when the legacy knows no such subscriber."""

    @write(repeatable=False)
    @optional("balance.top_up")
    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        """Put the amount on the balance. Rejected: a rule of the legacy said no; NotFound: no such subscriber."""
        raise unsupported("balance.top_up")

    @write(repeatable=False)
    @optional("balance.voucher")
    async def redeem(self, call: Call, top_up: TopUp) -> Receipt:
        """Spend the voucher for the balance. Rejected when it is wrong or spent; no error repeats its code."""
        raise unsupported("balance.voucher")

    @read
    @optional("balance.lookup")
    async def top_up_by_key(self, call: Call, top_up: TopUp) -> Receipt | None:
        """The receipt of a top-up whose answer was lost, or None: how an unanswered `top_up` or `redeem` is settled.

        Asked by reference and subscriber. The gateway keeps no voucher's code: when it asks, `voucher` is "".
        """
        raise unsupported("balance.lookup")

    @read
    @optional("balance.history")
    async def moves(self, call: Call, subscriber: str, since: datetime, until: datetime) -> list[BalanceMove]:
        """What moved the balance, oldest first, from `since` on and before `until`; NotFound for nobody."""
        raise unsupported("balance.history")
