"""Product orders: accepted whatever is down, then carried through billing and the network until they are settled."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import uuid_utils
from opentelemetry import trace

from contracts.call import Principal
from contracts.clock import Clock, rfc3339
from contracts.page import Window
from contracts.ports import ProvisioningPort
from gateway.flows.bundles.bundles import Bundles
from gateway.flows.bundles.pricing import price
from gateway.flows.bundles.request import Picked, choice_of
from gateway.flows.orders.decomposition import Target, decompose
from gateway.flows.orders.documents import CANCEL, ORDER, accepted, with_states
from gateway.flows.orders.journal import Journal, event
from gateway.flows.orders.plan import PLAN_VERSION, Plan
from gateway.flows.orders.products import REALISATION
from gateway.flows.orders.request import Root, customer_of, item_ids, members_of, picks_of, start_of
from gateway.flows.orders.run import Run
from gateway.flows.orders.states import State
from gateway.flows.orders.steps import Steps
from gateway.flows.orders.worker import KIND, Worker
from gateway.flows.refusal import Clash, Invalid, Unknown
from gateway.policy.ports import Ports
from gateway.store.port import Advance, Change, Document, Emit, Enqueue, Job, Put, Stale, Store
from gateway.telemetry import SUBJECT
from gateway.telemetry.marks import traceparent

Remembering = Callable[[Document], Sequence[Change]]


class Orders:
    def __init__(
        self,
        store: Store,
        ports: Ports,
        bundles: Bundles,
        clock: Clock,
        *,
        reconcile: Sequence[float] = (5, 30, 120, 600, 3600),
        call_s: float = 10,
        lease_s: float = 15,
        poll_s: float = 0.5,
        lanes: int = 16,
    ) -> None:
        """A lease must outlive the longest call; what a dead process held is taken up after `lease_s`."""
        if lease_s <= call_s:
            raise ValueError("a lease must be longer than the longest call")
        self._store = store
        self._ports = ports
        self._bundles = bundles
        self._clock = clock
        run = Run(Journal(store, clock), Steps(ports, clock, call_s), clock, reconcile)
        self.worker = Worker(store, run, clock, lease_s=lease_s, poll_s=poll_s, lanes=lanes)

    async def run(self) -> None:
        await self.worker.work()

    async def accept(self, principal: Principal, body: dict[str, Any], remember: Remembering) -> Document:
        """Check it against what we know, price it, freeze its plan and write all of it at once; asks no legacy."""
        now = self._clock.now()
        customer = await self._customer(principal, customer_of(body))
        picks = picks_of(body)
        taken = frozenset(item_ids(picks))
        roots = [await self._root(principal, pick, taken) for pick in picks]
        start = start_of(body, now)
        plan = await self._plan(principal, customer, body, roots, start)
        order = Document(ORDER, plan.order_id, accepted(body, plan.order_id, roots, now), customer.id, revision=1)
        trace.get_current_span().set_attribute(SUBJECT, order.id)
        job = Job(
            id=order.id,
            kind=KIND,
            # An order for a later day does not keep the customer's other orders waiting until then.
            lane=customer.id if start <= now else order.id,
            data=plan.pack(),
            due=start,
            plan_version=PLAN_VERSION,
            trace=traceparent(),
            owner=customer.id,
        )
        created = event("ProductOrderCreateEvent", order, now, job.trace)
        await self._store.commit(Put(order, expect=0), Emit(created), Enqueue(job), *remember(order))
        self.worker.wake()
        return order

    async def cancel(self, principal: Principal, body: dict[str, Any], remember: Remembering) -> Document:
        """Only an order that has not begun; one that has is refused with its state."""
        wanted = str((body.get("productOrder") or {}).get("id") or "")
        order = await self._store.get(principal, ORDER, wanted)
        job = await self._store.job(principal, wanted)
        if order is None or job is None:
            raise Unknown("order.unknown", "there is no such product order")
        if order.body["state"] != State.ACKNOWLEDGED:
            raise Clash("order.begun", f"the order is {order.body['state']} and cannot be cancelled any more")
        now = self._clock.now()
        told = {"cancellationDate": rfc3339(now)}
        if body.get("cancellationReason"):
            told["cancellationReason"] = body["cancellationReason"]
        leaves = Plan.unpack(job.data).leaves
        assessed = with_states(order.body, leaves, dict.fromkeys(leaves, State.ASSESSING_CANCELLATION))
        cancelled = with_states(assessed, leaves, dict.fromkeys(leaves, State.CANCELLED)) | told
        after = replace(order, body=cancelled, revision=order.revision + 1)
        id = str(uuid_utils.uuid7())
        asked = {**body, "id": id, "state": "acknowledged", "@type": "CancelProductOrder"}
        done = asked | {"state": "done", "effectiveCancellationDate": rfc3339(now)}
        task = Document(CANCEL, id, done, order.owner, revision=1)
        changes: list[Change] = [
            Advance(replace(job, open=False)),
            Put(after, expect=order.revision),
            Put(task, expect=0),
            Emit(event("CancelProductOrderCreateEvent", replace(task, body=asked), now, job.trace)),
            Emit(event("ProductOrderStateChangeEvent", replace(after, body=assessed), now, job.trace)),
            Emit(event("ProductOrderStateChangeEvent", after, now, job.trace)),
            Emit(event("CancelProductOrderStateChangeEvent", task, now, job.trace)),
        ]
        try:
            await self._store.commit(*changes, *remember(task))
        except Stale as error:
            raise Clash("order.begun", "the order has just begun and cannot be cancelled any more") from error
        self.worker.wake()
        return task

    async def _customer(self, principal: Principal, id: str) -> Document:
        customer = await self._store.get(principal, "TMF629/customer", id)
        if customer is None:
            raise Unknown("customer.unknown", f"there is no customer {id}")
        return customer

    async def _root(self, principal: Principal, pick: Picked, taken: frozenset[str]) -> Root:
        bundle = await self._bundles.sellable(principal, pick.offering_id)
        await self._bundles.require_known(principal, bundle, pick)
        priced = price(bundle, choice_of(bundle, pick))
        return Root(str(pick.item_id), priced, members_of(pick, priced, taken))

    async def _plan(
        self, principal: Principal, customer: Document, body: dict[str, Any], roots: list[Root], start: datetime
    ) -> Plan:
        parts = [line.part for root in roots for line in root.priced.lines]
        systems = dict.fromkeys(part.system for part in parts)
        currencies = dict.fromkeys(part.price.currency for part in parts)
        if len(systems) != 1 or len(currencies) != 1:
            raise Invalid("order.twoBillings", "one order is booked in one billing system and one currency")
        billing, currency = next(iter(systems)), next(iter(currencies))
        native = await self._store.native(principal, "customer", customer.id, billing)
        if native is None:
            raise Invalid("order.customerNotBilled", f"the customer has no account in {billing}")
        plan = Plan(
            order_id=str(uuid_utils.uuid7()),
            customer_id=customer.id,
            subject=principal.acting_for or principal.subject,
            client=principal.client,
            operator=principal.operator,
            billing=billing,
            currency=currency,
            start=start,
            account_id=await self._account(principal, customer, body),
            steps=(),
            products=(),
            lines=(),
        )
        target = Target(
            plan.order_id, customer.id, native.native_id, billing, self._provisioning(plan), await self._owned(plan)
        )
        return decompose(target, roots, plan)

    async def _account(self, principal: Principal, customer: Document, body: dict[str, Any]) -> str | None:
        asked = (body.get("billingAccount") or {}).get("id")
        if asked is None:
            return next((account["id"] for account in customer.body.get("account") or ()), None)
        known = await self._store.native(principal, "account", str(asked))
        if known is None or known.keys.get("customer", customer.id) != customer.id:
            raise Unknown("account.unknown", f"the customer has no billing account {asked}")
        return str(asked)

    def _provisioning(self, plan: Plan) -> str | None:
        try:
            return self._ports.serving(ProvisioningPort, operator=plan.operator, customer=plan.customer_id).system
        except LookupError:
            return None

    async def _owned(self, plan: Plan) -> dict[str, str]:
        """The services the customer has already, which an add-on may rely on."""
        found = await self._store.find(plan.principal(), REALISATION, Window(limit=1000))
        return {
            service["service"]: service["reference"]
            for realisation in found.items
            if realisation.owner == plan.customer_id and realisation.body.get("end") is None
            for service in realisation.body["services"]
        }
