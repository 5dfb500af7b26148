"""Which failed attempts are sent again, how often, and after what wait: the one retry layer of the house."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tenacity import RetryCallState

from contracts.errors import Garbled, Happened, PortError, TimedOut, Unavailable

PASSING = (Unavailable, TimedOut, Garbled)
"""What a later attempt may cure; everything else is an answer."""


class Shed(Unavailable):
    """Refused by policy itself before anything was sent; trying again at once would defeat its purpose."""


class Semantics(StrEnum):
    """What a port method declares of itself (`contracts.call.read`, `write`)."""

    READ = "read"
    REPEATABLE = "repeatable"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a call is tried: full jitter, so that callers do not come back in step."""

    attempts: int = 3
    base_s: float = 0.05
    throttled_base_s: float = 1.0
    cap_s: float = 2.0
    least_s: float = 0.05
    """No attempt starts with less than this left until the deadline."""


def may_repeat(semantics: Semantics, error: BaseException | None) -> bool:
    """Whether an attempt that ended like this may be sent again without asking the legacy first."""
    if not isinstance(error, PASSING) or isinstance(error, Shed):
        return False
    return semantics is not Semantics.ONCE or error.happened is Happened.NO


def in_doubt(semantics: Semantics, error: PortError) -> bool:
    """Whether nobody knows if this write had its effect."""
    return semantics is not Semantics.READ and error.happened is Happened.UNKNOWN


def failure(state: RetryCallState) -> PortError | None:
    """How the attempt of this state failed, where a port error says so."""
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, PortError) else None


def wait(patience: Patience, chance: Callable[[], float]) -> Callable[[RetryCallState], float]:
    """Full jitter over an exponential base; what the legacy asked for is the least."""

    def seconds(state: RetryCallState) -> float:
        error = failure(state)
        asked = error.retry_after if error is not None else None
        base = patience.base_s if asked is None else patience.throttled_base_s
        jitter = chance() * min(patience.cap_s, base * 2.0 ** (state.attempt_number - 1))
        return max(jitter, asked or 0.0)

    return seconds
