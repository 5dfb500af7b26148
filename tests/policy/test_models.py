"""Breaker and retry budget against small models of what they promise."""

from contextlib import suppress

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.errors import NotFound, Unavailable
from gateway.policy.breaker import Breaker, BreakerState
from gateway.policy.budget import RetryBudget, Spending
from gateway.policy.retry import Shed
from tests.clock import FakeClock


class _Down(Unavailable): ...


def _end(*, fails: bool) -> None:
    if fails:
        raise _Down("x")


class BreakerModel(RuleBasedStateMachine):
    """Keeps every attempt since the last change of state and says what must follow."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.breaker = Breaker("legacy", self.clock, lambda: 0.5)
        self.attempts: list[tuple[float, bool]] = []
        self.state = "closed"
        self.until = 0.0
        self.opened = 0
        self.passed = 0

    def attempt(self, *, fails: bool) -> bool:
        """False when it was not let through."""
        try:
            with suppress(_Down), self.breaker.attempt():
                _end(fails=fails)
        except Shed:
            return False
        return True

    def open(self) -> None:
        self.state, self.until = "open", self.clock.monotonic() + min(10, 2 * 2**self.opened)
        self.opened += 1
        self.attempts = []

    @rule(fails=st.booleans(), times=st.integers(1, 25))
    def call(self, *, fails: bool, times: int) -> None:
        for _ in range(times):
            now = self.clock.monotonic()
            if self.state == "open" and now >= self.until:
                self.state, self.passed = "half-open", 0
            assert self.attempt(fails=fails) == (self.state != "open")
            if self.state == "half-open":
                if fails:
                    self.open()
                else:
                    self.passed, self.opened = self.passed + 1, 0
                    if self.passed == 3:
                        self.state = "closed"
            elif self.state == "closed":
                self.attempts = [(at, failed) for at, failed in self.attempts if at > now - 30] + [(now, fails)]
                failed = sum(failed for _, failed in self.attempts)
                if fails and len(self.attempts) >= 20 and failed * 2 >= len(self.attempts):
                    self.open()

    @rule(seconds=st.sampled_from([0.5, 4.9, 5.0, 12.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def an_answer_that_says_no_is_an_answer(self) -> None:
        before = self.breaker.state
        if before is BreakerState.CLOSED:
            with suppress(NotFound), self.breaker.attempt():
                raise NotFound("x")
            now = self.clock.monotonic()
            self.attempts = [(at, failed) for at, failed in self.attempts if at > now - 30] + [(now, False)]
            assert self.breaker.state is before

    @precondition(lambda self: self.breaker.state is BreakerState.HALF_OPEN)
    @rule()
    def one_probe_at_a_time(self) -> None:
        with suppress(GeneratorExit), self.breaker.attempt():
            assert not self.attempt(fails=False)
            raise GeneratorExit

    @invariant()
    def agrees(self) -> None:
        assert self.breaker.state == self.state
        assert (self.breaker.cause is None) == (self.state == "closed")


class BudgetModel(RuleBasedStateMachine):
    """However calls and retries interleave, retries stay within tokens and share."""

    def __init__(self) -> None:
        super().__init__()
        self.budget = RetryBudget()
        self.running: list[tuple[object, Spending]] = []

    @rule()
    def begin(self) -> None:
        context = self.budget.spending()
        self.running.append((context, context.__enter__()))

    @precondition(lambda self: self.running)
    @rule(data=st.data(), throttled=st.booleans())
    def retry(self, data: st.DataObject, *, throttled: bool) -> None:
        _, spending = data.draw(st.sampled_from(self.running))
        tokens, retrying, first = self.budget.tokens, self.budget.retrying, spending.retries == 0
        cost = 5 if throttled else 14
        allowed = tokens >= cost and (not first or retrying < max(3, 0.2 * len(self.running)))
        assert spending.retry(throttled=throttled) == allowed
        assert self.budget.tokens == tokens - cost * allowed

    @precondition(lambda self: self.running)
    @rule(data=st.data(), well=st.booleans())
    def end(self, data: st.DataObject, *, well: bool) -> None:
        entry = data.draw(st.sampled_from(self.running))
        self.running.remove(entry)
        context, spending = entry
        if well:
            spending.succeeded()
        context.__exit__(None, None, None)  # type: ignore[attr-defined]

    @invariant()
    def within_bounds(self) -> None:
        assert 0 <= self.budget.tokens <= 500
        assert self.budget.active == len(self.running)
        assert self.budget.retrying == sum(spending.retries > 0 for _, spending in self.running)


TestBreaker = BreakerModel.TestCase
TestBreaker.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestBudget = BudgetModel.TestCase
TestBudget.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


def test_a_backend_that_always_fails_is_not_hit_much_harder() -> None:
    budget, offered, sent = RetryBudget(), 1000, 0
    for _ in range(offered):
        with budget.spending() as spending:
            sent += 1
            while spending.retries < 2 and spending.retry(throttled=False):
                sent += 1
    assert sent <= 1.2 * offered + 3
