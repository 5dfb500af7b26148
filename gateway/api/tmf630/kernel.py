"""The TM Forum edge: one ASGI app that serves every imported contract and finds its way by dictionary."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog

from contracts.call import Call, Principal
from contracts.clock import Clock
from gateway.api.tmf630.answers import Answer, Send, refusal
from gateway.api.tmf630.contract import Contract, Contracts, Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.errors import RETRY_AFTER_S, Refused, told
from gateway.api.tmf630.hub import Hub
from gateway.api.tmf630.projection import Projection
from gateway.api.tmf630.request import Receive, Request, Scope, check_accept, check_path, read_body, read_headers
from gateway.api.tmf630.resources import Endpoint
from gateway.api.tmf630.room import Room
from gateway.api.tmf630.schema import Validators
from gateway.store.port import Store
from gateway.telemetry.middleware import ROUTE

_LOG = structlog.get_logger("banyan.edge")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for."""

    body_bytes: int = 1_000_000
    read_s: float = 10
    write_s: float = 30


class Kernel:
    """Serves `contracts`; a resource without a room of its own is kept by a DocumentRoom.

    `routes` maps the path of each collection to its endpoint: one look-up for a collection, two for one resource,
    however many there are.
    """

    def __init__(
        self,
        contracts: Contracts,
        rooms: Mapping[str, Room],
        store: Store,
        clock: Clock,
        principal_of: Callable[[Mapping[str, str]], Principal],
        *,
        limits: Limits | None = None,
        hub_allow: Collection[str] = LOOPBACK,
    ) -> None:
        self._store = store
        self._clock = clock
        self._principal_of = principal_of
        self._limits = limits or Limits()
        self.routes: dict[str, Endpoint] = {}
        kept = {kind: DocumentRoom(resource, store, clock) for kind, resource in contracts.kinds.items()}
        rooms = {**kept, **rooms}
        hub = Hub(store, hub_allow)
        for contract in contracts:
            projection = Projection(contract, contracts.stored(contract.api))
            validators = Validators(contract)
            served: list[tuple[Resource, Room]] = [(r, rooms[r.kind]) for r in contract.resources.values()]
            if contract.hub is not None:
                served.append((contract.hub, hub))
            for resource, room in served:
                endpoint = Endpoint(contract, resource, room, projection, validators, store, clock)
                self._route(contract, endpoint)

    @property
    def roots(self) -> list[str]:
        """Where the app mounts the kernel: /tmf-api, and what some documents begin with instead."""
        return sorted({f"/{path.split('/')[1]}" for path in self.routes})

    def _route(self, contract: Contract, endpoint: Endpoint) -> None:
        for base in contract.bases:
            self.routes[f"{base}/{endpoint.resource.name}"] = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Exception as error:  # noqa: BLE001 - the last line: whatever went wrong, the client gets an error body
            refused = told(error)
            if refused is None:
                _LOG.error("request.failed", method=scope["method"], error=type(error).__name__, exc_info=error)
                refused = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "something went wrong on our side")
            answer = refusal(refused)
        await answer.send(send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method, headers = scope["path"], scope["method"], read_headers(scope)
        check_path(path)
        endpoint, collection, id = self._found(path)
        scope[ROUTE] = collection if id is None else f"{collection}/{{id}}"
        methods = endpoint.methods(item=id is not None)
        if method not in methods:
            allowed = {"Allow": ", ".join(sorted(methods))}
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "request.method", "not a method of this path", headers=allowed)
        check_accept(headers)
        seconds = self._limits.read_s if method == "GET" else self._limits.write_s
        principal = self._principal_of(headers)
        call = Call(self._clock.monotonic() + seconds, principal.operator, principal)
        body = await self._body(receive, headers) if method in ("POST", "PATCH") else b""
        request = Request(method, collection, id, scope["query_string"], headers, body, principal, call)
        try:
            async with asyncio.timeout(call.deadline - self._clock.monotonic()):
                return await endpoint.answer(request)
        except TimeoutError:
            wait = {"Retry-After": str(RETRY_AFTER_S)}
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, "request.timeout", "no answer in time", headers=wait) from None

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

    def _found(self, path: str) -> tuple[Endpoint, str, str | None]:
        path = path.rstrip("/")
        endpoint = self.routes.get(path)
        if endpoint is not None:
            return endpoint, path, None
        collection, _, id = path.rpartition("/")
        endpoint = self.routes.get(collection)
        if endpoint is None:
            raise Refused(HTTPStatus.NOT_FOUND, "path.unknown", "no API or resource has this path")
        return endpoint, collection, id
