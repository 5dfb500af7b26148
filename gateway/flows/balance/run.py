"""A top-up on its way: every intent is written before it is sent, and what nobody answered is never sent blindly."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Span

from contracts.call import Call
from contracts.clock import Clock, rfc3339
from gateway.flows import told
from gateway.flows.balance.guesses import Guesses
from gateway.flows.balance.nouns import TOP_UP
from gateway.flows.balance.pending import Pending, Stage
from gateway.flows.balance.sending import Sending
from gateway.flows.journal import Overtaken
from gateway.flows.journal.outcome import Done, InDoubt, NeverArrived, NotReached, Outcome, Refused, Stuck
from gateway.flows.journal.schedule import HELD_S, again, asked_next
from gateway.security import BANYAN
from gateway.store.port import Advance, Change, Document, Emit, Job, Put, Stale, Store
from gateway.telemetry import SUBJECT

TYPE = "TopupBalance"
OPEN = frozenset({"inProgress", "held"})
TRIES = 3
"""A PATCH of the top-up may come between our reading and our writing; a lost lease stays lost."""
NOT_SENT = "the system could not be reached; the voucher is not spent and can be sent again"
NOT_ARRIVED = "the voucher was never spent and can be sent again"

_tracer = trace.get_tracer("banyan.balance")


class Run:
    """Satisfies `gateway.flows.journal.worker.Work`."""

    def __init__(
        self,
        store: Store,
        sending: Sending,
        clock: Clock,
        reconcile: Sequence[float],
        renew: Callable[[Call, str], Awaitable[None]],
        guesses: Guesses,
    ) -> None:
        """`renew` reads a subscriber's balance again, after it was moved."""
        self._store = store
        self._sending = sending
        self._clock = clock
        self._reconcile = reconcile
        self._renew = renew
        self._guesses = guesses

    async def first(self, job: Job, voucher: str) -> None:
        """Send what was just accepted, its intent written with it."""
        pending = Pending.unpack(job.data)
        with self._span(job, pending, "send"):
            outcome = await self._sending.send(pending, voucher)
        await self._settled(job, pending, outcome, voucher)

    async def hold(self, job: Job, why: str) -> None:
        await self._write(job, Pending.unpack(job.data), "held", why, due=self._after(HELD_S))

    async def go(self, job: Job) -> None:
        pending: Pending | None = Pending.unpack(job.data)
        while pending is not None:
            if pending.stage is Stage.DUE:
                pending = replace(pending, stage=Stage.SENDING, sent=self._clock.now())
                await self._write(job, pending)
                with self._span(job, pending, "send"):
                    outcome = await self._sending.send(pending)
            else:
                with self._span(job, pending, "ask"):
                    outcome = await self._sending.ask(pending)
                pending = replace(pending, stage=Stage.DOUBT)
            pending = await self._settled(job, pending, outcome)

    async def _settled(self, job: Job, pending: Pending, outcome: Outcome, secret: str = "") -> Pending | None:
        """What is left to be done at once; None when it has to wait or has come to its end."""
        match outcome:
            case Done():
                await self._write(job, pending, "completed", closed=True)
                await self._honest(pending)
                await self._renew(self._sending.call(pending), pending.subscriber)
            case NeverArrived() if pending.amount is not None:
                return replace(pending, stage=Stage.DUE, waited=0)
            case NeverArrived():
                await self._write(job, pending, "failed", NOT_ARRIVED, closed=True)
                await self._honest(pending)
            case Refused(why):
                told_why = "the system refused it" if secret and secret in why else why
                await self._write(job, pending, "failed", told_why, closed=True)
            case NotReached() if pending.stage is Stage.SENDING and pending.amount is None:
                await self._write(job, pending, "failed", NOT_SENT, closed=True)
                await self._honest(pending)
            case NotReached() if pending.stage is Stage.SENDING:
                waiting = replace(pending, stage=Stage.DUE, waited=pending.waited + 1)
                await self._write(job, waiting, due=again(self._clock.now(), waiting.waited, outcome))
            case NotReached() | InDoubt():
                await self._doubtful(job, pending, outcome)
            case Stuck(why):
                await self._write(job, replace(pending, stage=Stage.DOUBT), "held", why, due=self._after(HELD_S))
        return None

    async def _honest(self, pending: Pending) -> None:
        if pending.amount is None:
            await self._guesses.forget(pending)

    async def _doubtful(self, job: Job, pending: Pending, outcome: NotReached | InDoubt) -> None:
        """Ask by the schedule; a system that cannot even be asked is asked again sooner."""
        now = self._clock.now()
        asking = asked_next(now, pending.sent, self._reconcile)
        due = asking or self._after(self._reconcile[-1])
        pending = replace(pending, stage=Stage.DOUBT)
        if isinstance(outcome, NotReached):
            pending = replace(pending, waited=pending.waited + 1)
            due = min(due, again(now, pending.waited, outcome))
        why = f"{pending.system} has not confirmed it yet; it is asked again until it does"
        await self._write(job, pending, None if asking else "held", why, due=due)

    async def _write(
        self,
        job: Job,
        pending: Pending,
        status: str | None = None,
        why: str | None = None,
        *,
        due: datetime | None = None,
        closed: bool = False,
    ) -> None:
        """The job and what its client sees of it, in one commit; without `due` work follows and the lease is kept."""
        for attempt in range(1, TRIES + 1):
            try:
                await self._store.commit(*await self._changes(job, pending, status, why, due, closed=closed))
            except Stale:
                if attempt == TRIES:
                    raise
            else:
                return

    async def _changes(
        self, job: Job, pending: Pending, status: str | None, why: str | None, due: datetime | None, *, closed: bool
    ) -> list[Change]:
        before = await self._store.get(BANYAN, TOP_UP, pending.id)
        if before is None or before.body["status"] not in OPEN:
            raise Overtaken(pending.id)
        now = self._clock.now()
        job = replace(job, data=pending.pack(), due=due or now, open=not closed)
        advance = Advance(job, keep=due is None and not closed)
        body = turned(before.body, status, why, now)
        if body == before.body:
            return [advance]
        after = replace(before, body=body, revision=before.revision + 1)
        return [advance, Put(after, expect=before.revision), *emitted(before, after, now, job.trace)]

    def _span(self, job: Job, pending: Pending, what: str) -> AbstractContextManager[Span]:
        """Part of the trace of the request that asked for it."""
        carrier = {"traceparent": job.trace} if job.trace else {}
        attributes = {SUBJECT: pending.id, "gateway.step.what": what}
        return _tracer.start_as_current_span("balance.topup", context=extract(carrier), attributes=attributes)

    def _after(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)


def turned(before: dict[str, Any], status: str | None, why: str | None, now: datetime) -> dict[str, Any]:
    """The top-up as it stands by now; `statusReason` says why it is not completed."""
    body = {**before, "status": status or "inProgress"}
    body.pop("statusReason", None)
    if why is not None:
        body["statusReason"] = why
    if body["status"] == "completed":
        body["confirmationDate"] = rfc3339(now)
    return body


def emitted(before: Document, after: Document, now: datetime, trace: str | None = None) -> list[Emit]:
    said = told.changes(before.body, after.body, ("confirmationDate", "statusReason"))
    if after.body["status"] == "failed" != before.body["status"]:
        said.append("FailureEvent")
    return [Emit(told.event(TYPE, what, after, now, trace)) for what in said]
