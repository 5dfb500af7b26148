"""What each stage of a run means for the items of its order."""

from collections.abc import Mapping

from gateway.flows.orders.journal import Turn
from gateway.flows.orders.plan import Plan, Step, StepState
from gateway.flows.orders.states import FINAL, State

States = Mapping[str, State]


def started(plan: Plan, step: Step) -> Turn:
    """Items begin with the first step of their level; a booking alone waits until the services before it work."""
    levels = _levels(plan)
    running = {item for item, level in levels.items() if level <= step.level}

    def turn(states: States) -> States:
        fresh = {item: State.IN_PROGRESS for item in running if states[item] is State.ACKNOWLEDGED}
        earlier = any(one.state is StepState.DONE for one in plan.steps)
        return {**(resumed(states) if earlier and not step.waited else {}), **fresh}

    return turn


def resumed(states: States) -> States:
    """The cause of the hold is gone."""
    return {item: State.IN_PROGRESS for item, state in states.items() if state is State.HELD}


def held(states: States) -> States:
    """What runs is held; what has not begun keeps waiting, unless nothing has begun at all."""
    running = {item for item, state in states.items() if state is State.IN_PROGRESS}
    return dict.fromkeys(running or {item for item, state in states.items() if state not in FINAL}, State.HELD)


def completed(states: States) -> States:
    return dict.fromkeys(states, State.COMPLETED)


def failed(plan: Plan) -> Turn:
    """The refused step's items failed, and what could not be undone; the others are cancelled."""
    lost = {item for step in plan.steps if step.state in (StepState.REFUSED, StepState.LEFT) for item in step.items}

    def turn(states: States) -> States:
        return {item: State.FAILED if item in lost else State.CANCELLED for item in states}

    return turn


def _levels(plan: Plan) -> dict[str, int]:
    activated: dict[str, int] = {}
    for step in plan.steps:
        if step.work:
            for item in step.items:
                activated[item] = min(step.level, activated.get(item, step.level))
    alone = 1 if activated else 0
    return {item: activated.get(item, alone) for item in plan.leaves}
