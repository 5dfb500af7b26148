"""What a listener asks to hear: its query, read once and held against the envelope of each event."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from contracts.page import Condition
from gateway.api.tmf630.asking.fields import Shown, read_fields, select
from gateway.api.tmf630.asking.query import read_query
from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.errors import malformed
from gateway.api.tmf630.jsonpath import read_filter
from gateway.store.operators import OPERATORS, holds

ENVELOPE = frozenset(
    {
        "@type",
        "correlationId",
        "description",
        "domain",
        "event",
        "eventId",
        "eventTime",
        "eventType",
        "priority",
        "timeOccurred",
        "timeOcurred",
        "title",
    }
)
_ALWAYS = ("eventId", "eventTime", "eventType")
"""What no choice of fields leaves out."""


@dataclass(frozen=True)
class Interest:
    """`eventType=A,B&event.productOrder.state=completed&fields=eventType,event.productOrder.state`, or a JSONPath."""

    conditions: tuple[Condition, ...] = ()
    filter: str | None = None
    """A JSONPath that must find something in the envelope, or choose it from a list of envelopes."""
    fields: tuple[str, ...] = ()

    def hears(self, types: frozenset[str], envelope: Callable[[], Mapping[str, Any]]) -> bool:
        """`types`: the names that an event goes by. The envelope is made only where it is asked about."""
        if not all(_meets(types, envelope, condition) for condition in self.conditions):
            return False
        return self.filter is None or read_filter(self.filter)(envelope())

    def thinned(self, envelope: dict[str, Any]) -> dict[str, Any]:
        """Only the fields that the listener wants, and by what it knows the event."""
        if not self.fields:
            return envelope
        paths = [path for name in self.fields for path in _placed(envelope, name)]
        paths += [f"event.{name}.{each}" for name in _told(envelope) for each in ("id", "href")]
        shown: Shown = {**dict.fromkeys(_ALWAYS), **(read_fields(",".join(paths), lambda _: True) or {})}
        return dict(select(envelope, shown))


@lru_cache(maxsize=10_000)
def read_interest(query: str) -> Interest:
    """Refused where nobody could say what it means."""
    written = re.sub(r"\s*(=|&|;)\s*", r"\1", query.strip().removeprefix("?"))
    if written.startswith("$"):
        return Interest(filter=_checked(query.strip()))
    asking = read_query(written.encode())
    if asking.paged or asking.sort:
        raise malformed("hub.query", "the query of a listener has no pages and no order")
    return Interest(
        asking.conditions,
        None if asking.filter is None else _checked(asking.filter),
        tuple(name.strip() for name in (asking.fields or "").split(",") if name.strip()),
    )


def check_interest(interest: Interest, contract: Contract) -> None:
    """Refuse what no event of this API has."""
    for condition in interest.conditions:
        _check_values(condition)
    known = {name for resource in contract.resources.values() for name in contract.attributes(resource.type)}
    for path in (
        *(each.path for condition in interest.conditions for each in _alternatives(condition)),
        *interest.fields,
    ):
        first, *rest = path.split(".")
        if first == "event":
            if rest and rest[0] not in contract.resources:
                raise _unknown()
            rest = rest[1:]
        elif first in contract.resources:
            pass
        elif first in ENVELOPE or first in known or first in ("id", "href", "none"):
            continue
        else:
            raise _unknown()
        if rest and rest[0] not in known | {"id", "href", "@type"}:
            raise _unknown()


def _checked(filter: str) -> str:
    read_filter(filter)
    return filter


def _check_values(condition: Condition) -> None:
    for each in _alternatives(condition):
        meets = OPERATORS[each.operator].meets
        try:
            _ = [meets(value) for value in each.values if meets is not None]
        except ValueError as error:
            raise malformed("hub.query", "the query holds a regular expression that cannot be read") from error


def _unknown() -> Exception:
    return malformed("hub.query", "the query names an attribute that no event of this API has")


def meets(envelope: Mapping[str, Any], condition: Condition) -> bool:
    """Whether an event as it is told meets a condition of a list's query."""
    return _meets(frozenset({str(envelope.get("eventType")).lower()}), lambda: envelope, condition)


def _alternatives(condition: Condition) -> Iterator[Condition]:
    yield condition
    for other in condition.otherwise:
        yield from _alternatives(other)


def _meets(types: frozenset[str], envelope: Callable[[], Mapping[str, Any]], condition: Condition) -> bool:
    return any(_met(types, envelope, each) for each in _alternatives(condition))


def _met(types: frozenset[str], envelope: Callable[[], Mapping[str, Any]], condition: Condition) -> bool:
    if (condition.path, condition.operator) == ("eventType", "eq"):
        return any(value.strip().lower() in types for value in condition.values)
    told = envelope()
    paths = _placed(told, condition.path)
    return any(holds(value, condition) for path in paths for value in _at(told, path.split(".")))


def _placed(envelope: Mapping[str, Any], path: str) -> Iterator[str]:
    """A path as the client wrote it: of the envelope, of the resource by its name, or of whatever resource there is."""
    first = path.partition(".")[0]
    told = _told(envelope)
    if first in ENVELOPE:
        yield path
    elif first in told:
        yield f"event.{path}"
    else:
        yield from (f"event.{name}.{path}" for name in told)


def _told(envelope: Mapping[str, Any]) -> Mapping[str, Any]:
    """The resources by their names; what a client publishes may hold anything, or nothing."""
    told = envelope.get("event")
    return told if isinstance(told, Mapping) else {}


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _at(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:])
