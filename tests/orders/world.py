"""A small telecom at the ports: a network and a billing system that fail as told and keep a ledger of every effect."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contracts.call import Call, Principal
from contracts.errors import Conflict, Garbled, NotFound, Rejected, TimedOut, Unavailable
from contracts.model import Activation, Money, Order, OrderState, Quantity, Receipt, Unit, WorkState
from contracts.ports import OrderPort, ProvisioningPort
from gateway.flows.bundles.model import Bundle, Discount, Part
from gateway.flows.bundles.request import Picked
from gateway.flows.mirror import WHOLE
from gateway.flows.orders.documents import ORDER, states_of
from gateway.flows.orders.orders import Orders
from gateway.flows.orders.states import FINAL, State
from gateway.flows.party import as_customer
from gateway.flows.refusal import Unknown
from gateway.policy.ports import Serving
from gateway.store import Store
from gateway.store.port import Change, Crossref, Document, Emit, Event, Link, Put
from tests.clock import FakeClock

ALL = Principal("anna", "app", "default")
CUSTOMER = "customer-1"


class Crash(BaseException):
    """The process died here."""


@dataclass
class System:
    """What to do with the next calls of a method: `down`, `busy`, `timeout`, `lost`, `garbage`, `reject`, `conflict`,
    `bug`, `crash` (before the effect) or `crash-after`."""

    clock: FakeClock
    script: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    always: dict[str, str] = field(default_factory=dict)
    refuses: str | None = None
    """How the references end that are never served."""
    ledger: list[tuple[str, str]] = field(default_factory=list)
    calls: list[tuple[str, Call]] = field(default_factory=list)

    def before(self, method: str, call: Call) -> str:
        self.calls.append((method, call))
        if self.refuses is not None and method in ("activate", "place_order") and str(call.key).endswith(self.refuses):
            raise Rejected("not for this customer")
        queue = self.script[method]
        what = queue.pop(0) if queue else self.always.get(method, "")
        match what:
            case "down":
                raise Unavailable("the door is closed")
            case "busy":
                raise Unavailable("come again later", retry_after=3)
            case "timeout":
                raise TimedOut("no answer, no effect")
            case "reject":
                raise Rejected("not for this customer")
            case "conflict":
                raise Conflict("the state does not allow it")
            case "bug":
                raise ZeroDivisionError
            case "crash":
                raise Crash
        return what

    def after(self, what: str) -> None:
        match what:
            case "lost":
                raise TimedOut("the answer is lost")
            case "garbage":
                raise Garbled("an HTML page")
            case "crash-after":
                raise Crash


@dataclass
class Network(System):
    services: dict[str, Activation] = field(default_factory=dict)

    async def activate(self, call: Call, activation: Activation) -> Receipt:
        what = self.before("activate", call)
        if activation.reference not in self.services:
            self.services[activation.reference] = activation
            self.ledger.append(("activate", activation.reference))
        self.after(what)
        return Receipt(activation.reference, *self._native(activation))

    async def deactivate(self, call: Call, activation: Activation) -> Receipt:
        what = self.before("deactivate", call)
        if self.services.pop(activation.reference, None) is None:
            raise NotFound(activation.reference)
        self.ledger.append(("deactivate", activation.reference))
        self.after(what)
        return Receipt(activation.reference, activation.reference, self.clock.now())

    async def activation_state(self, call: Call, reference: str) -> OrderState:
        self.before("activation_state", call)
        if reference not in self.services:
            raise NotFound(reference)
        native, _, facts = self._native(self.services[reference])
        return OrderState(reference, native, WorkState.DONE, facts=facts)

    def _native(self, activation: Activation) -> tuple[str, Any, dict[str, str]]:
        assigned = activation.characteristics.get("msisdn", "4917000000001")
        facts = {"msisdn": assigned} if activation.service == "mobile-line" else {}
        return f"svc-{activation.reference}", self.clock.now(), facts


@dataclass
class Billing(System):
    orders: dict[str, Order] = field(default_factory=dict)

    async def place_order(self, call: Call, order: Order) -> Receipt:
        what = self.before("place_order", call)
        self.ledger.append(("book", order.reference))
        self.orders[order.reference] = order
        self.after(what)
        return Receipt(order.reference, f"po-{order.reference}", self.clock.now())

    async def order_by_key(self, call: Call, order: Order) -> Receipt | None:
        self.before("order_by_key", call)
        known = order.reference in self.orders
        return Receipt(order.reference, f"po-{order.reference}", self.clock.now()) if known else None


@dataclass
class FakePorts:
    network: Network
    billing: Billing
    settle_s: float = 20

    def serving(self, port: type[Any], *, operator: str = "default", customer: str | None = None) -> Serving[Any]:
        return self.all(port)[0]

    def all(self, port: type[Any]) -> list[Serving[Any]]:
        system: dict[type[Any], Any] = {ProvisioningPort: self.network, OrderPort: self.billing}
        name = "oss" if port is ProvisioningPort else "bss"
        return [Serving(name, system[port], self.settle_s, 300)] if port in system else []


def part(id: str, price: str, **more: Any) -> Part:
    return Part(id, id.title(), Money(Decimal(price)), "bss", f"native-{id}", upper=3, **more)


PARTS = {
    "line": part("line", "20.00", service="mobile-line"),
    "data": part(
        "data", "15.00", service="data-pack", relies_on="mobile-line", allowance=Quantity(20_000_000_000, Unit.BYTES)
    ),
    "tv": part("tv", "5.00"),
}
OFFERS = {
    "flex": Bundle(
        "flex", "Flex", "EUR", PARTS, discounts=(Discount("combi", "Combi", Decimal(15), needs=("line", "data")),)
    ),
    "line": Bundle("line", "Line", "EUR", {"line": PARTS["line"]}, is_bundle=False),
    "data": Bundle("data", "Data", "EUR", {"data": PARTS["data"]}, is_bundle=False),
}


class Shelf:
    """Stands for the catalogue."""

    async def sellable(self, principal: Principal, offering_id: str) -> Bundle:
        if offering_id not in OFFERS:
            raise Unknown("offering.unknown", "no such offering")
        return OFFERS[offering_id]

    async def knows(self, principal: Principal, offering_id: str) -> bool:
        return offering_id in OFFERS or offering_id in PARTS

    async def require_known(self, principal: Principal, bundle: Bundle, pick: Picked) -> None:
        if any(inside.offering_id not in PARTS for inside in pick.inside()):
            raise Unknown("offering.unknown", "no such offering")


@dataclass
class World:
    store: Store
    clock: FakeClock
    network: Network
    billing: Billing
    orders: Orders
    events: list[Event]

    async def customer(self, id: str = CUSTOMER) -> None:
        await self.store.commit(
            Put(Document("TMF629/customer", id, {"id": id, "account": [{"id": f"{id}.account"}]}, id, 1)),
            *(Put(Document(WHOLE, kind, {})) for kind in ("TMF629/customer", "TMF637/product")),
            Link(Crossref("customer", id, "default", "bss", f"native-{id}")),
        )

    async def accept(self, body: dict[str, Any], principal: Principal = ALL) -> str:
        return (await self.orders.accept(principal, body, lambda _: ())).id

    async def order(self, id: str) -> dict[str, Any]:
        document = await self.store.get(ALL, ORDER, id)
        assert document is not None
        return document.body

    async def step(self) -> bool:
        """Run what is due now; False when nothing is."""
        jobs = await self.orders.worker._claimed(16)
        for job in jobs:
            await self.orders.worker._one(job)
        return bool(jobs)

    async def settle(self, *ids: str, within_s: float = 3 * 3600) -> list[dict[str, Any]]:
        """Run until these orders are final, letting time pass where nothing is due."""
        end = self.clock.monotonic() + within_s
        while True:
            orders = [await self.order(id) for id in ids]
            if all(State(order["state"]) in FINAL for order in orders) or self.clock.monotonic() > end:
                return orders
            if not await self.step():
                self.clock.advance(1)

    def told(self, id: str) -> list[str]:
        """The events of an order as the oracle writes them: what changed since the event before."""
        lines, before = [], dict[str, State]()
        for event in self.events:
            if event.resource_id != id:
                continue
            states = states_of(event.body)
            changed = " ".join(f"{item}={state}" for item, state in states.items() if before.get(item) != state)
            kind = event.type.removeprefix("ProductOrder").removesuffix("Event")
            lines.append(f"{kind}({event.body['state']})" + (f" [{changed}]" if before and changed else ""))
            before = states
        return lines


class Noting:
    """A store that remembers the events committed, and dies at a chosen commit."""

    def __init__(self, store: Store, events: list[Event]) -> None:
        self._store = store
        self._events = events
        self.commits = 0
        self.dies: tuple[int, bool] | None = None
        """At which commit, and whether before it is written."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def commit(self, *changes: Change) -> None:
        self.commits += 1
        if self.dies == (self.commits, True):
            raise Crash
        await self._store.commit(*changes)
        self._events += [change.event for change in changes if isinstance(change, Emit)]
        if self.dies == (self.commits, False):
            raise Crash


def item(id: str, offering: str, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"id": id, "action": "add", "quantity": 1, "productOffering": {"id": offering}, **more}
    return {**body, "productOrderItem": list(children)} if children else body


def order_body(*items: dict[str, Any], customer: str = CUSTOMER) -> dict[str, Any]:
    """As the stored form has it."""
    return {"relatedParty": [as_customer(customer)], "productOrderItem": list(items)}


def spoken(version: str, *items: dict[str, Any], customer: str = CUSTOMER) -> dict[str, Any]:
    """As a client of this version writes it."""
    if version == "v4":
        return {"relatedParty": [{"id": customer, "role": "customer"}], "productOrderItem": list(items)}
    party = {"role": "customer", "partyOrPartyRole": {"@type": "PartyRef", "id": customer}}
    return {
        "@type": "ProductOrder",
        "relatedParty": [{"@type": "RelatedPartyRefOrPartyRoleRef", **party}],
        "productOrderItem": [_typed(item) for item in items],
    }


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    offering = {"@type": "ProductOfferingRef", **item["productOffering"]}
    typed = {"@type": "ProductOrderItem", **item, "productOffering": offering}
    children = [_typed(child) for child in item.get("productOrderItem", ())]
    return typed | ({"productOrderItem": children} if children else {})


FLEX = order_body(item("b", "flex", item("m", "line"), item("d", "data"), item("s", "tv")))
LINE = order_body(item("m", "line"))
