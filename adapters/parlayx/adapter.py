"""A prepaid system that speaks Parlay X Account Management, behind the balance port."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

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
        with suppress(NotFound):
            await self._soap.call(call, "getBalanceTypes", mapping.subscriber_request(self._config.probe_subscriber))

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        asked = mapping.subscriber_request(subscriber)
        balances, expiries = await asyncio.gather(
            self._soap.call(call, "getBalance", asked), self._soap.call(call, "getCreditExpiryDate", asked)
        )
        return mapping.buckets_reply(balances.body, expiries.body, subscriber, self._config)

    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        """Looks before it sends: the legacy takes one reference as often as it comes."""
        if top_up.amount is None:
            raise Rejected("a voucher is redeemed, not topped up")
        asked = mapping.top_up_request(top_up, top_up.amount, self._config)
        done = await self.top_up_by_key(call, top_up)
        if done is not None:
            return done
        await self._soap.call(call, "balanceUpdate", asked)
        return self._receipt(top_up, self._clock.now())

    async def redeem(self, call: Call, top_up: TopUp) -> Receipt:
        """A voucher can be spent once: one that is refused may have been spent by us."""
        try:
            await self._soap.call(call, "voucherUpdate", mapping.redeem_request(top_up))
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
        asked = mapping.moves_request(subscriber, since, self._config)
        return await self._soap.call(
            call, "getHistory", asked, then=lambda reply: mapping.moves_reply(reply.body, subscriber, self._config)
        )

    def _receipt(self, top_up: TopUp, accepted: datetime) -> Receipt:
        return Receipt(top_up.reference, native_id=top_up.reference, accepted=accepted)
