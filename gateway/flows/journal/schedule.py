"""When waiting work goes on: for a system that is down, for an answer that was lost, for a human."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.flows.journal.outcome import NotReached

SHORTEST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
"""So long at most after a system is back, work that waited for it goes on."""
HELD_S = 300.0
"""Held work is looked at again after this: its cause may be gone."""


def again(now: datetime, waited: int, outcome: NotReached) -> datetime:
    """As told, else later each time."""
    if outcome.wait_s is not None:
        return now + timedelta(seconds=min(max(outcome.wait_s, SHORTEST_WAIT_S), HELD_S))
    return now + timedelta(seconds=min(LONGEST_WAIT_S, SHORTEST_WAIT_S * 2.0 ** min(waited - 1, 10)))


def asked_next(now: datetime, sent: datetime, reconcile: Sequence[float]) -> datetime | None:
    """When what was sent is looked up next; None: all that the schedule says is over."""
    return next((due for after in reconcile if (due := sent + timedelta(seconds=after)) > now), None)
