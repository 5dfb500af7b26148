"""One step against its system: send it, ask what became of it, undo it."""

from datetime import timedelta

from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import Happened, NotFound, PortError, Rejected
from contracts.model import WorkState
from contracts.ports import OrderPort, ProvisioningPort
from gateway.flows.journal.outcome import Done, InDoubt, NeverArrived, NotReached, Outcome, Refused, Stuck
from gateway.flows.orders.plan import Plan, Step
from gateway.policy.ports import P, Ports, Serving
from gateway.policy.retry import PASSING


class Steps:
    def __init__(self, ports: Ports, clock: Clock, call_s: float) -> None:
        self._ports = ports
        self._clock = clock
        self._call_s = call_s

    async def send(self, plan: Plan, step: Step) -> Outcome:
        """Ask for the work; only after the intent is written."""
        call = self._call(plan, step)
        try:
            if step.work:
                receipt = await self._served(ProvisioningPort, step).port.activate(call, step.work)
            else:
                assert step.booking is not None
                receipt = await self._served(OrderPort, step).port.place_order(call, step.booking)
        except PASSING as error:
            return _not_reached(error) if error.happened is Happened.NO else InDoubt(str(error))
        except (Rejected, NotFound) as error:
            return Refused(str(error))
        except PortError as error:
            return Stuck(str(error))
        return Done(receipt.native_id, receipt.facts)

    async def ask(self, plan: Plan, step: Step) -> Outcome:
        """What became of a step that was sent and not answered."""
        call = self._call(plan, step)
        try:
            if step.work:
                return await self._ask_service(call, step)
            return await self._ask_booking(call, step)
        except PASSING as error:
            return _not_reached(error)
        except PortError as error:
            return Stuck(f"{step.system} does not tell what became of {step.reference}: {error}")

    async def undo(self, plan: Plan, step: Step) -> Outcome:
        """Take the work back; what is not there any more counts as taken back."""
        call = self._call(plan, step)
        try:
            if step.work:
                await self._served(ProvisioningPort, step).port.deactivate(call, step.work)
            elif step.native_id:
                await self._served(OrderPort, step).port.cancel_order(call, step.native_id)
        except NotFound:
            return Done()
        except PASSING as error:
            return _not_reached(error)
        except PortError as error:
            return Refused(str(error))
        return Done()

    async def _ask_service(self, call: Call, step: Step) -> Outcome:
        try:
            found = await self._served(ProvisioningPort, step).port.activation_state(call, step.reference)
        except NotFound:
            return NeverArrived()
        if found.state is WorkState.DONE:
            return Done(found.native_id, found.facts)
        if found.state is WorkState.RUNNING:
            return InDoubt(f"{step.system} is still working on {step.reference}")
        return Refused(f"{step.system} ended {step.reference} as {found.state}: {found.detail or 'no reason given'}")

    async def _ask_booking(self, call: Call, step: Step) -> Outcome:
        assert step.booking is not None
        serving = self._served(OrderPort, step)
        receipt = await serving.port.order_by_key(call, step.booking)
        if receipt is not None:
            return Done(receipt.native_id, receipt.facts)
        sent = step.sent or self._clock.now()
        if self._clock.now() - sent >= timedelta(seconds=serving.settle_s):
            return NeverArrived()
        return InDoubt(f"{step.system} may still be working on {step.reference}")

    def _served(self, port: type[P], step: Step) -> Serving[P]:
        """The system that the plan named, whoever serves new orders by now."""
        for serving in self._ports.all(port):
            if serving.system == step.system:
                return serving
        raise LookupError(f"{step.system} serves no {port.__name__} any more")

    def _call(self, plan: Plan, step: Step) -> Call:
        return Call(self._clock.monotonic() + self._call_s, plan.operator, plan.principal(), key=step.reference)


def _not_reached(error: PortError) -> NotReached:
    return NotReached(str(error), error.retry_after)
