"""The life of orders and their items: one table of transitions, and what the items say of the order."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """TMF622: an item has each of these but `draft`, and in v4 but `partial`."""

    DRAFT = "draft"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"
    ASSESSING_CANCELLATION = "assessingCancellation"
    PENDING_CANCELLATION = "pendingCancellation"


_S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    _S.DRAFT: frozenset({_S.ACKNOWLEDGED}),
    _S.ACKNOWLEDGED: frozenset({_S.IN_PROGRESS, _S.REJECTED, _S.PENDING, _S.HELD, _S.ASSESSING_CANCELLATION}),
    _S.PENDING: frozenset({_S.IN_PROGRESS, _S.ACKNOWLEDGED, _S.HELD, _S.ASSESSING_CANCELLATION, _S.REJECTED}),
    _S.HELD: frozenset(
        {
            _S.IN_PROGRESS,
            _S.ACKNOWLEDGED,
            _S.PENDING,
            _S.COMPLETED,
            _S.FAILED,
            _S.PARTIAL,
            _S.ASSESSING_CANCELLATION,
        }
    ),
    _S.IN_PROGRESS: frozenset(
        {
            _S.COMPLETED,
            _S.FAILED,
            _S.PARTIAL,
            _S.PENDING,
            _S.HELD,
            _S.CANCELLED,
            _S.ASSESSING_CANCELLATION,
        }
    ),
    _S.ASSESSING_CANCELLATION: frozenset(
        {
            _S.ACKNOWLEDGED,
            _S.IN_PROGRESS,
            _S.PENDING,
            _S.HELD,
            _S.PENDING_CANCELLATION,
            _S.CANCELLED,
            _S.PARTIAL,
        }
    ),
    _S.PENDING_CANCELLATION: frozenset({_S.CANCELLED, _S.PARTIAL, _S.FAILED}),
    _S.COMPLETED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.FAILED: frozenset(),
    _S.PARTIAL: frozenset(),
}
FINAL = frozenset(state for state, after in TRANSITIONS.items() if not after)


class Forbidden(Exception):
    """A transition that is not in the table: a bug of ours."""


def reached(before: State, after: State) -> State:
    """The state after this transition; what was never started is assessed and cancelled in one go."""
    direct = after is before or after in TRANSITIONS[before]
    if not direct and not (before is State.ACKNOWLEDGED and after is State.CANCELLED):
        raise Forbidden(f"{before} -> {after}")
    return after


def of_items(states: Iterable[State]) -> State:
    """What the states of its leaf items say of an order, or of a bundle item; none waits on a completed one here."""
    found = set(states)
    for state in (State.ASSESSING_CANCELLATION, State.PENDING_CANCELLATION):
        if state in found:
            return state
    if found <= FINAL:
        return _final(found)
    if found == {State.ACKNOWLEDGED}:
        return State.ACKNOWLEDGED
    if State.IN_PROGRESS in found:
        return State.IN_PROGRESS
    return State.PENDING if State.PENDING in found else State.HELD


def _final(found: set[State]) -> State:
    if found in ({State.COMPLETED}, {State.REJECTED}):
        return next(iter(found))
    if found <= {State.CANCELLED, State.REJECTED}:
        return State.CANCELLED
    return State.PARTIAL if found & {State.COMPLETED, State.PARTIAL} else State.FAILED
