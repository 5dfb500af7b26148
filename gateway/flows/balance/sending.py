"""One top-up against its system: send it, ask what became of it."""

from datetime import timedelta

from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import Happened, NotFound, PortError
from contracts.ports import BalancePort
from gateway.flows.balance.pending import Pending
from gateway.flows.journal.outcome import Done, InDoubt, NeverArrived, NotReached, Outcome, Refused, Stuck
from gateway.policy.ports import Ports, Serving
from gateway.policy.retry import PASSING

LOOK_UP = "balance.lookup"


class Sending:
    def __init__(self, ports: Ports, clock: Clock, call_s: float) -> None:
        self._ports = ports
        self._clock = clock
        self._call_s = call_s

    async def send(self, pending: Pending, voucher: str = "") -> Outcome:
        """Only after the intent is written."""
        port = self._served(pending).port
        try:
            if pending.amount is None:
                receipt = await port.redeem(self.call(pending), pending.top_up(voucher))
            else:
                receipt = await port.top_up(self.call(pending), pending.top_up())
        except PASSING as error:
            if error.happened is Happened.NO:
                return NotReached(str(error), error.retry_after)
            return InDoubt(str(error))
        except PortError as error:
            return Refused(str(error)) if error.happened is Happened.NO else InDoubt(str(error))
        return Done(receipt.native_id)

    async def ask(self, pending: Pending) -> Outcome:
        """What became of one that was sent and not answered."""
        serving = self._served(pending)
        if LOOK_UP not in serving.offers:
            return Stuck(f"{pending.system} did not answer and cannot be asked; somebody has to look, and settle it")
        try:
            receipt = await serving.port.top_up_by_key(self.call(pending), pending.top_up())
        except NotFound:
            receipt = None
        except PASSING as error:
            return NotReached(str(error), error.retry_after)
        except PortError:
            return Stuck(f"{pending.system} does not tell what became of it; somebody has to look, and settle it")
        if receipt is not None:
            return Done(receipt.native_id)
        if self._clock.now() - pending.sent >= timedelta(seconds=serving.settle_s):
            return NeverArrived()
        return InDoubt(f"{pending.system} may still be working on it")

    def call(self, pending: Pending) -> Call:
        deadline = self._clock.monotonic() + self._call_s
        return Call(deadline, pending.operator, pending.principal(), key=pending.id)

    def _served(self, pending: Pending) -> Serving[BalancePort]:
        """The system that it was sent to, whoever serves new ones by now."""
        for serving in self._ports.all(BalancePort):
            if serving.system == pending.system:
                return serving
        raise LookupError(f"{pending.system} serves no balances any more")
