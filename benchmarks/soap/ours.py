"""The gateway: its edge, policy, wire and contract as they are, and a list that asks the legacy each time.

The gateway's own TMF637 list answers from its mirror. Here a room that reads through stands in its place, so that each
request makes its SOAP call.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from banyan.config import SoapConfig
from banyan.soap import connect
from banyan.soap.message import Reply
from benchmarks.soap.products import LEGACY, OPERATION
from contracts.call import Call
from contracts.clock import Clock, SystemClock
from contracts.errors import NotFound
from contracts.model import LineKind, Money, OrderLine, Subscription
from contracts.page import Slice, Window
from contracts.ports import InventoryPort
from gateway.api.product_inventory.translate import subscription_document
from gateway.api.tmf630.contract import Resource
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked
from gateway.app import House, build
from gateway.flows.inventory import Held
from gateway.policy import PolicedPorts
from gateway.registry import Registered
from gateway.serving import settle
from gateway.settings import Settings
from gateway.store import SqlStore
from gateway.store.port import Document, Found

KIND = "TMF637/product"
CONCURRENCY = 64


class Products(InventoryPort):
    """Building it reads the WSDL: not for a running loop."""

    def __init__(self, config: SoapConfig, clock: Clock) -> None:
        self._soap = connect(LEGACY, "products.wsdl", config, clock)

    async def probe(self, call: Call) -> None:
        await self.subscriptions(call, "1", Window())

    async def aclose(self) -> None:
        await self._soap.aclose()

    async def subscriptions(self, call: Call, customer_id: str, window: Window) -> Slice[Subscription]:
        asked = {"arg0": int(customer_id), "arg1": window.limit, "arg2": window.offset}
        return Slice(await self._soap.call(call, OPERATION, asked, then=_subscriptions))

    async def subscription(self, call: Call, subscription_id: str) -> Subscription:  # noqa: ARG002 - the port's
        raise NotFound("the stub has lists only")


def _subscriptions(reply: Reply) -> list[Subscription]:
    return [
        Subscription(
            id=str(row["id"]),
            customer_id=str(row["userId"]),
            status=row["status"],
            lines=(
                OrderLine(
                    reference=str(row["id"]),
                    kind=LineKind.PRODUCT,
                    offering_id=str(row["itemId"]),
                    description=row["description"],
                    quantity=row["quantity"],
                    price=Money(row["price"], row["currency"]),
                ),
            ),
            since=row["activeSince"],
            until=row["activeUntil"],
        )
        for row in reply.body["return"]
    ]


class Through(DocumentRoom):
    """A list that is read from the legacy, under policy, each time that it is asked for."""

    def __init__(self, resource: Resource, store: SqlStore, clock: Clock, ports: PolicedPorts) -> None:
        super().__init__(resource, store, clock)
        self._ports = ports

    async def find(self, asked: Asked, window: Window) -> Found:
        customer = window.conditions[0].values[0]
        serving = self._ports.serving(InventoryPort)
        told = await serving.port.subscriptions(asked.call, customer, Window(limit=window.limit))
        items = [_document(subscription, customer) for subscription in told.items]
        return Found(items, len(items), as_of=self.clock.now())


def _document(subscription: Subscription, customer: str) -> Document:
    offerings = {line.offering_id: line.offering_id for line in subscription.lines if line.offering_id}
    held = Held(subscription.id, subscription, customer, None, offerings)
    return Document(KIND, subscription.id, subscription_document(held), owner=customer, source="bench")


def app(endpoint: str, folder: Path) -> House:
    """The gateway as it is built for operation, with tracing at 1 %, and that one room put in."""
    clock = SystemClock()
    store = {"url": f"sqlite:///{folder / 'bench.db'}"}
    made = build(Settings.model_validate({"store": store, "telemetry": {"ratio": 0.01}}), clock=clock)
    adapter = Products(SoapConfig(endpoint=endpoint, concurrency=CONCURRENCY, timeout_s=5), clock)
    made.router.lifespan_context = _furnished(made.router.lifespan_context, adapter, clock)
    return made


def _furnished(
    opened: Callable[[Any], AbstractAsyncContextManager[Any]], adapter: Products, clock: Clock
) -> Callable[[Any], AbstractAsyncContextManager[Any]]:
    @asynccontextmanager
    async def lifespan(served: House) -> AsyncIterator[None]:
        async with opened(served):
            kernel = served.kernel
            known = Registered("bench", "bench", adapter, (InventoryPort,), CONCURRENCY, 5.0, 10.0, 3600.0)
            ports = PolicedPorts([known], clock)
            for path, endpoint in kernel.routes.items():
                if endpoint.resource.kind == KIND:
                    room = Through(endpoint.resource, served.state.store, clock, ports)
                    kernel.routes[path] = replace(endpoint, room=room)
            settle()
            yield
            await adapter.aclose()

    return lifespan
