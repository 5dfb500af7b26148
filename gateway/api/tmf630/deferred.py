"""Writes that are accepted now and carried out behind: 202 and a monitor, a job of the journal, and its worker."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from opentelemetry import trace
from opentelemetry.propagate import extract
from uuid_utils import uuid7

from contracts.call import Call, Principal
from contracts.clock import Clock
from gateway.api.tmf630 import writes
from gateway.api.tmf630.answers import Answer, certain
from gateway.api.tmf630.conditions import matched
from gateway.api.tmf630.errors import Refused
from gateway.api.tmf630.monitors import accepted, begun, collection_of, ended, news
from gateway.api.tmf630.rendering import href
from gateway.api.tmf630.request import Request
from gateway.api.tmf630.resources import Endpoint
from gateway.flows.told import CREATED, MOVED
from gateway.security import BANYAN
from gateway.store.port import Advance, Drop, Enqueue, Finish, Job, Put, Stale, Store, Unreachable
from gateway.telemetry.marks import traceparent

KIND: Final = "write"
_ALWAYS: Final = frozenset({("TMF640", "service", "POST")})
_NEVER: Final = frozenset({"hub", "topupBalance"})
"""What carries a secret, or is sent at once anyway: a job would keep it as it came."""
_SENT: Final = ("accept", "content-type", "if-match")
_LANES, _POLL_S, _SPARE_S = 4, 2.0, 30.0
_KEPT: Final = "monitor"
"""The kind of the jobs that wait until a monitor need no longer be kept."""
_SWEEP_S, _SWEPT = 600.0, 100
_LOG = structlog.get_logger("banyan.writes")
_TRACER = trace.get_tracer("banyan.writes")


def is_deferred(endpoint: Endpoint, request: Request) -> bool:
    """Whether this write is one to be carried out behind; refuses an expectation that nobody here can meet."""
    expected = {word.strip().lower() for word in request.headers.get("expect", "").split(",")} - {"", "100-continue"}
    if expected - {"202-accepted"}:
        raise Refused(HTTPStatus.EXPECTATION_FAILED, "request.expectation", "Expect may ask for 202-accepted only")
    if endpoint.resource.name in _NEVER:
        return False
    resource = endpoint.resource
    asked = bool(expected) or _prefers(request)
    return asked or (resource.api, resource.name, request.method) in _ALWAYS


class Deferred:
    """Accepts such writes and carries them out, each under a key of its own, so that a repetition is harmless."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        find: Callable[[str], Endpoint],
        write_s: float,
        drain_s: float,
        kept: timedelta,
    ) -> None:
        """`find` gives the endpoint of a collection, by its path as a client writes it."""
        self._store = store
        self._clock = clock
        self._find = find
        self._write_s = write_s
        self._drain_s = drain_s
        self._kept = kept
        self._news = asyncio.Event()
        self._ending = False

    async def accept(self, endpoint: Endpoint, request: Request) -> Answer:
        """What is malformed, unknown or stale is refused at once; the rest is told by the monitor."""
        writing = writes.read(endpoint, request)
        key = None if writing.key is None else replace(writing.key, status=HTTPStatus.ACCEPTED)
        if key is not None and (earlier := await key.earlier(self._store)) is not None:
            return writing.again(earlier)
        asked = await matched(endpoint, endpoint.asked(request, key), request)
        if request.id is not None:
            document = await endpoint.room.get(asked, request.id)
            if writing.patch is not None:
                writing.patch(document.body)
        watch = self._watch(endpoint, request)
        id = str(uuid7())
        source = request.collection if request.id is None else href(request.collection, request.id)
        monitor = begun(watch.resource, id, request, source)
        lane = id if request.id is None else source
        job = Job(id, KIND, lane, _packed(request), self._clock.now(), trace=traceparent())
        try:
            await self._store.commit(
                Put(monitor, expect=0),
                Enqueue(job),
                *news(watch.resource, self._clock, monitor, CREATED),
                *asked.remember(monitor),
            )
        except Stale:
            if key is None or (earlier := await key.earlier(self._store)) is None:
                raise
            return writing.again(earlier)
        self._news.set()
        answer = accepted(endpoint, request, monitor)
        applied = {"Preference-Applied": "respond-async"} if _prefers(request) else {}
        return replace(answer, headers={**answer.headers, **applied})

    async def run(self) -> None:
        """For ever; when this is cancelled, what is at work may be finished, and the rest is left to others."""
        self._ending = False
        lanes = [asyncio.create_task(self._lane()) for _ in range(_LANES)]
        sweeping = asyncio.create_task(self._sweeping())
        try:
            done, _ = await asyncio.wait((*lanes, sweeping), return_when=asyncio.FIRST_EXCEPTION)
            for ended in done:
                ended.result()
        finally:
            self._ending = True
            self._news.set()
            sweeping.cancel()
            _, late = await asyncio.wait(lanes, timeout=self._drain_s)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*lanes, sweeping, return_exceptions=True)

    async def work(self) -> bool:
        """Carry out the next write that is due; False when there is none."""
        jobs = await self._store.claim(KIND, lease_s=self._write_s + _SPARE_S)
        for job in jobs:
            with _TRACER.start_as_current_span("write", context=extract({"traceparent": job.trace or ""})):
                try:
                    await self._carry_out(job)
                except asyncio.CancelledError:
                    await self._store.commit(Advance(job))  # at once somebody else's, under the same key
                    raise
        return bool(jobs)

    async def sweep(self) -> None:
        """Forget the monitors that have been kept long enough."""
        while jobs := await self._store.claim(_KEPT, lease_s=_SPARE_S, limit=_SWEPT):
            for job in jobs:
                await self._store.commit(Drop(job.data["kind"], job.id), Finish(job))

    async def _sweeping(self) -> None:
        while True:
            try:
                await self.sweep()
            except (Unreachable, Stale) as error:
                _LOG.warning("monitors.put_off", error=type(error).__name__)
            await self._clock.sleep(_SWEEP_S)

    async def _lane(self) -> None:
        while not self._ending:
            self._news.clear()
            try:
                if await self.work():
                    continue
            except (Unreachable, Stale) as error:
                _LOG.warning("writes.put_off", error=type(error).__name__)
            await self._pause()

    async def _pause(self) -> None:
        waiting = [asyncio.create_task(self._news.wait()), asyncio.create_task(self._clock.sleep(_POLL_S))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _carry_out(self, job: Job) -> None:
        request = self._unpacked(job)
        endpoint = self._find(request.collection)
        answer = await certain(self._answer(endpoint, request), request.method, beyond=(Unreachable,))
        watch = self._watch(endpoint, request)
        monitor = await self._store.get(BANYAN, watch.resource.kind, job.id)
        if monitor is None:
            raise Stale(job.id)
        end = ended(monitor, answer)
        until = self._clock.now() + self._kept
        await self._store.commit(
            Put(end, expect=monitor.revision),
            *news(watch.resource, self._clock, end, MOVED),
            Finish(job),
            Enqueue(Job(job.id, _KEPT, job.id, {"kind": monitor.kind}, until)),
        )

    async def _answer(self, endpoint: Endpoint, request: Request) -> Answer:
        async with asyncio.timeout(self._write_s):
            return await writes.carry_out(writes.read(endpoint, request))

    def _watch(self, endpoint: Endpoint, request: Request) -> Endpoint:
        """The monitors of the API that the client came by."""
        return self._find(collection_of(endpoint, request))

    def _unpacked(self, job: Job) -> Request:
        packed = job.data
        principal = msgspec.convert(packed["principal"], Principal)
        return Request(
            method=packed["method"],
            collection=packed["collection"],
            id=packed["id"],
            query=packed["query"].encode(),
            headers={**packed["headers"], "idempotency-key": f"{KIND}:{job.id}"},
            body=packed["body"].encode(),
            principal=principal,
            call=Call(self._clock.monotonic() + self._write_s, principal.operator, principal),
            parents=tuple(packed["parents"]),
        )


def _packed(request: Request) -> dict[str, Any]:
    return {
        "principal": msgspec.to_builtins(request.principal),
        "method": request.method,
        "collection": request.collection,
        "id": request.id,
        "query": request.query.decode("latin-1"),
        "headers": {name: value for name, value in request.headers.items() if name in _SENT},
        "body": request.body.decode(),
        "parents": list(request.parents),
    }


def _prefers(request: Request) -> bool:
    return re.search(r"(^|[,\s])respond-async\s*($|[,;\s])", request.headers.get("prefer", "").lower()) is not None
