"""Top-ups: accepted whatever is down, sent at once, and settled when nobody answers; none is ever made twice."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
import uuid_utils
from opentelemetry import trace

from contracts.call import Principal, unsupported
from contracts.clock import Clock, rfc3339
from contracts.ports import BalancePort
from gateway.flows import told
from gateway.flows.balance.balances import Balances
from gateway.flows.balance.guesses import Guesses
from gateway.flows.balance.nouns import BUCKET, NOBODY, TOP_UP
from gateway.flows.balance.pending import KIND, Pending
from gateway.flows.balance.request import amount_of, check_once, references, voucher_of
from gateway.flows.balance.run import TYPE, Run, emitted, turned
from gateway.flows.balance.sending import Sending
from gateway.flows.balance.subscribers import Subscribers, numbers
from gateway.flows.journal import USUAL, Overtaken, Schedule, Worker
from gateway.flows.refusal import Clash, Invalid, Unknown
from gateway.policy.ports import Ports
from gateway.security import BANYAN
from gateway.store.port import Advance, Change, Document, Emit, Enqueue, Job, Put, Stale, Store
from gateway.telemetry import SUBJECT
from gateway.telemetry.marks import traceparent

Remembering = Callable[[Document], Sequence[Change]]
BY_HAND = ("completed", "failed")
"""How somebody who has looked settles a top-up that is held."""

_log = structlog.get_logger("banyan.balance")


class TopUps:
    def __init__(
        self,
        store: Store,
        ports: Ports,
        subscribers: Subscribers,
        balances: Balances,
        clock: Clock,
        schedule: Schedule = USUAL,
    ) -> None:
        self._store = store
        self._ports = ports
        self._subscribers = subscribers
        self._clock = clock
        self._lease_s = schedule.lease_s
        self._guesses = Guesses(store, clock)
        self._run = Run(
            store, Sending(ports, clock, schedule.call_s), clock, schedule.reconcile, balances.renew, self._guesses
        )
        self._counting = asyncio.Lock()
        self._sent: set[asyncio.Task[None]] = set()
        self.worker = Worker(store, KIND, self._run, clock, schedule)

    async def run(self) -> None:
        """For ever; when this is cancelled, what is being sent is found in doubt by whoever comes next."""
        try:
            await self.worker.work()
        finally:
            for task in self._sent:
                task.cancel()
            await asyncio.gather(*self._sent, return_exceptions=True)

    async def accept(self, principal: Principal, body: dict[str, Any], remember: Remembering) -> Document:
        """Write the top-up and the intent to send it at once, then send it; no legacy is asked before."""
        check_once(body)
        voucher = voucher_of(body)
        money = None if voucher is not None else amount_of(body)
        number = await self._subscriber(principal, body)
        serving = self._ports.serving(BalancePort, operator=principal.operator)
        needed = "balance.top_up" if voucher is None else "balance.voucher"
        if needed not in serving.offers:
            raise unsupported(needed)
        now, id = self._clock.now(), str(uuid_utils.uuid7())
        owner = await self._subscribers.owner_of(number)
        pending = Pending(
            id=id,
            subscriber=number,
            system=serving.system,
            owner=NOBODY if owner is None else owner,
            subject=principal.acting_for or principal.subject,
            client=principal.client,
            operator=principal.operator,
            sent=now,
            amount=money.amount if money else None,
            currency=money.currency if money else "",
        )
        document = Document(TOP_UP, id, _accepted(body, id, number, rfc3339(now)), pending.owner, revision=1)
        due = now + timedelta(seconds=self._lease_s)
        job = Job(id, KIND, lane=id, data=pending.pack(), due=due, trace=traceparent(), owner=pending.owner)
        trace.get_current_span().set_attribute(SUBJECT, id)
        created = told.event(TYPE, told.CREATED, document, now, job.trace)
        await self._commit(pending, Put(document, expect=0), Emit(created), Enqueue(job), *remember(document))
        task = asyncio.create_task(self._first(job, voucher or ""))
        self._sent.add(task)
        task.add_done_callback(self._sent.discard)
        return document

    async def settle(self, before: Document, body: dict[str, Any], remember: Remembering) -> Document:
        """By hand, what nobody could be asked about: whoever looked says what became of it."""
        status = body["status"]
        if before.body["status"] != "held" or status not in BY_HAND:
            raise Clash("balance.status", f"only a top-up that is held is settled by hand, as {' or '.join(BY_HAND)}")
        job = await self._store.job(BANYAN, before.id)
        now = self._clock.now()
        after = replace(before, body=turned(body, status, "settled by hand", now), revision=before.revision + 1)
        closing = [] if job is None else [Advance(replace(job, open=False))]
        events = emitted(before, after, now)
        await self._store.commit(*closing, Put(after, expect=before.revision), *events, *remember(after))
        return after

    async def _commit(self, pending: Pending, *changes: Change) -> None:
        """A voucher is counted with it; when others of the same customer come at the same time, one after the other."""
        if pending.amount is not None:
            await self._store.commit(*changes)
            return
        async with self._counting:
            await self._store.commit(*changes, await self._guesses.counted(pending))

    async def _first(self, job: Job, voucher: str) -> None:
        """What goes wrong here leaves the intent, and the worker finds it in doubt."""
        try:
            await self._run.first(job, voucher)
        except (Stale, Overtaken):
            _log.warning("balance.topup_taken_over", topup=job.id)

    async def _subscriber(self, principal: Principal, body: dict[str, Any]) -> str:
        """The one number that is meant, by whatever names it."""
        named = numbers(references(body, "logicalResource"))
        for bucket in references(body, "bucket"):
            kept = await self._store.get(principal, BUCKET, bucket)
            if kept is None:
                raise Unknown("balance.unknown", "There is no such balance")
            named += numbers(references(kept.body, "logicalResource"))
        if not named:
            ways = (
                ("product", self._subscribers.of_product),
                ("partyAccount", self._subscribers.of_account),
                ("relatedParty", self._subscribers.of_customer),
            )
            for name, behind in ways:
                named = named or [number for id in references(body, name) for number in await behind(id)]
        if len(set(named)) != 1:
            raise Invalid("balance.subscriber", "name one subscriber: its number as logicalResource, or its bucket")
        if not await self._subscribers.may_see(principal, named[0]):
            raise Unknown("subscriber.unknown", "There is no such subscriber")
        return named[0]


def _accepted(body: dict[str, Any], id: str, number: str, at: str) -> dict[str, Any]:
    """The top-up as it is kept: under its number, and without the code of its voucher."""
    kept = {name: value for name, value in body.items() if name not in ("voucher", "confirmationDate", "statusReason")}
    resource = {"id": number, "value": number, "@referredType": "MSISDN", **(body.get("logicalResource") or {})}
    told_at = {"requestedDate": at, "usageType": "monetary"}
    return {**told_at, **kept, "id": id, "status": "inProgress", "logicalResource": {**resource, "id": number}}
