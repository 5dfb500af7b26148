"""Every law of BalanceContract finds out at least one adapter that is wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.parlayx.adapter import Parlayx
from adapters.parlayx.tests.test_contract import TestParlayx as Right
from banyan import Garbled, Happened, NotFound, PortError, Rejected
from banyan.suites import BalanceContract, Fault
from tests.architecture import mutants as wrong
from tests.architecture.biting import tried

P = Parlayx
FOUND_OUT = (AssertionError, PortError, pytest.fail.Exception)


def every(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda found: [change(each) for each in found]


def floating(bucket: Any) -> Any:
    """Money as a float."""
    left: Any = bucket.remaining
    return replace(bucket, remaining=replace(left, amount=float(left.amount))) if hasattr(left, "currency") else bucket


def naive(noun: Any, name: str) -> Any:
    at = getattr(noun, name)
    return noun if at is None else replace(noun, **{name: at.replace(tzinfo=None)})


class Blind(Parlayx):
    """Sends without looking whether it was sent before."""

    async def top_up(self, call: Any, top_up: Any) -> Any:
        looking, self.top_up_by_key = self.top_up_by_key, _nothing  # type: ignore[method-assign]
        try:
            return await super().top_up(call, top_up)
        finally:
            self.top_up_by_key = looking  # type: ignore[method-assign]


async def _nothing(call: Any, top_up: Any) -> None:
    del call, top_up


class Shared(Parlayx):
    """Keeps the reference of the present top-up where the next one finds it."""

    async def top_up(self, call: Any, top_up: Any) -> Any:
        self.reference = top_up.reference
        await asyncio.sleep(0)
        return await super().top_up(call, replace(top_up, reference=self.reference))


class Resending(Parlayx):
    """Sends a voucher again when its answer was lost, under a reference of its own."""

    async def redeem(self, call: Any, top_up: Any) -> Any:
        try:
            return await super().redeem(call, top_up)
        except PortError as error:
            if error.happened is Happened.UNKNOWN:
                raise Rejected("the voucher is spent") from error
            raise


class Talkative(Parlayx):
    """Says which voucher it was."""

    async def redeem(self, call: Any, top_up: Any) -> Any:
        try:
            return await super().redeem(call, top_up)
        except Rejected as error:
            raise Rejected("no", code=f"voucher {top_up.voucher}") from error


class Unbounded(Parlayx):
    """Tells the history up to now, whatever is asked."""

    async def moves(self, call: Any, subscriber: str, since: Any, until: Any) -> Any:
        return await super().moves(call, subscriber, since, until + timedelta(days=40_000))


class Including(Parlayx):
    """Takes the end of a range for a part of it."""

    async def moves(self, call: Any, subscriber: str, since: Any, until: Any) -> Any:
        return await super().moves(call, subscriber, since, until + timedelta(microseconds=1))


BITES: dict[str, list[tuple[type[Any], dict[str, Any]]]] = {
    "test_a_known_subscriber_has_buckets": [
        (wrong.answering(P, "buckets", every(floating)), {}),
        (wrong.answering(P, "buckets", every(lambda it: naive(it, "valid_until"))), {}),
        (wrong.answering(P, "buckets", every(lambda it: replace(it, subscriber="666"))), {}),
        (wrong.answering(P, "buckets", every(lambda it: replace(it, id="1"))), {}),
        (wrong.never(P, "buckets", []), {}),
    ],
    "test_buckets_of_nobody_are_not_found": [(wrong.swallowing(P, "buckets", NotFound, []), {})],
    "test_a_top_up_raises_the_balance_once": [
        (wrong.but(Blind, top_up=wrong.twice(Blind, "top_up").top_up), {}),
        (wrong.answering(P, "top_up", lambda it: naive(it, "accepted")), {}),
    ],
    "test_one_reference_makes_one_top_up": [(Blind, {})],
    "test_a_failed_top_up_tells_how": [
        (wrong.claiming(P, "top_up", Happened.NO), {"fault": Fault.LOST_ANSWER}),
        (wrong.trying_again(P, "top_up"), {"fault": Fault.FAULT}),
        (wrong.swallowing(P, "top_up", Garbled, None), {"fault": Fault.GARBAGE}),
        (wrong.claiming(P, "top_up", Happened.UNKNOWN), {"fault": Fault.REFUSE}),
    ],
    "test_an_unanswered_top_up_is_settled_by_its_key": [
        (wrong.never(P, "top_up_by_key", None), {"fault": Fault.LOST_ANSWER}),
        (Blind, {"fault": Fault.GARBAGE}),
    ],
    "test_a_top_up_for_nobody_is_not_found": [(wrong.telling(P, "top_up", Rejected), {})],
    "test_top_ups_made_at_once_are_not_mixed": [(Shared, {})],
    "test_a_voucher_is_spent_once": [
        (wrong.swallowing(P, "redeem", Rejected, None), {}),
        (wrong.answering(P, "redeem", lambda it: naive(it, "accepted")), {}),
    ],
    "test_a_wrong_voucher_is_rejected_and_not_repeated": [
        (Talkative, {"kind": "spent"}),
        (wrong.telling(P, "redeem", NotFound), {"kind": "made up"}),
    ],
    "test_an_unanswered_voucher_is_settled_by_its_key": [
        (Resending, {"fault": Fault.LOST_ANSWER, "after": 0}),
        (wrong.never(P, "top_up_by_key", None), {"fault": Fault.DELAY, "after": 0}),
    ],
    "test_moves_are_in_order_and_inside_their_range": [
        (Unbounded, {}),
        (Including, {}),
        (wrong.answering(P, "moves", lambda found: found[::-1]), {}),
        (wrong.answering(P, "moves", lambda found: found[:-1]), {}),
        (wrong.answering(P, "moves", every(lambda it: naive(it, "at"))), {}),
    ],
    "test_moves_of_nobody_are_not_found": [(wrong.swallowing(P, "moves", NotFound, []), {})],
}
LAWS = {name for name in vars(BalanceContract) if name.startswith("test_")}
CASES = [(law, number) for law, mutants in BITES.items() for number in range(len(mutants))]


def stated_by(adapter_class: type[Any]) -> type[Any]:
    return type("Facts", (Right,), {"adapter_class": adapter_class, "__test__": False})


def test_every_law_bites_somebody() -> None:
    assert set(BITES) == LAWS


@pytest.mark.parametrize("law", BITES)
async def test_who_is_right_passes(law: str, tmp_path: Path, recorded_spans: Any) -> None:
    _, arguments = BITES[law][0]
    await tried(law, stated_by(Parlayx), arguments, tmp_path, recorded_spans)


@pytest.mark.parametrize(("law", "number"), CASES)
async def test_who_is_wrong_is_found_out(law: str, number: int, tmp_path: Path, recorded_spans: Any) -> None:
    adapter_class, arguments = BITES[law][number]
    try:
        await tried(law, stated_by(adapter_class), arguments, tmp_path, recorded_spans)
    except FOUND_OUT:
        return
    raise LookupError(f"{law} finds nothing wrong with mutant {number}")
