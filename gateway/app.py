"""The only place where everything meets: settings in, a FastAPI app out. Nothing happens before it is served."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from contracts.clock import Clock, SystemClock
from gateway import registry
from gateway.api.adapter_pages import adapter_pages
from gateway.api.customer import api as customer
from gateway.api.customer.translate import customer_documents
from gateway.api.customer_bill import api as customer_bill
from gateway.api.customer_bill.translate import bill_documents
from gateway.api.error_pages import error_pages
from gateway.api.event import api as event
from gateway.api.geographic_address import api as geographic_address
from gateway.api.prepay_balance import api as prepay_balance
from gateway.api.prepay_balance.translate import BALANCE_DOCUMENTS
from gateway.api.product_catalog import api as product_catalog
from gateway.api.product_inventory import api as product_inventory
from gateway.api.product_inventory.translate import subscription_document
from gateway.api.product_offering_qualification import api as product_offering_qualification
from gateway.api.product_ordering import api as product_ordering
from gateway.api.publishing import HEADERS, Compressed, Publication
from gateway.api.service_inventory import api as service_inventory
from gateway.api.service_inventory.translate import service_document
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.front import Answered, Front
from gateway.api.tmf630.kernel import Kernel, Limits
from gateway.api.tmf630.listening.callbacks import Rules
from gateway.api.tmf630.listening.envelope import Envelopes
from gateway.api.tmf630.listening.streams import Streams
from gateway.api.tmf630.request import origin
from gateway.api.usage import api as usage
from gateway.api.usage_consumption import api as usage_consumption
from gateway.events.relay import Relay
from gateway.events.sender import Sender
from gateway.flows.balance import Balances, Prepaid, Subscribers, TopUps
from gateway.flows.billing import Billing
from gateway.flows.bundles.bundles import Bundles
from gateway.flows.catalog.catalog import Catalog
from gateway.flows.customers import Customers
from gateway.flows.inventory import Inventory
from gateway.flows.journal import Schedule
from gateway.flows.mirror import Mirror
from gateway.flows.orders.orders import Orders
from gateway.flows.services import Services
from gateway.flows.usage import Guide, Usage
from gateway.flows.usage.consumption import Consumption
from gateway.policy import PolicedPorts
from gateway.security import BANYAN, PrincipalOf, embedded
from gateway.settings import CONTRACTS, Settings
from gateway.store import SqlStore, Unreachable, journal, open_store
from gateway.store.usage import UsageStore
from gateway.telemetry import start
from gateway.telemetry.middleware import Traced

_LOG = structlog.get_logger("banyan.app")
RESTART_S = 1.0
_CODES = {HTTPStatus.NOT_FOUND: "path.unknown", HTTPStatus.METHOD_NOT_ALLOWED: "request.method"}

Work = Sequence[tuple[str, Callable[[], Awaitable[None]]]]


class House(FastAPI):
    """Whoever comes in is traced, and led to the edge if that is where he wants to go; what is left is FastAPI's."""

    kernel: Kernel | None = None
    """From the moment the gateway serves."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request goes straight to the middleware: FastAPI's own way there serves telemetry that is off here."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        if self.middleware_stack is None:
            self.middleware_stack = self.build_middleware_stack()
        scope["app"] = self
        await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        app: ASGIApp = Compressed(Front(super().build_middleware_stack()))
        cors = self._settings.cors
        if cors.origins:
            app = CORSMiddleware(
                app,
                allow_origins=cors.origins,
                allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
                allow_headers=("*",),
                expose_headers=tuple(HEADERS),
                max_age=cors.max_age_s,
            )
        return Traced(app, self._settings.telemetry.ratio)


def build(settings: Settings, *, clock: Clock | None = None, principal_of: PrincipalOf | None = None) -> House:
    """The app; its lifespan opens the store, loads the adapters and runs the background work."""
    clock = clock or SystemClock()
    principal_of = principal_of or embedded(settings.gateway.operator)

    @asynccontextmanager
    async def lifespan(app: House) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            telemetry = start(settings)
            stack.callback(telemetry.stop)
            app.state.systems = registry.manifests(settings.adapters)
            kernel, store, streams, work = await _open(settings, clock, principal_of, app.state.systems, stack)
            app.kernel = kernel
            app.state.store = store
            app.state.drain = streams.drain
            running = [asyncio.create_task(_for_ever(name, run, clock), name=name) for name, run in work]
            stack.push_async_callback(_end, running)
            app.state.ready = True
            yield
            app.state.ready = False

    app = House(
        settings,
        title="Banyan",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.router.redirect_slashes = False
    app.state.ready = False
    app.state.systems = []
    app.add_middleware(Answered)
    app.add_exception_handler(HTTPException, _refuse)
    app.include_router(error_pages())
    app.include_router(adapter_pages())
    _health(app)
    return app


async def _open(
    settings: Settings,
    clock: Clock,
    principal_of: PrincipalOf,
    systems: Sequence[registry.Manifest],
    stack: AsyncExitStack,
) -> tuple[Kernel, SqlStore, Streams, Work]:
    """Everything of one gateway, from the store up; the stack closes it in reverse."""
    store = await open_store(settings.store.url, clock)
    stack.push_async_callback(store.aclose)
    await journal.inherit(store.database)
    usage_store = await UsageStore.open(settings.store.usage)
    stack.push_async_callback(usage_store.aclose)
    lacks = registry.gaps(systems)
    adapters = await registry.load(settings.adapters, settings.facts, clock)
    for one in adapters:
        stack.push_async_callback(one.adapter.aclose)
    sender = Sender(settings.hub.allow)
    stack.push_async_callback(sender.aclose)

    ports = PolicedPorts(adapters, clock)
    mirror = Mirror(store, clock, BANYAN)
    contracts = Contracts.load(settings.gateway.contracts or CONTRACTS)
    catalog = Catalog(store, ports, clock)
    bundles = Bundles(store)
    customers = Customers(mirror, ports, customer_documents)
    billing = Billing(mirror, ports, bill_documents)
    inventory = Inventory(mirror, ports, subscription_document)
    services = Services(mirror, ports, service_document)
    schedule = Schedule(settings.orders.reconcile)
    orders = Orders(store, ports, bundles, clock, schedule)
    subscribers = Subscribers(store, BANYAN)
    balances = Balances(mirror, ports, subscribers, BALANCE_DOCUMENTS)
    top_ups = TopUps(store, ports, subscribers, balances, clock, schedule)
    guide = Guide(usage_store, store, clock, BANYAN)
    intake = Usage(ports, usage_store, guide, clock, BANYAN)
    consumption = Consumption(usage_store, store, clock, BANYAN)
    prepaid = Prepaid(ports, subscribers, balances, clock)
    greet = partial(sender.greet, settings.hub.handshake) if settings.hub.handshake else None
    rules = Rules.of(settings.hub.allow, settings.hub.ports, greet)
    relay = Relay(store, clock, Envelopes(contracts), sender.post)
    streams = Streams(contracts, store, clock)
    relay.on_number(streams.wake)

    rooms = {
        **product_catalog.rooms(contracts, store, clock, catalog, bundles),
        **product_offering_qualification.rooms(contracts, store, clock, bundles),
        **product_ordering.rooms(contracts, store, clock, orders),
        **product_inventory.rooms(contracts, mirror, inventory),
        **usage.rooms(contracts, usage_store, guide, store, clock),
        **usage_consumption.rooms(contracts, consumption, prepaid, store, clock),
        **prepay_balance.rooms(contracts, mirror, ports, balances, top_ups, lacks),
        **customer.rooms(contracts, mirror, customers),
        **customer_bill.rooms(contracts, mirror, billing, lacks),
        **geographic_address.rooms(contracts, store, clock),
        **event.rooms(contracts, store, clock, rules),
        **service_inventory.rooms(contracts, mirror, services),
    }
    kernel = Kernel(
        contracts,
        rooms,
        store,
        clock,
        principal_of,
        limits=_limits(settings),
        listeners=rules,
        beside={**Publication(contracts).beside, **streams.beside},
    )
    work = [
        ("catalog", catalog.run),
        ("customers", customers.run),
        ("billing", billing.run),
        ("inventory", inventory.run),
        ("services", services.run),
        ("orders", orders.run),
        ("top-ups", top_ups.run),
        ("usage", intake.run),
        ("relay", relay.run),
        ("writes", kernel.deferred.run),
    ]
    return kernel, store, streams, work


def _limits(settings: Settings) -> Limits:
    limits = settings.limits
    return Limits(
        body_bytes=limits.body_bytes,
        read_s=limits.read_s,
        write_s=limits.write_s,
        drain_s=settings.gateway.drain_s,
        monitors=timedelta(days=limits.monitor_days),
        require_if_match=limits.require_if_match,
        strict=settings.gateway.validation == "strict",
    )


async def _for_ever(name: str, run: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Background work that ends by a bug is logged and started again: the gateway must not serve half of itself."""
    while True:
        try:
            await run()
        except Exception as error:  # noqa: BLE001 - the last line of a loop that must go on
            _LOG.error("background.failed", work=name, error=type(error).__name__, exc_info=error)
        await clock.sleep(RESTART_S)


async def _end(running: Sequence[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def _refuse(request: HttpRequest, error: Exception) -> JSONResponse:
    """What is no path of the edge is refused in its words too."""
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    headers = error.headers if isinstance(error, HTTPException) else None
    code = _CODES.get(status, "request.refused")
    refused = Refused(status, code, status.phrase)
    return JSONResponse(refused.body(origin(request.scope)), status_code=status, headers=headers)


def _health(app: FastAPI) -> None:
    @app.get("/health/live")
    async def live() -> JSONResponse:
        """The process answers."""
        return JSONResponse({"status": "pass"})

    @app.get("/health/ready")
    async def ready() -> JSONResponse:
        """Requests can be served: the store answers. A legacy that is down is no reason to be taken out."""
        well = app.state.ready
        try:
            if well:
                await app.state.store.get(BANYAN, "banyan/hub", "any")
        except Unreachable:
            well = False
        return JSONResponse({"status": "pass" if well else "fail"}, status_code=200 if well else 503)
