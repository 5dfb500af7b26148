"""What a caller may change on an order that stands."""

from typing import Any

from gateway.flows.orders.states import FINAL, State
from gateway.flows.refusal import Clash, Invalid

FREE = frozenset({"description", "note", "externalId", "category", "notificationContact", "requestedCompletionDate"})
"""Words and wishes about the order; everything else is what was ordered, or what became of it."""


def check_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    if State(before["state"]) in FINAL:
        raise Clash("order.final", f"the order is {before['state']} and does not change any more")
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if "state" in changed:
        raise Invalid("order.state", "the state of an order is not the caller's to set")
    if changed - FREE:
        raise Invalid("order.patch", f"cannot be changed: {', '.join(sorted(changed - FREE))}")
