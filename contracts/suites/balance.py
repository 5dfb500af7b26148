"""The laws of BalancePort: what is left is told exactly, and nothing is put on a balance twice."""

import asyncio
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest

from contracts.capability import Support
from contracts.errors import Happened, NotFound, PortError, Rejected
from contracts.faults import BECOMES, Fault
from contracts.model import Bucket, Money, Quantity, TopUp
from contracts.ports import BalancePort
from contracts.suites.kit import Ask, Calls, Southbound, needs, on_simulator
from contracts.suites.wire import WireContract

LOST = (Fault.LOST_ANSWER, Fault.DELAY, Fault.GARBAGE, Fault.SWAP, Fault.REFUSE, Fault.FAULT)
"""After the work, or before it; how each kind of fault is told, the kit asks of every port."""
lost = pytest.mark.parametrize("fault", LOST)
BEGINNING, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class BalanceContract(WireContract):
    """What a subscriber has left, and how it becomes more. Laws of a capability that is not full are skipped."""

    known_subscriber: ClassVar[str]
    """Has at least one bucket, and is topped up by the laws."""
    unknown_subscriber: ClassVar[str]
    other_subscriber: ClassVar[str]
    """Has a bucket too."""
    good_voucher: ClassVar[str]
    """Not yet spent."""
    spent_voucher: ClassVar[str]
    top_up_amount: ClassVar[Money]
    """In the currency of a bucket of the known subscriber."""

    def asks(self) -> dict[str, Ask]:
        who = self.known_subscriber
        return super().asks() | {
            "buckets": lambda adapter, call: adapter.buckets(call, who),
            "moves": lambda adapter, call: adapter.moves(call, who, BEGINNING, END),
            "top_up_by_key": lambda adapter, call: adapter.top_up_by_key(call, self.top_up_of("law-0")),
            "top_up": lambda adapter, call: adapter.top_up(call, self.top_up_of("law-0")),
            "redeem": lambda adapter, call: adapter.redeem(call, self.voucher_of("law-0", self.good_voucher)),
        }

    def others(self) -> dict[str, Ask]:
        who = self.other_subscriber
        return super().others() | {"buckets": lambda adapter, call: adapter.buckets(call, who)}

    def personal(self) -> tuple[str, ...]:
        return (*super().personal(), self.known_subscriber, self.good_voucher)

    def top_up_of(self, reference: str) -> TopUp:
        return TopUp(reference, self.known_subscriber, amount=self.top_up_amount)

    def voucher_of(self, reference: str, voucher: str) -> TopUp:
        return TopUp(reference, self.known_subscriber, voucher=voucher)

    def _offers(self, capability: str) -> bool:
        said = tomllib.loads(self.manifest.read_text(encoding="utf-8"))
        return bool(said["capabilities"].get(capability) == Support.FULL)

    async def test_a_known_subscriber_has_buckets(self, adapter: BalancePort, calls: Calls) -> None:
        found = await adapter.buckets(calls(), self.known_subscriber)
        assert found
        assert len({bucket.id for bucket in found}) == len(found)
        for bucket in found:
            assert bucket.subscriber == self.known_subscriber
            assert bucket.valid_until is None or bucket.valid_until.tzinfo is not None
            for left in (bucket.remaining, bucket.initial):
                assert left is None or _is_exact(bucket, left)

    async def test_buckets_of_nobody_are_not_found(self, adapter: BalancePort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.buckets(calls(), self.unknown_subscriber)

    @needs("balance.top_up")
    @on_simulator
    async def test_a_top_up_raises_the_balance_once(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls
    ) -> None:
        before = await self._balance(adapter, calls)
        receipt = await adapter.top_up(calls(), self.top_up_of("law-1"))
        assert receipt.reference == "law-1"
        assert receipt.accepted.tzinfo is not None
        assert await self._balance(adapter, calls) - before == self.top_up_amount.amount
        assert len(southbound.effects("law-1")) == 1

    @needs("balance.top_up", "balance.lookup")
    @on_simulator
    async def test_one_reference_makes_one_top_up(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls
    ) -> None:
        first = await adapter.top_up(calls(), self.top_up_of("law-2"))
        again = await adapter.top_up(calls(), self.top_up_of("law-2"))
        assert (again.reference, again.native_id) == (first.reference, first.native_id)
        assert len(southbound.effects("law-2")) == 1

    @needs("balance.top_up")
    @lost
    @on_simulator
    async def test_a_failed_top_up_tells_how(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        before = southbound.calls
        await adapter.top_up(calls(), self.top_up_of("law-3"))
        for step in range(southbound.calls - before):
            reference = f"law-3-{step}"
            southbound.arm(fault, after=step)
            with pytest.raises(BECOMES[fault]) as failed:
                await adapter.top_up(calls(), self.top_up_of(reference))
            assert len(southbound.effects(reference)) <= (failed.value.happened is Happened.UNKNOWN)
            assert step or failed.value.happened is self.happened_after(fault)

    @needs("balance.top_up", "balance.lookup")
    @lost
    @on_simulator
    async def test_an_unanswered_top_up_is_settled_by_its_key(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        before = southbound.calls
        assert await adapter.top_up_by_key(calls(), self.top_up_of("law-4")) is None
        asked = southbound.calls
        assert asked > before
        await adapter.top_up(calls(), self.top_up_of("law-4"))
        for step in range(southbound.calls - asked):
            top_up = self.top_up_of(f"law-4-{step}")
            southbound.arm(fault, after=step)
            with pytest.raises(PortError):
                await adapter.top_up(calls(), top_up)
            found = await adapter.top_up_by_key(calls(), top_up)
            assert (found is not None) == bool(southbound.effects(top_up.reference))
            sent = await adapter.top_up(calls(), top_up)
            assert found is None or found.native_id == sent.native_id
            assert len(southbound.effects(top_up.reference)) == 1

    @needs("balance.top_up")
    @on_simulator
    async def test_a_top_up_for_nobody_is_not_found(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls
    ) -> None:
        with pytest.raises(NotFound) as refused:
            await adapter.top_up(calls(), replace(self.top_up_of("law-6"), subscriber=self.unknown_subscriber))
        assert refused.value.happened is Happened.NO
        assert southbound.effects("law-6") == []

    @needs("balance.top_up")
    @on_simulator
    async def test_top_ups_made_at_once_are_not_mixed(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls
    ) -> None:
        before = await self._balance(adapter, calls)
        references = [f"law-7-{number}" for number in range(20)]
        receipts = await asyncio.gather(*(adapter.top_up(calls(), self.top_up_of(each)) for each in references))
        assert [receipt.reference for receipt in receipts] == references
        assert [len(southbound.effects(each)) for each in references] == [1] * len(references)
        assert await self._balance(adapter, calls) - before == self.top_up_amount.amount * len(references)

    @needs("balance.voucher")
    @on_simulator
    async def test_a_voucher_is_spent_once(self, adapter: BalancePort, southbound: Southbound, calls: Calls) -> None:
        before = await adapter.buckets(calls(), self.known_subscriber)
        receipt = await adapter.redeem(calls(), self.voucher_of("law-8", self.good_voucher))
        assert receipt.reference == "law-8"
        assert receipt.accepted.tzinfo is not None
        after = await adapter.buckets(calls(), self.known_subscriber)
        assert after != before
        with pytest.raises(Rejected):
            await adapter.redeem(calls(), self.voucher_of("law-8-again", self.good_voucher))
        assert await adapter.buckets(calls(), self.known_subscriber) == after
        assert [len(southbound.effects(each)) for each in ("law-8", "law-8-again")] == [1, 0]

    @needs("balance.voucher")
    @pytest.mark.parametrize("kind", ["spent", "made up"])
    @on_simulator
    async def test_a_wrong_voucher_is_rejected_and_not_repeated(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls, kind: str
    ) -> None:
        voucher = self.spent_voucher if kind == "spent" else f"{self.good_voucher}{self.spent_voucher}"
        before = await adapter.buckets(calls(), self.known_subscriber)
        with pytest.raises(Rejected) as refused:
            await adapter.redeem(calls(), self.voucher_of("law-9", voucher))
        assert refused.value.happened is Happened.NO
        assert voucher not in _told(refused.value)
        assert southbound.effects("law-9") == []
        assert await adapter.buckets(calls(), self.known_subscriber) == before

    @needs("balance.voucher", "balance.lookup")
    @pytest.mark.parametrize("after", [0, 1])
    @lost
    @on_simulator
    async def test_an_unanswered_voucher_is_settled_by_its_key(
        self, adapter: BalancePort, southbound: Southbound, calls: Calls, fault: Fault, after: int
    ) -> None:
        redeemed = self.voucher_of("law-10", self.good_voucher)
        southbound.arm(fault, after=after)
        try:
            await adapter.redeem(calls(), redeemed)
        except BECOMES[fault] as failed:
            done = southbound.effects("law-10")
            assert len(done) <= (failed.happened is Happened.UNKNOWN)  # noqa: PT017 - who sends once never meets the second
            assert self.good_voucher not in _told(failed)  # noqa: PT017
            found = await adapter.top_up_by_key(calls(), replace(redeemed, voucher=""))
            assert (found is not None) == bool(done)
        else:
            assert after
            assert len(southbound.effects("law-10")) == 1

    @needs("balance.history")
    async def test_moves_are_in_order_and_inside_their_range(self, adapter: BalancePort, calls: Calls) -> None:
        before = await adapter.moves(calls(), self.known_subscriber, BEGINNING, END)
        tops = 2 if self._offers("balance.top_up") else 0
        for number in range(tops):
            await adapter.top_up(calls(), self.top_up_of(f"law-11-{number}"))
        whole = await adapter.moves(calls(), self.known_subscriber, BEGINNING, END)
        assert whole
        assert len(whole) == len(before) + tops
        assert {move.subscriber for move in whole} == {self.known_subscriber}
        times = [move.at for move in whole]
        assert all(at.tzinfo is not None for at in times)
        assert times == sorted(times)
        amounts = [move.amount for move in whole if isinstance(move.amount, Money)]
        assert all(isinstance(each.amount, Decimal) for each in amounts)
        for split in (times[0], times[-1], times[-1] + timedelta(seconds=1)):
            early = await adapter.moves(calls(), self.known_subscriber, BEGINNING, split)
            late = await adapter.moves(calls(), self.known_subscriber, split, END)
            assert [move for move in early if move.at >= split] == []
            assert early + late == whole

    @needs("balance.history")
    async def test_moves_of_nobody_are_not_found(self, adapter: BalancePort, calls: Calls) -> None:
        with pytest.raises(NotFound):
            await adapter.moves(calls(), self.unknown_subscriber, BEGINNING, END)

    async def _balance(self, adapter: BalancePort, calls: Calls) -> Decimal:
        """The money left in the currency of the top-ups."""
        found = [bucket.remaining for bucket in await adapter.buckets(calls(), self.known_subscriber)]
        money = [each for each in found if isinstance(each, Money) and each.currency == self.top_up_amount.currency]
        assert money
        return sum((each.amount for each in money), Decimal(0))


def _is_exact(bucket: Bucket, left: Money | Quantity) -> bool:
    if isinstance(left, Money):
        return bucket.usage_type == "monetary" and isinstance(left.amount, Decimal) and len(left.currency) == 3
    return bucket.usage_type != "monetary" and type(left.amount) is int


def _told(error: BaseException | None) -> str:
    """All that an error says, and those that caused it."""
    told = ""
    while error is not None:
        told += f"{error} {error!r} {vars(error)} "
        error = error.__cause__ or error.__context__
    return told
