"""A breaker per backend: one that keeps failing is left alone for a while, then tried by one call at a time."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum

from contracts.clock import Clock
from contracts.errors import PortError
from gateway.policy.retry import PASSING, Shed


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Breaker:
    """Opens on half of at least 20 attempts failing within 30 s; stays open 2 s, after each failed probe twice as long.

    10 s are the longest: one probe burdens nobody, and what waits for the system goes on soon after it is back.
    """

    def __init__(
        self,
        system: str,
        clock: Clock,
        chance: Callable[[], float],
        *,
        window_s: float = 30,
        least: int = 20,
        ratio: float = 0.5,
        open_s: tuple[float, float] = (2, 10),
        probes: int = 3,
    ) -> None:
        self._system = system
        self._clock = clock
        self._chance = chance
        self._window_s, self._least, self._ratio = window_s, least, ratio
        self._open_s, self._probes = open_s, probes
        self._attempts: deque[tuple[float, bool]] = deque()
        self._failed = 0
        self._until = 0.0
        self._opened = 0
        self._probing = False
        self._passed = 0
        self.state = BreakerState.CLOSED
        self.cause: str | None = None

    def attempt(self) -> "Attempt":
        """One attempt, to be entered."""
        return Attempt(self)

    def admit(self) -> bool:
        """Let one attempt through, or raise Shed; whether it is a probe."""
        if self.state is BreakerState.CLOSED:
            return False
        if self.state is BreakerState.OPEN:
            left_s = self._until - self._clock.monotonic()
            if left_s > 0:
                raise self._refusal(left_s)
            self.state, self._passed, self._probing = BreakerState.HALF_OPEN, 0, False
        if self._probing:
            raise self._refusal(1)
        self._probing = True
        return True

    def _refusal(self, wait_s: float) -> Shed:
        return Shed(f"{self._system} keeps failing and is left alone for now", retry_after=wait_s)

    def called_off(self) -> None:
        """The one probe says nothing of the backend, and is free again."""
        self._probing = False

    def record(self, *, probe: bool, cause: str | None) -> None:
        if probe:
            self._probed(cause)
        elif self.state is BreakerState.CLOSED:
            self._counted(cause)

    def _probed(self, cause: str | None) -> None:
        self._probing = False
        if cause is not None:
            self._open(cause)
            return
        self._passed, self._opened = self._passed + 1, 0
        if self._passed >= self._probes:
            self.state, self.cause = BreakerState.CLOSED, None

    def _counted(self, cause: str | None) -> None:
        now = self._clock.monotonic()
        self._attempts.append((now, cause is not None))
        self._failed += cause is not None
        while self._attempts[0][0] <= now - self._window_s:
            self._failed -= self._attempts.popleft()[1]
        held = len(self._attempts)
        if cause is not None and held >= self._least and self._failed >= self._ratio * held:
            self._open(cause)

    def _open(self, cause: str) -> None:
        first, longest = self._open_s
        spread = 0.8 + 0.4 * self._chance()
        self._until = self._clock.monotonic() + min(longest, first * 2.0**self._opened) * spread
        self._opened += 1
        self._attempts.clear()
        self._failed = 0
        self.state, self.cause = BreakerState.OPEN, cause


class Attempt:
    """Refused while its breaker is open, counted by how it ends; an attempt that is called off does not count."""

    __slots__ = ("_breaker", "_probe")

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def __enter__(self) -> None:
        self._probe = self._breaker.admit()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None:
            self._breaker.record(probe=self._probe, cause=None)
        elif isinstance(error, PortError):
            cause = type(error).__name__ if isinstance(error, PASSING) else None
            self._breaker.record(probe=self._probe, cause=cause)
        elif self._probe:  # called off, or a bug
            self._breaker.called_off()
