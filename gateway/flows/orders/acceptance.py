"""What an order needs before it is accepted: its customer, its priced parts, its frozen plan. No legacy is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.call import Principal
from contracts.page import Window
from contracts.ports import ProvisioningPort
from gateway.flows.bundles.bundles import Bundles
from gateway.flows.bundles.pricing import price
from gateway.flows.bundles.request import Picked, choice_of
from gateway.flows.orders.decomposition import Target, decompose
from gateway.flows.orders.documents import ORDER, accepted
from gateway.flows.orders.plan import KIND, PLAN_VERSION, Plan
from gateway.flows.orders.products import REALISATION
from gateway.flows.orders.request import Root, account_of, customer_of, item_ids, members_of, named, picks_of, start_of
from gateway.flows.refusal import Invalid, Unknown
from gateway.policy.ports import Ports
from gateway.store.port import Document, Job, Store
from gateway.telemetry.marks import traceparent

CUSTOMER = "TMF629/customer"


class Acceptance:
    def __init__(self, store: Store, ports: Ports, bundles: Bundles) -> None:
        self._store = store
        self._ports = ports
        self._bundles = bundles

    async def accept(
        self, principal: Principal, body: dict[str, Any], order_id: str, now: datetime
    ) -> tuple[Document, Job]:
        """The order as it is stored and the work it means, neither written yet; raises a Refusal."""
        customer = await self.customer(principal, customer_of(body))
        picks = picks_of(body)
        taken = frozenset(item_ids(picks))
        roots = [await self._root(principal, pick, taken) for pick in picks]
        start = start_of(body, now)
        plan = await self._plan(principal, customer, body, roots, start, order_id)
        order = Document(ORDER, order_id, accepted(body, order_id, roots, now), customer.id, revision=1)
        job = Job(
            id=order_id,
            kind=KIND,
            # An order for a later day does not keep the customer's other orders waiting until then.
            lane=customer.id if start <= now else order_id,
            data=plan.pack(),
            due=start,
            plan_version=PLAN_VERSION,
            trace=traceparent(),
            owner=customer.id,
        )
        return order, job

    async def customer(self, principal: Principal, id: str) -> Document:
        customer = await self._store.get(principal, CUSTOMER, id)
        if customer is None:
            raise Unknown("customer.unknown", f"there is no customer {id}")
        return customer

    async def is_strange(self, principal: Principal, body: Mapping[str, Any]) -> bool:
        """Whether it orders something, and neither anything it orders nor anybody it names is known here.

        Only for who may see all: to others, what is foreign is unknown, and is refused.
        """
        parties, offerings, items = named(body)
        if not items or principal.customers is not None:
            return False
        known = [
            *[await self._store.get(principal, CUSTOMER, id) is not None for id in parties],
            *[await self._bundles.knows(principal, id) for id in offerings],
        ]
        return not any(known)

    async def _root(self, principal: Principal, pick: Picked, taken: frozenset[str]) -> Root:
        bundle = await self._bundles.sellable(principal, pick.offering_id)
        await self._bundles.require_known(principal, bundle, pick)
        priced = price(bundle, choice_of(bundle, pick))
        return Root(str(pick.item_id), priced, members_of(pick, priced, taken))

    async def _plan(
        self,
        principal: Principal,
        customer: Document,
        body: dict[str, Any],
        roots: list[Root],
        start: datetime,
        order_id: str,
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
            order_id=order_id,
            customer_id=customer.id,
            subject=principal.acting_for or principal.subject,
            client=principal.client,
            operator=principal.operator,
            billing=billing,
            currency=currency,
            start=start,
            account_id=await self._account(principal, customer, account_of(body)),
            steps=(),
            products=(),
            lines=(),
        )
        target = Target(
            plan.order_id, customer.id, native.native_id, billing, self._provisioning(plan), await self._owned(plan)
        )
        return decompose(target, roots, plan)

    async def _account(self, principal: Principal, customer: Document, asked: str | None) -> str | None:
        if asked is None:
            return next((account["id"] for account in customer.body.get("account") or ()), None)
        known = await self._store.native(principal, "account", asked)
        if known is None or known.keys.get("customer", customer.id) != customer.id:
            raise Unknown("account.unknown", f"the customer has no billing account {asked}")
        return asked

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
