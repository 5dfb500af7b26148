"""The only place where everything meets: settings in, a FastAPI app out. Nothing happens before it is served."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from contracts.clock import Clock, SystemClock
from gateway import registry
from gateway.api.customer import api as customer
from gateway.api.customer.translate import customer_document
from gateway.api.customer_bill import api as customer_bill
from gateway.api.customer_bill.translate import bill_documents
from gateway.api.product_catalog import api as product_catalog
from gateway.api.product_inventory import api as product_inventory
from gateway.api.product_inventory.translate import subscription_document
from gateway.api.product_offering_qualification import api as product_offering_qualification
from gateway.api.product_ordering import api as product_ordering
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.envelope import event_renderer
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.kernel import Kernel, Limits
from gateway.api.usage import api as usage
from gateway.api.usage_consumption import api as usage_consumption
from gateway.events.relay import Relay
from gateway.events.sender import Sender
from gateway.flows.billing import Billing
from gateway.flows.bundles.bundles import Bundles
from gateway.flows.catalog.catalog import Catalog
from gateway.flows.customers import Customers
from gateway.flows.inventory import Inventory
from gateway.flows.mirror import Mirror
from gateway.flows.orders.orders import Orders
from gateway.flows.usage import Guide, Usage
from gateway.flows.usage.consumption import Consumption
from gateway.policy import PolicedPorts
from gateway.security import BANYAN, PrincipalOf, embedded
from gateway.settings import Settings
from gateway.store import SqlStore, Unreachable, journal, open_store
from gateway.store.usage import UsageStore
from gateway.telemetry import start
from gateway.telemetry.middleware import Traced

_LOG = structlog.get_logger("banyan.app")
CONTRACTS = Path(str(files("contracts"))) / "tmf"
RESTART_S = 1.0

Work = Sequence[tuple[str, Callable[[], Awaitable[None]]]]


def build(settings: Settings, *, clock: Clock | None = None, principal_of: PrincipalOf | None = None) -> FastAPI:
    """The app; its lifespan opens the store, loads the adapters and runs the background work."""
    clock = clock or SystemClock()
    principal_of = principal_of or embedded(settings.gateway.operator)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            telemetry = start(settings)
            stack.callback(telemetry.stop)
            kernel, store, work = await _open(settings, clock, principal_of, stack)
            for root in kernel.roots:
                app.mount(root, kernel)
            app.state.store = store
            running = [asyncio.create_task(_for_ever(name, run, clock), name=name) for name, run in work]
            stack.push_async_callback(_end, running)
            app.state.ready = True
            yield
            app.state.ready = False

    app = FastAPI(
        title="Banyan",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry={"tracing": False, "metrics": False},
    )
    app.router.redirect_slashes = False
    app.state.ready = False
    app.add_middleware(Traced)
    app.add_exception_handler(HTTPException, _refuse)
    _health(app)
    return app


async def _open(
    settings: Settings, clock: Clock, principal_of: PrincipalOf, stack: AsyncExitStack
) -> tuple[Kernel, SqlStore, Work]:
    """Everything of one gateway, from the store up; the stack closes it in reverse."""
    store = await open_store(settings.store.url, clock)
    stack.push_async_callback(store.aclose)
    await journal.inherit(store.database)
    usage_store = await UsageStore.open(settings.store.usage)
    stack.push_async_callback(usage_store.aclose)
    adapters = await registry.load(settings.adapters, settings.facts, clock)
    for one in adapters:
        stack.push_async_callback(one.adapter.aclose)
    sender = Sender()
    stack.push_async_callback(sender.aclose)

    ports = PolicedPorts(adapters, clock)
    mirror = Mirror(store, clock, BANYAN)
    contracts = Contracts.load(settings.gateway.contracts or CONTRACTS)
    catalog = Catalog(store, ports, clock)
    bundles = Bundles(store)
    customers = Customers(mirror, ports, customer_document)
    billing = Billing(mirror, ports, bill_documents)
    inventory = Inventory(mirror, ports, subscription_document)
    orders = Orders(store, ports, bundles, clock, reconcile=settings.orders.reconcile)
    guide = Guide(usage_store, store, clock, BANYAN)
    intake = Usage(ports, usage_store, guide, clock, BANYAN)
    consumption = Consumption(usage_store, store, clock, BANYAN)
    relay = Relay(store, clock, event_renderer(contracts), sender.post)

    rooms = {
        **product_catalog.rooms(contracts, store, clock, catalog, bundles),
        **product_offering_qualification.rooms(contracts, store, clock, bundles),
        **product_ordering.rooms(contracts, store, clock, orders),
        **product_inventory.rooms(contracts, mirror, inventory),
        **usage.rooms(contracts, usage_store, guide, store, clock),
        **usage_consumption.rooms(contracts, consumption, store, clock),
        **customer.rooms(contracts, mirror, customers),
        **customer_bill.rooms(contracts, mirror, billing),
    }
    limits = Limits(settings.limits.body_bytes, settings.limits.read_s, settings.limits.write_s)
    kernel = Kernel(contracts, rooms, store, clock, principal_of, limits=limits, hub_allow=settings.hub.allow)
    work = [
        ("catalog", catalog.run),
        ("customers", customers.run),
        ("billing", billing.run),
        ("inventory", inventory.run),
        ("orders", orders.run),
        ("usage", intake.run),
        ("relay", relay.run),
    ]
    return kernel, store, work


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
    del request
    status = HTTPStatus(error.status_code) if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    headers = error.headers if isinstance(error, HTTPException) else None
    refused = Refused(status, "path.unknown" if status == HTTPStatus.NOT_FOUND else "request.refused", status.phrase)
    return JSONResponse(refused.body(), status_code=status, headers=headers)


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
