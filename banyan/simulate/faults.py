"""Faults that wait for their call."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from contracts.faults import Fault

EVERY = "*"
FIELDS = ("operation", "kind", "times", "after", "seconds")


class Impossible(Exception):
    """A fault that cannot be armed, and why."""


@dataclass(slots=True)
class Armed:
    operation: str
    kind: Fault
    times: int = 1
    """How many calls fail."""
    after: int = 0
    """How many calls pass before."""
    seconds: float | None = None


def parse(wanted: Any, operations: Collection[str]) -> Armed:
    """Read the body of `POST /faults`."""
    if not isinstance(wanted, dict):
        raise Impossible("a JSON object is expected")
    if unknown := sorted(set(wanted) - set(FIELDS)):
        raise Impossible(f"unknown field {unknown[0]!r}; known: {', '.join(FIELDS)}")
    operation, kind = wanted.get("operation"), wanted.get("kind")
    if not isinstance(operation, str) or (operation != EVERY and operation not in operations):
        raise Impossible(f"unknown operation {operation!r}; known: *, {', '.join(sorted(operations))}")
    if not isinstance(kind, str) or kind not in list(Fault):
        raise Impossible(f"unknown kind {kind!r}; known: {', '.join(Fault)}")
    times, after, seconds = wanted.get("times", 1), wanted.get("after", 0), wanted.get("seconds")
    if type(times) is not int or times < 1:
        raise Impossible("times is a whole number above 0")
    if type(after) is not int or after < 0:
        raise Impossible("after is a whole number, 0 or more")
    if seconds is not None and (type(seconds) not in (int, float) or not 0 <= seconds <= 3600):  # noqa: PLR2004 - an hour
        raise Impossible("seconds is a number from 0 to 3600")
    return Armed(operation, Fault(kind), times, after, seconds)


class Faults:
    """Armed faults in the order they came; a call takes at most one, and every other one sees it pass."""

    def __init__(self) -> None:
        self._armed: list[Armed] = []

    def arm(self, fault: Armed) -> None:
        self._armed.append(fault)

    def take(self, operation: str) -> Armed | None:
        """The fault that hits this call, if any: the first that waits no longer. Those that wait count it anyway."""
        matching = [fault for fault in self._armed if fault.operation in (EVERY, operation)]
        hit = next((fault for fault in matching if not fault.after), None)
        for fault in matching:
            fault.after = max(0, fault.after - 1)
        if hit is not None:
            hit.times -= 1
            if not hit.times:
                self._armed.remove(hit)
        return hit

    def put_back(self, fault: Armed) -> None:
        """It was taken and found nothing to hit: it waits for the next call."""
        fault.times += 1
        if not any(each is fault for each in self._armed):
            self._armed.insert(0, fault)

    def waiting(self) -> list[dict[str, Any]]:
        return [
            {"operation": fault.operation, "kind": fault.kind.value, "times": fault.times, "after": fault.after}
            for fault in self._armed
        ]

    def reset(self) -> None:
        self._armed.clear()
