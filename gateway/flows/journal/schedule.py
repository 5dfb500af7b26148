"""When waiting work goes on: for a system that is down, for an answer that was lost, for a human."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.flows.journal.outcome import NotReached
from gateway.settings import RECONCILE_S

SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
"""So long at most after a system is back, work that waited for it goes on."""
HELD_S = 300.0
"""Held work is looked at again after this: its cause may be gone."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How durable work is paced."""

    reconcile: Sequence[float] = RECONCILE_S
    call_s: float = 10
    lease_s: float = 15
    """It must outlive the longest call; what a dead process held is taken up after it."""
    poll_s: float = 0.5
    lanes: int = 16
    """Jobs at a time."""

    def __post_init__(self) -> None:
        if self.lease_s <= self.call_s:
            raise ValueError("a lease must be longer than the longest call")


USUAL = Schedule()


def again(now: datetime, waited: int, outcome: NotReached) -> datetime:
    """As told, else later each time."""
    if outcome.wait_s is not None:
        return now + timedelta(seconds=min(max(outcome.wait_s, SHORTEST_WAIT_S), HELD_S))
    return now + timedelta(seconds=min(LONGEST_WAIT_S, SHORTEST_WAIT_S * 2.0 ** min(waited - 1, 10)))


def asked_next(now: datetime, sent: datetime, reconcile: Sequence[float]) -> datetime | None:
    """When what was sent is looked up next; None: all that the schedule says is over."""
    return next((due for after in reconcile if (due := sent + timedelta(seconds=after)) > now), None)
