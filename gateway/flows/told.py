"""What is told of a resource: which events a change makes, named alike whoever makes it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from uuid_utils import uuid7

from gateway.store.port import Document, Event
from gateway.telemetry.marks import pseudonym, traceparent

CREATED, CHANGED, MOVED, DELETED = "CreateEvent", "AttributeValueChangeEvent", "StateChangeEvent", "DeleteEvent"
STATES = frozenset(
    {
        "state",
        "status",
        "lifecycleStatus",
        "administrativeState",
        "operationalState",
        "operatingStatus",
        "resourceStatus",
        "usageState",
        "ackState",
    }
)
"""Attributes whose change is a state change."""
_STAMPS = frozenset({"lastUpdate", "stateChangeDate", "statusChangeDate"})


def changes(before: Mapping[str, Any], after: Mapping[str, Any], dated: Collection[str] = ()) -> list[str]:
    """The events of a change: of its state, of anything else, or of both. The date of a change is no change itself."""
    touched = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    said = touched - _STAMPS.union(dated)
    moved = [MOVED] if touched & STATES else []
    return [*moved, *([CHANGED] if said - STATES or not moved else [])]


def event(type: str, what: str, document: Document, at: datetime, trace: str | None = None) -> Event:
    """`type` is the resource's; some documents name a schema after the answer it makes, which is nobody's type."""
    return Event(
        id=str(uuid7()),
        type=type.removesuffix("_RES") + what,
        kind=document.kind,
        resource_id=document.id,
        body=document.body,
        at=at,
        owner=document.owner,
        source=document.source,
        as_of=document.as_of,
        customer_ref=pseudonym(document.owner),
        trace=trace or traceparent(),
    )
