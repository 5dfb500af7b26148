"""Events as listeners get them: the official envelope around the resource in the listener's version."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from contracts.clock import rfc3339
from gateway.api.tmf630.contract import Contract, Contracts, Resource
from gateway.api.tmf630.projection import Projection
from gateway.store.port import Event

RenderEvent = Callable[[Event, str], dict[str, Any]]


def event_renderer(contracts: Contracts) -> RenderEvent:
    """`render_event(event, version)`: the body of the POST to a listener of that version."""

    def render_event(event: Event, version: str) -> dict[str, Any]:
        api, name = event.kind.split("/")
        contract = contracts.contract(api, version)
        resource = {found.stored: found for found in contract.resources.values()}.get(name)
        if resource is None:
            # Part of a resource, such as the consumption that a query answers: nothing to project, no address.
            return _envelope(event, contract, event.type) | {"event": {name: event.body}}
        stored = contracts.stored(api)
        type = resource.type + event.type.removeprefix(contracts.resource(event.kind).type)
        return _envelope(event, contract, type) | {"event": {resource.name: _shown(event, contract, stored, resource)}}

    return render_event


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


def _shown(event: Event, contract: Contract, stored: Contract, resource: Resource) -> dict[str, Any]:
    body = Projection(contract, stored).spoken(resource.type, event.body)
    href = f"{contract.bases[0]}/{resource.name}/{quote(event.resource_id, safe='')}"
    computed = {"id": event.resource_id, "href": href}
    return {**computed, "@type": resource.type, **body, **computed}
