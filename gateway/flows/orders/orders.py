"""Product orders: accepted whatever is down, then carried through billing and the network until they are settled."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import uuid_utils
from opentelemetry import trace

from contracts.call import Principal
from contracts.clock import Clock, rfc3339
from gateway.flows import told
from gateway.flows.bundles.bundles import Bundles
from gateway.flows.journal import USUAL, Schedule, Worker
from gateway.flows.orders.acceptance import Acceptance
from gateway.flows.orders.documents import CANCEL, CANCEL_TYPE, ORDER, TYPE, draft, refused, with_states
from gateway.flows.orders.journal import Journal, emitted
from gateway.flows.orders.plan import KIND, Plan
from gateway.flows.orders.request import cancelled_order, customers_of
from gateway.flows.orders.run import Run
from gateway.flows.orders.states import State
from gateway.flows.orders.steps import Steps
from gateway.flows.refusal import Clash, Invalid, Refusal, Unknown
from gateway.policy.ports import Ports
from gateway.store.port import Advance, Change, Document, Emit, Enqueue, Put, Stale, Store
from gateway.telemetry import SUBJECT

Remembering = Callable[[Document], Sequence[Change]]
NOBODY = ""
"""The owner of what belongs to no customer, seen only by those who see all."""


class Orders:
    def __init__(self, store: Store, ports: Ports, bundles: Bundles, clock: Clock, schedule: Schedule = USUAL) -> None:
        self._store = store
        self._clock = clock
        self._acceptance = Acceptance(store, ports, bundles)
        run = Run(Journal(store, clock), Steps(ports, clock, schedule.call_s), clock, schedule.reconcile)
        self.worker = Worker(store, KIND, run, clock, schedule)

    async def run(self) -> None:
        await self.worker.work()

    async def accept(self, principal: Principal, body: dict[str, Any], remember: Remembering) -> Document:
        """Check it against what we know, price it, freeze its plan and write all of it at once; asks no legacy."""
        now, id = self._clock.now(), _new_id()
        if body.get("requestedInitialState") == State.DRAFT:
            return await self._draft(principal, body, remember)
        try:
            order, job = await self._acceptance.accept(principal, body, id, now)
        except Refusal as refusal:
            if await self._acceptance.is_strange(principal, body):
                return await self._reject(body, refusal, remember)
            raise
        trace.get_current_span().set_attribute(SUBJECT, order.id)
        created = told.event(TYPE, told.CREATED, order, now, job.trace)
        await self._store.commit(Put(order, expect=0), Emit(created), Enqueue(job), *remember(order))
        self.worker.wake()
        return order

    async def release(
        self, principal: Principal, before: Document, body: dict[str, Any], remember: Remembering
    ) -> Document:
        """A draft as its customer wrote it last: ordered when its state says so, else a draft as before."""
        now = self._clock.now()
        if body["state"] == State.DRAFT:
            after = replace(before, body=body, revision=before.revision + 1)
            changes: list[Change] = [*emitted(before, after, now, None)]
        elif body["state"] == State.ACKNOWLEDGED:
            order, job = await self._acceptance.accept(principal, body, before.id, now)
            after = replace(order, revision=before.revision + 1)
            changes = [*emitted(before, after, now, job.trace), Enqueue(job)]
        else:
            raise Invalid("order.state", "a draft is acknowledged, edited or deleted, nothing else")
        await self._store.commit(Put(after, expect=before.revision), *changes, *remember(after))
        self.worker.wake()
        return after

    async def cancel(self, principal: Principal, body: dict[str, Any], remember: Remembering) -> Document:
        """Only an order that has not begun; one that has is refused with its state."""
        wanted = cancelled_order(body)
        order = await self._store.get(principal, ORDER, wanted)
        if order is None:
            raise Unknown("order.unknown", "there is no such product order")
        job = await self._store.job(principal, wanted)
        if order.body["state"] != State.ACKNOWLEDGED or job is None:
            raise Clash("order.begun", f"the order is {order.body['state']} and cannot be cancelled any more")
        now = self._clock.now()
        at = rfc3339(now)
        said = {"cancellationDate": at}
        if body.get("cancellationReason"):
            said["cancellationReason"] = body["cancellationReason"]
        leaves = Plan.unpack(job.data).leaves
        assessed = with_states(order.body, leaves, dict.fromkeys(leaves, State.ASSESSING_CANCELLATION))
        cancelled = with_states(assessed, leaves, dict.fromkeys(leaves, State.CANCELLED)) | said
        after = replace(order, body=cancelled, revision=order.revision + 1)
        id = _new_id()
        asked = {**body, "id": id, "state": "acknowledged", "creationDate": at, "@type": CANCEL_TYPE}
        task = Document(CANCEL, id, asked | {"state": "done", "effectiveCancellationDate": at}, order.owner, revision=1)
        changes: list[Change] = [
            Advance(replace(job, open=False)),
            Put(after, expect=order.revision),
            Put(task, expect=0),
            Emit(told.event(CANCEL_TYPE, told.CREATED, replace(task, body=asked), now, job.trace)),
            *emitted(order, replace(after, body=assessed), now, job.trace),
            *emitted(replace(order, body=assessed), after, now, job.trace),
            Emit(told.event(CANCEL_TYPE, told.MOVED, task, now, job.trace)),
        ]
        try:
            await self._store.commit(*changes, *remember(task))
        except Stale as error:
            raise Clash("order.begun", "the order has just begun and cannot be cancelled any more") from error
        self.worker.wake()
        return task

    async def _draft(self, principal: Principal, body: dict[str, Any], remember: Remembering) -> Document:
        """An order still being written: kept for whom it names, checked when it is released."""
        named = customers_of(body)
        if len(named) > 1 or (not named and principal.customers is not None):
            raise Invalid("order.customer", "relatedParty must name exactly one customer")
        owner = (await self._acceptance.customer(principal, named[0])).id if named else NOBODY
        now, id = self._clock.now(), _new_id()
        order = Document(ORDER, id, draft(body, id, now), owner, revision=1)
        created = told.event(TYPE, told.CREATED, order, now)
        await self._store.commit(Put(order, expect=0), Emit(created), *remember(order))
        return order

    async def _reject(self, body: dict[str, Any], refusal: Refusal, remember: Remembering) -> Document:
        """Kept for whoever sent it to see what became of it; nothing is done."""
        now, id = self._clock.now(), _new_id()
        received, rejected = refused(body, id, refusal, now)
        order = Document(ORDER, id, rejected, NOBODY, revision=1)
        created = told.event(TYPE, told.CREATED, replace(order, body=received), now)
        await self._store.commit(
            Put(order, expect=0), Emit(created), Emit(told.event(TYPE, told.MOVED, order, now)), *remember(order)
        )
        return order


def _new_id() -> str:
    return str(uuid_utils.uuid7())
