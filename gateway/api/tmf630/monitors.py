"""Monitors: how a write is going that was accepted and is carried out behind; seen by whoever asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from contracts.clock import Clock
from contracts.page import Condition, Window
from gateway.api.tmf630.answers import Answer
from gateway.api.tmf630.contract import Contract, Resource
from gateway.api.tmf630.forms.projection import Projection
from gateway.api.tmf630.forms.schema import Validators
from gateway.api.tmf630.idempotency import client_of
from gateway.api.tmf630.patching.patch import Patch
from gateway.api.tmf630.rendering import Rendering, href
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.resources import Endpoint
from gateway.api.tmf630.room import Asked
from gateway.flows import told
from gateway.flows.refusal import Clash, Unknown
from gateway.store.port import Document, Emit, Found, Store

NAME: Final = "monitor"
TYPE: Final = "Monitor"
WHOSE: Final = "@whose"
"""Where a stored monitor keeps whose it is; no client sees it."""
_TEXT: Final = {"type": "string"}
_HEADER: Final = {"type": "array", "items": {"type": "object", "properties": {"name": _TEXT, "value": _TEXT}}}
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "href": _TEXT,
        "sourceHref": _TEXT,
        "state": {"type": "string", "enum": ["InProgress", "InError", "Completed"]},
        "request": {
            "type": "object",
            "properties": {"method": _TEXT, "to": _TEXT, "body": _TEXT, "header": _HEADER},
        },
        "response": {"type": "object", "properties": {"statusCode": _TEXT, "body": _TEXT, "header": _HEADER}},
        "@type": _TEXT,
    },
}
_SENT: Final = ("accept", "content-type", "if-match", "expect", "prefer")
"""Headers that a monitor shows; who asked is told to nobody."""


def monitor_endpoint(contract: Contract, store: Store, clock: Clock) -> Endpoint:
    """The monitors of an API, also where its document declares none."""
    resource = contract.resources.get(NAME)
    if resource is None:
        only_read = frozenset({"GET"})
        names = (contract.api, contract.version, NAME, TYPE, NAME)
        resource = Resource(*names, only_read, only_read, None, None, None, frozenset())
        contract = replace(contract, schemas={**contract.schemas, TYPE: SCHEMA})
    projection = Projection(contract, contract)
    rendering, room = Rendering(projection, TYPE), MonitorRoom(resource, store)
    return Endpoint(contract, resource, room, projection, rendering, Validators(contract), store, clock)


class MonitorRoom:
    """Satisfies `Room`; a client sees its own, and writes none."""

    def __init__(self, resource: Resource, store: Store) -> None:
        self._store = store
        self._resource = resource

    async def get(self, asked: Asked, id: str) -> Document:
        document = await self._store.get(asked.principal, self._resource.kind, id)
        if document is None or document.body[WHOSE] != client_of(asked.principal):
            raise Unknown("monitor.unknown", "no monitor of yours has this id")
        return _shown(document)

    async def find(self, asked: Asked, window: Window) -> Found:
        own = Condition(WHOSE, "eq", (client_of(asked.principal),))
        mine = replace(window, conditions=(*window.conditions, own))
        found = await self._store.find(asked.principal, self._resource.kind, mine)
        return replace(found, items=[_shown(document) for document in found.items])

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:  # noqa: ARG002 - read only
        raise Clash("monitor.fixed", "monitors are not written")

    async def change(self, asked: Asked, id: str, patch: Patch) -> Document:  # noqa: ARG002
        raise Clash("monitor.fixed", "monitors are not written")

    async def remove(self, asked: Asked, id: str) -> None:  # noqa: ARG002
        raise Clash("monitor.fixed", "monitors are not written")


def begun(resource: Resource, id: str, request: Request, source: str) -> Document:
    """The monitor of a write that was just accepted."""
    query = request.query.decode("latin-1")
    target = request.collection if request.id is None else source
    headers = {"accept": "application/json", **request.headers}
    body = {
        "id": id,
        "@type": TYPE,
        WHOSE: client_of(request.principal),
        "sourceHref": source,
        "state": "InProgress",
        "request": {
            "method": request.method,
            "to": f"{target}?{query}" if query else target,
            "body": request.body.decode(),
            "header": _headers({name.title(): headers[name] for name in _SENT if name in headers}),
        },
    }
    return Document(resource.kind, id, body, revision=1)


def accepted(endpoint: Endpoint, request: Request, monitor: Document) -> Answer:
    """202, and where to look."""
    at = href(collection_of(endpoint, request), monitor.id)
    body = {"id": monitor.id, "href": at, **_shown(monitor).body}
    return Answer(HTTPStatus.ACCEPTED, body, {"Location": at})


def collection_of(endpoint: Endpoint, request: Request) -> str:
    """Where the monitors of the API are, by the path the client came."""
    base = next(base for base in endpoint.contract.bases if request.collection.startswith(f"{base}/"))
    return f"{base}/{NAME}"


def ended(monitor: Document, answer: Answer) -> Document:
    """The monitor of a write that was carried out, well or not."""
    well = answer.status < HTTPStatus.BAD_REQUEST
    body = answer.payload().decode()
    media = {"Content-Type": "application/json"} if body else {"Content-Length": "0"}
    header = _headers({**media, **answer.headers})
    response = {"statusCode": str(int(answer.status)), "body": body, "header": header}
    source = answer.headers.get("Location", monitor.body["sourceHref"])
    end = {"state": "Completed" if well else "InError", "sourceHref": source, "response": response}
    return replace(monitor, body={**monitor.body, **end}, revision=monitor.revision + 1)


def news(resource: Resource, clock: Clock, monitor: Document, event: str) -> Sequence[Emit]:
    """The event of this name, where the contract declares it; what was sent and answered is for whoever asked."""
    if resource.type + event not in resource.events:
        return ()
    public = {name: monitor.body[name] for name in ("id", "@type", "sourceHref", "state")}
    return (Emit(told.event(resource.type, event, replace(monitor, body=public), clock.now())),)


def _headers(headers: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _shown(document: Document) -> Document:
    return replace(document, body={name: value for name, value in document.body.items() if name != WHOSE})
