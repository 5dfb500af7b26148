"""The table of transitions covers every state of the contract, and items and order agree."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.flows.orders.states import FINAL, TRANSITIONS, Forbidden, State, of_items, reached

CONTRACTS = Path(__file__).parents[2] / "contracts" / "tmf" / "TMF622"
NEVER_SHOWN = "inProgress.accepted"
"""v5: validated and not begun, which is acknowledged here."""
ITEM_STATES = st.lists(st.sampled_from(sorted(set(State) - {State.PARTIAL, State.DRAFT})), min_size=1, max_size=6)


def enumerations() -> list[set[str]]:
    """Every enumeration of states that a TMF622 document of ours names."""

    def walk(node: object) -> list[set[str]]:
        if isinstance(node, list):
            return [found for entry in node for found in walk(entry)]
        if not isinstance(node, dict):
            return []
        found = [found for entry in node.values() for found in walk(entry)]
        values = node.get("enum")
        return [*found, set(values)] if isinstance(values, list) and "assessingCancellation" in values else found

    return [found for path in CONTRACTS.glob("v*.json") for found in walk(json.loads(path.read_text()))]


def test_the_table_covers_every_state_of_the_contract() -> None:
    assert TRANSITIONS.keys() == set(State)
    found = enumerations()
    assert found
    for enumeration in found:
        assert enumeration <= {*State, NEVER_SHOWN}
    assert {*State, NEVER_SHOWN} in found


@given(st.sampled_from(State), st.sampled_from(State))
def test_what_is_not_in_the_table_is_refused(before: State, after: State) -> None:
    assessed = (before, after) == (State.ACKNOWLEDGED, State.CANCELLED)
    if before is after or after in TRANSITIONS[before] or assessed:
        assert reached(before, after) is after
    else:
        with pytest.raises(Forbidden):
            reached(before, after)


def test_a_final_state_has_no_way_out() -> None:
    assert {state for state in State if not TRANSITIONS[state]} == FINAL
    assert len(FINAL) == 5


@given(ITEM_STATES)
def test_an_order_is_final_exactly_when_all_its_items_are(states: list[State]) -> None:
    assert (of_items(states) in FINAL) == all(state in FINAL for state in states)


@given(ITEM_STATES)
def test_the_order_of_the_items_does_not_matter(states: list[State]) -> None:
    assert of_items(states) is of_items(reversed(states))


@pytest.mark.parametrize(
    ("items", "order"),
    [
        (["completed", "completed"], "completed"),
        (["completed", "failed"], "partial"),
        (["failed", "cancelled"], "failed"),
        (["cancelled", "rejected"], "cancelled"),
        (["acknowledged", "acknowledged"], "acknowledged"),
        (["acknowledged", "inProgress"], "inProgress"),
        (["pending", "held"], "pending"),
        (["held", "acknowledged"], "held"),
        (["inProgress", "assessingCancellation"], "assessingCancellation"),
        (["completed", "pendingCancellation"], "pendingCancellation"),
    ],
)
def test_the_table_of_the_domain(items: list[str], order: str) -> None:
    assert of_items(State(item) for item in items) == order
