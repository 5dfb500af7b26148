"""The laws of whatever calls a system: no failure is taken for an answer, and nothing is told that is private."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

import pytest

from contracts.errors import Happened, NotFound, PortError, TimedOut
from contracts.faults import Fault
from contracts.ports import Adapter
from contracts.suites.exact import inexact
from contracts.suites.kit import (
    AdapterContract,
    Another,
    Calls,
    Southbound,
    every_fault,
    on_simulator,
    outcome,
)

SHORT_S = 0.5
"""How long a question waits for a reply that does not come."""
AT_ONCE = 20


class Budget(Protocol):
    """calls.json beside the manifest: what each question costs in southbound calls."""

    def hold(self, spent: Mapping[str, int]) -> None:
        """Fails when the figures are not within the budget, and writes them when the run was told to."""
        ...


class Heard(Protocol):
    """All that was logged and traced while the test ran."""

    def add(self, error: BaseException) -> None:
        """What an error says counts too."""
        ...

    def everything(self) -> str: ...


class Armed(Protocol):
    """An adapter whose every secret is the same made-up word."""

    adapter: Adapter
    secret: str


class WireContract(AdapterContract):
    """Every adapter that calls a system: its failures are told for what they are, its answers are exact."""

    @on_simulator
    @every_fault
    async def test_it_tells_how_it_failed(
        self, another: Another, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        met = self._met(fault, another, southbound, calls)
        _nothing({name: self.wrong_about(fault, ended) async for name, ended in met})

    @on_simulator
    @pytest.mark.parametrize("fault", [Fault.DECIMAL_COMMA, Fault.UNKNOWN_ENUMERATION, Fault.MISSING_ELEMENT])
    async def test_no_value_is_believed_that_its_contract_forbids(
        self, another: Another, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        met = self._met(fault, another, southbound, calls)
        wrong = {name: self.wrong_about(fault, ended) async for name, ended in met if not southbound.armed}
        if not wrong:
            pytest.skip(f"no reply has anything that {fault} could hit")
        _nothing(wrong)

    @on_simulator
    async def test_latin_1_is_read_as_what_it_says(
        self, another: Another, southbound: Southbound, calls: Calls
    ) -> None:
        hit = 0
        for name, ask in self.reads().items():
            southbound.reset()
            adapter = await self.opened(another, calls)
            true = await ask(await another(), calls())
            southbound.arm(Fault.LATIN_1)
            answered = await ask(adapter, calls())
            hit += not southbound.armed
            assert answered == true, f"{name} answers something else when the reply comes in ISO 8859-1"
        if not hit:
            pytest.skip("no reply has a letter outside ASCII")

    @on_simulator
    @pytest.mark.parametrize("fault", [Fault.DELAY, Fault.SLOW_DRIP])
    async def test_nobody_waits_longer_than_the_call_allows(
        self, another: Another, southbound: Southbound, calls: Calls, fault: Fault
    ) -> None:
        """Somebody patient asks first, and still waits when all the others have given up."""
        asks = self.offered()
        adapters = {name: await another() for name in asks}
        for name, ask in asks.items():
            await ask(adapters[name], calls())  # so that it is connected
        patient = await another()
        await patient.probe(calls())
        southbound.reset()
        southbound.arm(fault, times=1000)
        waiting = asyncio.ensure_future(outcome(patient.probe(calls())))
        try:
            ended = await asyncio.gather(*(outcome(ask(adapters[name], calls(SHORT_S))) for name, ask in asks.items()))
            assert not waiting.done(), f"some wait longer than {SHORT_S} s, or as long as the adapter's own time limit"
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        _nothing({name: self.wrong_about(fault, it) for name, it in zip(asks, ended, strict=True)})

    async def test_nothing_is_sent_after_the_deadline(
        self, adapter: Adapter, southbound: Southbound, calls: Calls
    ) -> None:
        before = southbound.calls
        for name, ask in self.offered().items():
            late = await outcome(ask(adapter, replace(calls(), deadline=0)))
            assert isinstance(late, TimedOut), f"{name} came too late and ended in {late!r}: hand on the call you got"
            assert late.happened is Happened.NO, f"{name} came too late, so nothing was sent; it says {late.happened}"
        assert southbound.calls == before, "something was sent after the deadline: hand on the call you got"

    async def test_each_attempt_has_one_span(self, another: Another, southbound: Southbound, calls: Calls) -> None:
        for name, ask in self.offered().items():
            southbound.reset()
            calls_before, spans_before = southbound.calls, southbound.spans
            await ask(await another(), calls())
            assert southbound.calls > calls_before, f"{name} asks nobody"
            traced, called = southbound.spans - spans_before, southbound.calls - calls_before
            assert traced == called, f"{name} makes {called} calls and {traced} spans: some go past the wire"

    async def test_it_calls_as_often_as_budgeted(
        self, another: Another, southbound: Southbound, calls: Calls, budget: Budget
    ) -> None:
        spent = {}
        for name, ask in self.offered().items():
            southbound.reset()
            before = southbound.calls
            await ask(await another(), calls())
            spent[name] = southbound.calls - before
        budget.hold(spent)

    async def test_what_it_answers_is_exact(self, another: Another, southbound: Southbound, calls: Calls) -> None:
        for name, ask in self.offered().items():
            southbound.reset()
            assert list(inexact(await ask(await another(), calls()), name)) == []

    @on_simulator
    async def test_nothing_blocks_the_loop(
        self,
        another: Another,
        southbound: Southbound,
        calls: Calls,
        unblocked: Callable[[], AbstractContextManager[object]],
    ) -> None:
        for ask in self.offered().values():
            southbound.reset()
            adapter = await another()
            with unblocked():
                await ask(adapter, calls())

    async def test_twenty_calls_at_once_are_not_mixed(self, adapter: Adapter, calls: Calls) -> None:
        asks, others = self.reads(), self.others()
        both = {name: (ask, others[name]) for name, ask in asks.items() if name in others}
        if not both:
            pytest.skip("nothing can be asked in two ways")
        for name, pair in both.items():
            alone = [_comparable(await outcome(ask(adapter, calls()))) for ask in pair]
            assert alone[0] != alone[1], f"{name}: two questions have one answer, so nobody could see them mixed"
            together = await asyncio.gather(*(outcome(ask(adapter, calls())) for ask in pair * (AT_ONCE // 2)))
            assert [_comparable(each) for each in together] == alone * (AT_ONCE // 2), (
                f"{name} at once answers what another was asked: keep nothing of a call in the adapter"
            )

    @on_simulator
    async def test_no_secret_is_told(self, armed: Armed, southbound: Southbound, calls: Calls, heard: Heard) -> None:
        for ask in self.offered().values():
            for fault in (None, Fault.FAULT, Fault.GARBAGE, Fault.TRUNCATED, Fault.MISSING_ELEMENT):
                southbound.reset()
                if fault is not None:
                    southbound.arm(fault)
                ended = await outcome(ask(armed.adapter, calls()))
                await southbound.settled()
                if isinstance(ended, PortError):
                    heard.add(ended)
        lines = heard.everything().splitlines()
        assert lines
        for private in (armed.secret, *self.personal()):
            told = [line for line in lines if private in line]
            assert told == [], f"{private} stands in what is logged, traced or said by an error"

    async def _met(
        self, fault: Fault, another: Another, southbound: Southbound, calls: Calls
    ) -> AsyncIterator[tuple[str, object]]:
        """How each question ended with the fault in its way; it is armed still where the question did not meet it."""
        for name, ask in self.offered().items():
            southbound.reset()
            adapter = await self.opened(another, calls)
            southbound.arm(fault)
            ended = await outcome(ask(adapter, calls()))
            await southbound.settled()
            yield name, ended


async def told_apart(ask: Callable[[str], Awaitable[object]], true: Mapping[str, object], unknown: str) -> None:
    """Fails unless twenty questions at once, by id, have each its own answer."""
    ids = ([*list(true)[:4], unknown] * AT_ONCE)[:AT_ONCE]
    for id, ended in zip(ids, await asyncio.gather(*(outcome(ask(each)) for each in ids)), strict=True):
        right = isinstance(ended, NotFound) if id == unknown else ended == true[id]
        assert right, f"{id}, asked for beside others, is answered by {ended!r}: keep nothing of a call in the adapter"


def _comparable(ended: object) -> object:
    return (type(ended), ended.code) if isinstance(ended, PortError) else ended


def _nothing(wrong: Mapping[str, str | None]) -> None:
    """Fails with a line for each question that went wrong."""
    lines = [f"{name}: {why}" for name, why in wrong.items() if why is not None]
    if lines:
        pytest.fail("\n".join(lines))
