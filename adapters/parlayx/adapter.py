"""A prepaid system that speaks Parlay X Account Management, behind the balance port."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.parlayx import mapping
from adapters.parlayx.config import Config
from adapters.parlayx.faults import port_error
from banyan import Call, Clock, NotFound, Rejected
from banyan.model import BalanceMove, Bucket, Receipt, TopUp
from banyan.ports import BalancePort
from banyan.soap import connect

FOLDER = Path(__file__).parent


class Parlayx(BalancePort):
    """Our reference travels as `referenceCode`, comes back in the history, and names the receipt: updates answer
    with nothing.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._soap = connect(FOLDER, "parlayx.wsdl", config, clock, fault=port_error)
        self._config = config
        self._clock = clock

    async def probe(self, call: Call) -> None:
        """To know nobody of that number is an answer too."""
        try:
            await self._ask(call, "getBalanceTypes", self._config.probe_subscriber)
        except NotFound:
            return

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        balances, expiries = await asyncio.gather(
            self._ask(call, "getBalance", subscriber), self._ask(call, "getCreditExpiryDate", subscriber)
        )
        return mapping.buckets(subscriber, balances["result"], expiries["result"], self._config)

    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        """Looks before it sends: the legacy takes one reference as often as it comes."""
        if top_up.amount is None:
            raise Rejected("a voucher is redeemed, not topped up")
        wanted = mapping.update(top_up, top_up.amount, self._config)
        done = await self.top_up_by_key(call, top_up)
        if done is not None:
            return done
        await self._ask(call, "balanceUpdate", top_up.subscriber, referenceCode=top_up.reference, **wanted)
        return self._receipt(top_up, self._clock.now())

    async def redeem(self, call: Call, top_up: TopUp) -> Receipt:
        """A voucher can be spent once: one that is refused may have been spent by us."""
        try:
            await self._ask(
                call,
                "voucherUpdate",
                top_up.subscriber,
                referenceCode=top_up.reference,
                voucherIdentifier=top_up.voucher,
            )
        except Rejected:
            done = await self.top_up_by_key(call, top_up)
            if done is None:
                raise
            return done
        return self._receipt(top_up, self._clock.now())

    async def top_up_by_key(self, call: Call, top_up: TopUp) -> Receipt | None:
        since = self._clock.now() - timedelta(hours=self._config.look_back_h)
        for move in await self._history(call, top_up.subscriber, since):
            if move.reference == top_up.reference:
                return self._receipt(top_up, move.at)
        return None

    async def moves(self, call: Call, subscriber: str, since: datetime, until: datetime) -> list[BalanceMove]:
        return [move for move in await self._history(call, subscriber, since) if since <= move.at < until]

    async def _history(self, call: Call, subscriber: str, since: datetime) -> list[BalanceMove]:
        """Complete, or refused: where there are more entries than asked for, the oldest are left out."""
        most = self._config.most_entries
        told = await self._ask(call, "getHistory", subscriber, date=since, maxEntries=most)
        if len(told["result"]) >= most:
            raise Rejected("parlayx has more history than it tells at once")
        return mapping.moves(subscriber, told["result"], self._config)

    async def _ask(self, call: Call, operation: str, subscriber: str, **parameters: Any) -> Any:
        asked = {"endUserIdentifier": mapping.address(subscriber), **parameters}
        return (await self._soap.call(call, operation, asked)).body

    def _receipt(self, top_up: TopUp, accepted: datetime) -> Receipt:
        return Receipt(top_up.reference, native_id=top_up.reference, accepted=accepted)
