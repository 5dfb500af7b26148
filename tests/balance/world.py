"""A prepaid system at its port, which fails as told and keeps a ledger, and the flow of top-ups before it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.call import Call, Principal
from contracts.errors import NotFound, TimedOut
from contracts.model import Bucket, Money, Receipt, TopUp
from contracts.ports import BalancePort
from gateway.api.prepay_balance.translate import BALANCE_DOCUMENTS
from gateway.flows.balance import TOP_UP, Balances, Subscribers, TopUps
from gateway.flows.mirror import Mirror
from gateway.policy.ports import Serving
from gateway.security import BANYAN
from gateway.store import Store
from gateway.store.port import Event
from tests.clock import FakeClock
from tests.orders.world import System

ALL = Principal("anna", "app", "default")
NUMBER = "491555000001"
EVERYTHING = frozenset({"balance.top_up", "balance.voucher", "balance.lookup", "balance.history"})
MONEY = {"logicalResource": {"id": NUMBER}, "amount": {"amount": 10, "units": "EUR"}}
VOUCHER = {"logicalResource": {"id": NUMBER}, "voucher": "7391-0042"}
OPEN = ("inProgress", "held")
LATE = timedelta(seconds=15)
"""Within the time in which the system may settle."""


@dataclass
class Wallet(System):
    """Like a real one, it books whatever comes twice."""

    codes: list[str | None] = field(default_factory=list)
    """Of the vouchers that were sent."""
    late: list[tuple[datetime, tuple[str, str]]] = field(default_factory=list)
    """What is booked only `LATE` after it was asked for, by the script's `late`."""

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        self.before("buckets", call)
        if subscriber != NUMBER:
            raise NotFound("nobody")
        left = Money(Decimal(10) * len(self.ledger))
        return [Bucket("main", subscriber, "monetary", left, None)]

    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        return self._booked("top_up", call, top_up)

    async def redeem(self, call: Call, top_up: TopUp) -> Receipt:
        self.codes.append(top_up.voucher)
        return self._booked("redeem", call, top_up)

    async def top_up_by_key(self, call: Call, top_up: TopUp) -> Receipt | None:
        self.before("top_up_by_key", call)
        assert not top_up.voucher
        self.ledger += [line for due, line in self.late if due <= self.clock.now()]
        self.late = [(due, line) for due, line in self.late if due > self.clock.now()]
        known = any(reference == top_up.reference for _, reference in self.ledger)
        return Receipt(top_up.reference, top_up.reference, self.clock.now()) if known else None

    def _booked(self, method: str, call: Call, top_up: TopUp) -> Receipt:
        what = self.before(method, call)
        assert call.key == top_up.reference
        if what == "late":
            self.late.append((self.clock.now() + LATE, (method, top_up.reference)))
            raise TimedOut("still at work")
        self.ledger.append((method, top_up.reference))
        self.after(what)
        return Receipt(top_up.reference, top_up.reference, self.clock.now())


@dataclass
class FakePorts:
    wallet: Wallet
    offers: frozenset[str] = EVERYTHING
    settle_s: float = 20

    def serving(self, port: type[Any], *, operator: str = "default", customer: str | None = None) -> Serving[Any]:
        return self.all(port)[0]

    def all(self, port: type[Any]) -> list[Serving[Any]]:
        served: Any = self.wallet
        return [Serving("wallet", served, self.settle_s, 300, self.offers)] if port is BalancePort else []


@dataclass
class World:
    store: Store
    clock: FakeClock
    wallet: Wallet
    events: list[Event]
    offers: frozenset[str] = EVERYTHING

    def __post_init__(self) -> None:
        self.again()

    def again(self) -> None:
        """A new process over the same store."""
        ports, subscribers = FakePorts(self.wallet, self.offers), Subscribers(self.store, BANYAN)
        balances = Balances(Mirror(self.store, self.clock, BANYAN), ports, subscribers, BALANCE_DOCUMENTS)
        self.top_ups = TopUps(self.store, ports, subscribers, balances, self.clock)

    async def accept(self, body: dict[str, Any]) -> str:
        return (await self.top_ups.accept(ALL, body, lambda _: ())).id

    async def sent(self) -> None:
        """Until all that was accepted was sent; raises what killed the process."""
        await asyncio.gather(*self.top_ups._sent)

    async def top_up(self, id: str) -> dict[str, Any]:
        document = await self.store.get(ALL, TOP_UP, id)
        assert document is not None
        return document.body

    async def step(self) -> bool:
        """Do what is due now; False when nothing is."""
        jobs = await self.top_ups.worker._claimed(16)
        for job in jobs:
            await self.top_ups.worker._one(job)
        return bool(jobs)

    async def settle(self, id: str, within_s: float = 3 * 3600, stride_s: float = 1) -> dict[str, Any]:
        """Run until it has ended, letting time pass where nothing is due."""
        await self.sent()
        end = self.clock.monotonic() + within_s
        while (body := await self.top_up(id))["status"] in OPEN and self.clock.monotonic() < end:
            if not await self.step():
                self.clock.advance(stride_s)
        return body

    def told(self, id: str) -> list[str]:
        return [event.type.removeprefix("TopupBalance") for event in self.events if event.resource_id == id]
