"""One order on its way: the next step, what came of it, and what that means for the order."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta

from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Span

from contracts.clock import Clock, rfc3339
from gateway.flows import told
from gateway.flows.journal.outcome import Done, InDoubt, NeverArrived, NotReached, Outcome, Refused, Stuck
from gateway.flows.journal.schedule import HELD_S, again, asked_next
from gateway.flows.orders import turns
from gateway.flows.orders.journal import Entry, Journal, nothing
from gateway.flows.orders.plan import Plan, Step, StepState
from gateway.flows.orders.products import booked, crossrefs, product_documents, realisations
from gateway.flows.orders.steps import Steps
from gateway.store.port import Change, Emit, Job, Link, Put
from gateway.telemetry import SUBJECT

_tracer = trace.get_tracer("banyan.orders")


class Run:
    """Goes as far as the order can go now; every intent is written before it is sent."""

    def __init__(self, journal: Journal, steps: Steps, clock: Clock, reconcile: Sequence[float]) -> None:
        self._journal = journal
        self._steps = steps
        self._clock = clock
        self._reconcile = reconcile

    async def go(self, job: Job) -> None:
        plan: Plan | None = Plan.unpack(job.data)
        while plan is not None:
            plan = await (self._forward(job, plan) if plan.refusal is None else self._back(job, plan))

    async def hold(self, job: Job, why: str) -> None:
        """Put the order aside for a human; `job` as it was last written, or a sent step would look unsent."""
        await self._journal.write(job, Entry(Plan.unpack(job.data), turns.held, why, self._after(HELD_S)))

    async def _forward(self, job: Job, plan: Plan) -> Plan | None:
        """Take the next step; None when the order has to wait or is completed."""
        step = next((step for step in plan.steps if step.state is not StepState.DONE), None)
        if step is None:
            await self._complete(job, plan)
            return None
        if step.state is StepState.DUE:
            step = replace(step, state=StepState.SENDING, sent=self._clock.now())
            plan = plan.with_step(step)
            await self._journal.write(job, Entry(plan, turns.started(plan, step)))
            with self._span(job, plan, step, "send"):
                outcome = await self._steps.send(plan, step)
        else:
            with self._span(job, plan, step, "ask"):
                outcome = await self._steps.ask(plan, step)
            step = replace(step, state=StepState.DOUBT)
        return await self._settled(job, plan, step, outcome)

    async def _settled(self, job: Job, plan: Plan, step: Step, outcome: Outcome) -> Plan | None:
        match outcome:
            case Done(native_id, facts):
                return plan.with_step(replace(step, state=StepState.DONE, native_id=native_id, facts=facts, waited=0))
            case NeverArrived():
                return plan.with_step(replace(step, state=StepState.DUE, waited=0))
            case Refused(why):
                refused = replace(plan.with_step(replace(step, state=StepState.REFUSED)), refusal=why)
                await self._journal.write(job, Entry(refused, turns.resumed))
                return refused
            case NotReached() if step.state is StepState.SENDING:
                waiting = replace(step, state=StepState.DUE, waited=step.waited + 1)
                await self._journal.write(job, Entry(plan.with_step(waiting), due=self._again(waiting, outcome)))
            case NotReached() | InDoubt():
                await self._doubtful(job, plan, step, outcome)
            case Stuck(why):
                state = StepState.DUE if step.state is StepState.SENDING else StepState.DOUBT
                stuck = plan.with_step(replace(step, state=state))
                await self._journal.write(job, Entry(stuck, turns.held, why, self._after(HELD_S)))
        return None

    async def _doubtful(self, job: Job, plan: Plan, step: Step, outcome: NotReached | InDoubt) -> None:
        """Ask by the schedule; a system that cannot even be asked is asked again sooner."""
        now = self._clock.now()
        sent = step.sent or now
        step = replace(step, state=StepState.DOUBT)
        asking = asked_next(now, sent, self._reconcile)
        due = asking or self._after(self._reconcile[-1])
        if isinstance(outcome, NotReached):
            step = replace(step, waited=step.waited + 1)
            due = min(due, self._again(step, outcome))
        note = f"{step.system} has not confirmed {step.reference} yet; it is asked again until it does"
        turn = nothing if asking else turns.held
        await self._journal.write(job, Entry(plan.with_step(step), turn, note, due))

    async def _complete(self, job: Job, plan: Plan) -> None:
        now = self._clock.now()
        more: list[Change] = []
        for document in product_documents(plan, rfc3339(now)):
            more += [Put(document, expect=0), Emit(told.event("Product", told.CREATED, document, now, job.trace))]
        more += [Put(document, expect=0) for document in realisations(plan)]
        more += [Link(crossref) for crossref in (booked(plan), *crossrefs(plan)) if crossref]
        delivered = {product.item_id: product.id for product in reversed(plan.products)}
        entry = Entry(plan, turns.completed, closed=True, delivered=delivered, more=tuple(more))
        await self._journal.write(job, entry)

    async def _back(self, job: Job, plan: Plan) -> Plan | None:
        """Undo the last step that is done; None when the order has to wait or has failed."""
        step = next((step for step in reversed(plan.steps) if step.state is StepState.DONE), None)
        if step is None:
            await self._journal.write(job, Entry(plan, turns.failed(plan), _farewell(plan), closed=True))
            return None
        with self._span(job, plan, step, "undo"):
            outcome = await self._steps.undo(plan, step)
        if isinstance(outcome, NotReached):
            step = replace(step, waited=step.waited + 1)
            await self._journal.write(job, Entry(plan.with_step(step), due=self._again(step, outcome)))
            return None
        state = StepState.UNDONE if isinstance(outcome, Done) else StepState.LEFT
        plan = plan.with_step(replace(step, state=state))
        await self._journal.write(job, Entry(plan))
        return plan

    def _span(self, job: Job, plan: Plan, step: Step, what: str) -> AbstractContextManager[Span]:
        """Part of the trace of the request that ordered it."""
        carrier = {"traceparent": job.trace} if job.trace else {}
        attributes = {
            SUBJECT: plan.order_id,
            "gateway.step.reference": step.reference,
            "gateway.step.what": what,
        }
        return _tracer.start_as_current_span(
            f"orders.step {step.kind}", context=extract(carrier), attributes=attributes
        )

    def _after(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)

    def _again(self, step: Step, outcome: NotReached) -> datetime:
        return again(self._clock.now(), step.waited, outcome)


def _farewell(plan: Plan) -> str:
    left: Mapping[str, str] = {s.reference: s.system for s in plan.steps if s.state is StepState.LEFT}
    remains = "".join(
        f"; {reference} could not be undone and remains in {system}" for reference, system in left.items()
    )
    return f"refused: {plan.refusal}{remains}"
