"""Usage files taken in exactly once: from the drop folder through the ledger of files to `done/` or `held/`."""

import structlog
from opentelemetry import trace

from contracts.call import Call, Principal
from contracts.clock import Clock
from contracts.errors import PortError
from contracts.model import UsageFile, UsageRecord
from contracts.ports import UsageFilePort
from gateway.flows.usage.guide import Guide
from gateway.policy.ports import Ports, Serving
from gateway.store.usage import UsageStore
from gateway.store.usage_rows import FileRow

POLL_S = 0.2
NOTICE_S = 1.0
ASK_AGAIN_S = 30.0
_DEADLINE_S = 60.0

_log = structlog.get_logger("banyan.usage")
_tracer = trace.get_tracer("banyan.usage")
# Looking into the folder five times a second is no story that a trace should tell.
_UNSAMPLED = trace.NonRecordingSpan(trace.SpanContext(trace_id=1, span_id=1, is_remote=False))


class Usage:
    """The usage flow: `run` is its background loop, `poll` one turn of it."""

    def __init__(self, ports: Ports, usage: UsageStore, guide: Guide, clock: Clock, background: Principal) -> None:
        self._ports = ports
        self._usage = usage
        self._guide = guide
        self._clock = clock
        self._background = background
        self._noticed = self._asked = float("-inf")

    async def run(self) -> None:
        await self._guide.publish()
        while True:
            await self.poll()
            await self._clock.sleep(POLL_S)

    async def poll(self) -> None:
        """Take in every complete file, then guide and charge whatever waits."""
        now = self._clock.monotonic()
        if now - self._noticed >= NOTICE_S:
            self._noticed = now
            await self._guide.notice()
        if now - self._asked >= ASK_AGAIN_S:
            self._asked = now
            await self._usage.ask_again()
        for serving in self._ports.all(UsageFilePort):
            await self._take_all(serving)
        await self._guide.settle()

    async def _take_all(self, serving: Serving[UsageFilePort]) -> None:
        """One file that cannot be read now keeps nobody else waiting; the next poll reads on where it stopped."""
        try:
            with trace.use_span(_UNSAMPLED):
                waiting = await serving.port.waiting(self._call())
        except PortError as error:
            _log.warning("usage.folder", system=serving.system, error=str(error))
            return
        for file in waiting:
            try:
                await self._take(serving, file)
            except PortError as error:
                _log.warning("usage.file", system=serving.system, file=file.sha256, error=str(error))

    async def _take(self, serving: Serving[UsageFilePort], file: UsageFile) -> None:
        with _tracer.start_as_current_span("usage.file", attributes={"usage.layout": file.layout}) as span:
            row = await self._usage.ledger.see(serving.system, file, self._clock.now())
            if row.state == "reading":
                await self._read(serving, file, row)
            row = await self._usage.ledger.file(serving.system, file.name, file.sha256) or row
            span.set_attribute("usage.state", row.state)
            span.set_attribute("usage.rows", row.rows)
            await serving.port.settle(self._call(), file, accepted=row.state != "held")
            _log.info("usage.file", layout=row.layout, state=row.state, rows=row.rows, accepted=row.accepted)

    async def _read(self, serving: Serving[UsageFilePort], file: UsageFile, row: FileRow) -> None:
        if file.refused is not None:
            await self._usage.ledger.finish(row, "held", file.refused)
            return
        if known := await self._usage.ledger.finished_as(file.sha256):
            # Every row of it is known, its bad ones are in quarantine already.
            await self._usage.ledger.finish(row, "duplicate", f"the same bytes as {known.name}", known.rows)
            return
        owners: dict[tuple[str, str], str | None] = {}
        async for chunk in serving.port.rows(self._call(), file):
            for name in {(each.subscriber_kind, each.subscriber) for each in chunk if isinstance(each, UsageRecord)}:
                if name not in owners:
                    owners[name] = await self._guide.owner_of(*name)
            await self._usage.ledger.take(row, chunk, owners, self._clock.now())
        await self._usage.ledger.finish(row, "done")

    def _call(self) -> Call:
        deadline = self._clock.monotonic() + _DEADLINE_S
        return Call(deadline=deadline, operator=self._background.operator, principal=self._background)
