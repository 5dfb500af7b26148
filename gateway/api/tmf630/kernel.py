"""The TM Forum edge: one ASGI app that serves every imported contract and finds its way by dictionary."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.noun import noun
from gateway.api.tmf630 import reads, writes
from gateway.api.tmf630.answers import Answer, Send, certain
from gateway.api.tmf630.contract import Contract, Contracts, Resource
from gateway.api.tmf630.deferred import Deferred, is_deferred
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.forms.projection import Projection
from gateway.api.tmf630.forms.schema import Validators
from gateway.api.tmf630.inner import furnished
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.delivered import hub_rooms
from gateway.api.tmf630.monitors import monitor_endpoint
from gateway.api.tmf630.rendering import Rendering
from gateway.api.tmf630.request import (
    Receive,
    Request,
    Scope,
    check_accept,
    check_path,
    read_body,
    read_headers,
)
from gateway.api.tmf630.resources import Endpoint
from gateway.api.tmf630.room import Room
from gateway.policy.limit import Limit
from gateway.store.sql_store import SqlStore
from gateway.telemetry.middleware import ROUTE

_ANY = frozenset({"OPTIONS"})
_READ = _ANY | {"HEAD"}
"""What is answered besides the methods of a contract: HEAD wherever GET is, OPTIONS everywhere."""
_LONGEST = 256
"""Characters of a parent's id. Ours have 36; what is kept of a path is not for whoever asks to choose the size of."""
Beside = Callable[[Principal, Scope, Receive, Send], Awaitable[None]]
"""What is no resource and still has a path among them: a page to read, a stream to follow. No deadline binds it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for."""

    body_bytes: int = 1_000_000
    read_s: float = 10
    write_s: float = 30
    drain_s: float = 10
    """How long writes that are carried out behind may still take when the gateway stops."""
    monitors: timedelta = timedelta(days=7)
    """How long the monitor of such a write is kept when it has ended."""
    require_if_match: bool = False
    """Whether a change or a removal without If-Match is refused."""
    strict: bool = False
    """Whether what a contract does not know is refused."""


class Kernel:
    """Serves `contracts`; a resource without a room of its own is kept by a DocumentRoom.

    `routes` maps the path of each collection to its endpoint: one look-up for a collection, two for one resource,
    however many there are.
    """

    def __init__(
        self,
        contracts: Contracts,
        rooms: Mapping[str, Room],
        store: SqlStore,
        clock: Clock,
        principal_of: Callable[[Mapping[str, str]], Principal],
        *,
        limits: Limits | None = None,
        listeners: Rules | None = None,
        beside: Mapping[str, Beside] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._principal_of = principal_of
        self._limits = limits or Limits()
        self._reading, self._writing = Limit(self._limits.read_s), Limit(self._limits.write_s)
        self._beside = beside or {}
        self.routes: dict[str, Endpoint] = {}
        rooms = furnished(contracts, rooms, store, clock)
        listening = hub_rooms(contracts, store, clock, listeners or Rules())
        for contract in contracts:
            projection = Projection(contract, contracts.stored(contract.api))
            validators = Validators(contract, strict=self._limits.strict)
            served: list[tuple[Resource, Room]] = [(r, rooms[r.kind]) for r in contract.resources.values()]
            if contract.hub is not None:
                served += [(noun, listening[noun.name]) for noun in (contract.hub, *contract.hub_nouns)]
            for resource, room in served:
                rendering = Rendering(projection, resource.type)
                guarded = self._limits.require_if_match and room not in listening.values()
                endpoint = Endpoint(contract, resource, room, projection, rendering, validators, store, clock, guarded)
                self._route(contract, endpoint)
            self._route(contract, monitor_endpoint(contract, store, clock))
        self.deferred = Deferred(
            store, clock, self._serving, self._limits.write_s, self._limits.drain_s, self._limits.monitors
        )
        self._roots = frozenset(path.split("/")[1] for path in (*self.routes, *self._beside))

    def serves(self, path: str) -> bool:
        """Whether the edge answers for this path: /tmf-api, and what some documents begin with instead."""
        return path[1:].partition("/")[0] in self._roots

    def _route(self, contract: Contract, endpoint: Endpoint) -> None:
        path = endpoint.resource.path
        for base in contract.bases:
            for spelled in (path, *contract.practice.get("spelled", {}).get(path, ())):
                self.routes[f"{base}/{spelled}"] = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await certain(self._answer(scope, receive, send), scope["method"], scope)
        if answer is not None:
            await answer.send(send, bare=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """None: whoever stands beside the resources has answered by itself."""
        path, headers = scope["path"], read_headers(scope)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        check_path(path)
        found = self._found(path)
        if found is None:
            beside = self._beside.get(path.rstrip("/"))
            if beside is None:
                raise Refused(HTTPStatus.NOT_FOUND, "path.unknown", "no API or resource has this path")
            scope[ROUTE] = path.rstrip("/")
            await beside(self._principal_of(headers), scope, receive, send)
            return None
        scope[ROUTE] = found.route
        methods = found.endpoint.methods(item=found.id is not None)
        if method not in methods:
            allowed = {"Allow": ", ".join(sorted(methods | (_READ if "GET" in methods else _ANY)))}
            if method == "OPTIONS":
                return Answer(HTTPStatus.NO_CONTENT, headers=allowed)
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "request.method", "not a method of this path", headers=allowed)
        check_accept(headers)
        limit = self._reading if method == "GET" else self._writing
        principal = self._principal_of(headers)
        call = Call(self._clock.monotonic() + limit.seconds, principal.operator, principal)
        query = scope["query_string"]
        with limit.turn():
            body = await self._body(receive, headers) if method in ("POST", "PATCH", "PUT") else b""
            request = Request(method, found.collection, found.id, query, headers, body, principal, call, found.parents)
            return await self._asked(found.endpoint, request)

    async def _asked(self, endpoint: Endpoint, request: Request) -> Answer:
        match request.method, request.id:
            case "GET", None:
                return await reads.many(endpoint, request)
            case "GET", str(id):
                return await reads.one(endpoint, request, id)
            case _ if is_deferred(endpoint, request):
                return await self.deferred.accept(endpoint, request)
            case _:
                return await writes.carry_out(writes.read(endpoint, request))

    async def _body(self, receive: Receive, headers: Mapping[str, str]) -> bytes:
        """The request's body, which may take as long to arrive as a read may last."""
        try:
            async with asyncio.timeout(self._limits.read_s):
                return await read_body(receive, headers, self._limits.body_bytes)
        except TimeoutError:
            close = {"Connection": "close"}
            raise Refused(
                HTTPStatus.REQUEST_TIMEOUT, "request.slow", "the body came too slowly", headers=close
            ) from None

    def _serving(self, collection: str) -> Endpoint:
        found = self._found(collection)
        if found is None:
            raise KeyError(collection)
        return found.endpoint

    def _found(self, path: str) -> "_Found | None":
        """A collection or one of it, at the top of its API or inside another resource; None: no resource's path."""
        path = path.rstrip("/")
        endpoint = self.routes.get(path)
        if endpoint is not None:
            return _Found(endpoint, path, path)
        collection, _, id = path.rpartition("/")
        endpoint = self.routes.get(collection)
        if endpoint is not None:
            return _Found(endpoint, f"{collection}/{{id}}", collection, id)
        return self._inside(path, None) or self._inside(collection, id)

    def _inside(self, collection: str, id: str | None) -> "_Found | None":
        """`topic/7/event` is found as `topic/{}/event`."""
        above, _, name = collection.rpartition("/")
        outer, _, parent = above.rpartition("/")
        endpoint = self.routes.get(f"{outer}/{{}}/{name}")
        if endpoint is None or len(parent) > _LONGEST:
            return None
        route = f"{outer}/{{id}}/{name}" + ("" if id is None else "/{id}")
        return _Found(endpoint, route, collection, id, (parent,))


@noun
class _Found:
    endpoint: Endpoint
    route: str
    """The path with {id} in place of ids, as traces name it."""
    collection: str
    id: str | None = None
    parents: tuple[str, ...] = ()
