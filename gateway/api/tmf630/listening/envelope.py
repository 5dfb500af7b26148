"""Events as listeners get them: the official envelope around the resource in the listener's version."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from contracts.clock import rfc3339
from gateway.api.tmf630.contract import Contract, Contracts, Resource
from gateway.api.tmf630.forms.projection import ASIDE, Projection
from gateway.api.tmf630.listening.interest import Interest, read_interest
from gateway.events.ear import Ear
from gateway.store.port import Event

POSTED = "TMF688/event"
"""The kind of what clients themselves published into a topic; such an event belongs to the topic."""
_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "StateChangeEvent": ("StatusChangeEvent", "ChangeEvent"),
    "AttributeValueChangeEvent": ("ChangeEvent",),
}
"""What some documents call these."""


class Envelopes:
    """Satisfies `gateway.events.Voice`: who hears an event, and in which words."""

    def __init__(self, contracts: Contracts) -> None:
        self._contracts = contracts
        self._projections = {
            (contract.api, contract.version): Projection(contract, contracts.stored(contract.api))
            for contract in contracts
        }
        self._spoken: dict[tuple[str, str], dict[str, Resource]] = {}

    def hears(self, event: Event, ear: Ear) -> bool:
        """Of what it listens to, of what it asked for, and of no customer that it may not hear of."""
        if not ear.may_hear_of(event.owner) or not self._is_in(event, ear):
            return False
        types = self._types(event, ear)
        whole = partial(self._whole, event, ear)
        return all(interest.hears(types, whole) for interest in self._interests(event, ear))

    def render(self, event: Event, ear: Ear) -> dict[str, Any]:
        return read_interest(ear.query).thinned(self._whole(event, ear))

    def _is_in(self, event: Event, ear: Ear) -> bool:
        api = event.kind.partition("/")[0]
        if event.kind == POSTED:
            return event.resource_id == ear.topic
        return ear.api == api if ear.topic is None else any(ear.gathers)

    def _interests(self, event: Event, ear: Ear) -> Iterator[Interest]:
        """What was posted into a topic is in it, whatever else the topic gathers."""
        yield read_interest(ear.query)
        if event.kind != POSTED:
            yield from (read_interest(query) for query in ear.gathers if query)

    def _types(self, event: Event, ear: Ear) -> frozenset[str]:
        contract, resource = self._resource(event, ear)
        spelled = event.type if resource is None else self._type(event, contract, resource)
        return frozenset({event.type.lower(), spelled.lower()})

    def _whole(self, event: Event, ear: Ear) -> dict[str, Any]:
        if event.kind == POSTED:
            return {"@type": "Event", **event.body, "eventId": event.id, "eventType": event.type}
        contract, resource = self._resource(event, ear)
        name = event.kind.partition("/")[2]
        if resource is None:
            return _envelope(event, contract, event.type) | {"event": {name: self._part(event, contract, name)}}
        shown = self._shown(event, contract, resource)
        return _envelope(event, contract, self._type(event, contract, resource)) | {"event": {resource.name: shown}}

    def _resource(self, event: Event, ear: Ear) -> tuple[Contract, Resource | None]:
        """As the listener's version has it; a topic gathers from APIs that may know another version only."""
        api, _, name = event.kind.partition("/")
        version = ear.version if (api, ear.version) in self._projections else self._contracts.stored(api).version
        contract = self._contracts.contract(api, version)
        known = self._spoken.get((api, version))
        if known is None:
            known = {resource.stored: resource for resource in contract.resources.values()}
            self._spoken[api, version] = known
        return contract, known.get(name)

    def _type(self, event: Event, contract: Contract, resource: Resource) -> str:
        """As the document spells it; where it declares no such event, as TMF630 does."""
        type = resource.type.removesuffix("_RES")
        what = event.type.removeprefix(self._contracts.resource(event.kind).type.removesuffix("_RES"))
        spellings = (f"{type}{each}" for each in (what, *_SPELLINGS.get(what, ())))
        return next((each for each in spellings if each in contract.schemas), type + what)

    def _part(self, event: Event, contract: Contract, name: str) -> Any:
        """Of a resource, such as the consumption that a query answers, and as it shows it; it has no address."""
        projection = self._projections[contract.api, contract.version]
        for resource in contract.resources.values():
            if name in contract.attributes(resource.type):
                return projection.spoken(resource.type, {name: [event.body]})[name][0]
        return event.body

    def _shown(self, event: Event, contract: Contract, resource: Resource) -> dict[str, Any]:
        body = self._projections[contract.api, contract.version].spoken(resource.type, event.body)
        computed = {"id": event.resource_id, "href": _address(event, contract, resource)}
        return {**computed, "@type": resource.type, **body, **computed}


def _address(event: Event, contract: Contract, resource: Resource) -> str:
    within = resource.within
    parent = "" if within is None else f"{within}/{quote(str(event.body[ASIDE][within]), safe='')}/"
    return f"{contract.bases[0]}/{parent}{resource.name}/{quote(event.resource_id, safe='')}"


def _envelope(event: Event, contract: Contract, type: str) -> dict[str, Any]:
    at = rfc3339(event.at)
    # v4 spells it with one r, in every official document.
    spelling = "timeOcurred" if contract.version == "v4" else "timeOccurred"
    trace = (event.trace or "").split("-")
    return {
        "@type": type,
        "eventId": event.id,
        "eventTime": at,
        "eventType": type,
        "correlationId": trace[1] if len(trace) > 1 else event.id,
        "domain": contract.name,
        "title": type,
        "description": f"{type} of {event.resource_id}",
        "priority": "normal",
        spelling: at,
    }
