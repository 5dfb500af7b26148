"""Acme Prepaid behind the ports: here is asked, and mapping.py says what it means."""

from contextlib import suppress
from pathlib import Path

from banyan import Call, Clock, NotFound
from banyan.model import Bucket, Receipt, TopUp
from banyan.ports import BalancePort
from banyan.soap import connect

from acme_prepaid import mapping
from acme_prepaid.config import Config
from acme_prepaid.faults import port_error

FOLDER = Path(__file__).parent


class AcmePrepaid(BalancePort):
    """Building it reads the WSDL: not for a running loop."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._soap = connect(FOLDER, "acme.wsdl", config, clock, fault=port_error)
        self._config = config
        self._clock = clock

    async def probe(self, call: Call) -> None:
        """To know nobody of that id is an answer too."""
        with suppress(NotFound):
            await self._soap.call(call, "GetWallets", mapping.buckets_request(self._config.probe_subscriber))

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        return await self._soap.call(
            call,
            "GetWallets",
            mapping.buckets_request(subscriber),
            then=lambda reply: mapping.buckets_reply(reply.body, subscriber),
        )

    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        done = await self.top_up_by_key(call, top_up)
        if done is not None:
            return done
        reply = await self._soap.call(call, "Recharge", mapping.top_up_request(top_up))
        return mapping.top_up_reply(reply.body, top_up, self._clock.now())

    async def top_up_by_key(self, call: Call, top_up: TopUp) -> Receipt | None:
        return await self._soap.call(
            call,
            "FindRecharges",
            mapping.top_up_by_key_request(top_up),
            then=lambda reply: mapping.top_up_by_key_reply(reply.body, top_up),
        )
