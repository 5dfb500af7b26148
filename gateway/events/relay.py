"""The relay: takes events out of the outbox and brings them to their listeners, in order per listener and resource."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import structlog

from contracts.call import Principal
from contracts.clock import Clock
from contracts.page import Window
from gateway.events.ear import Voice
from gateway.events.listener import HUB, Listener
from gateway.events.sender import Reply
from gateway.events.signing import signed
from gateway.store import deliveries, outbox
from gateway.store.encoding import to_json
from gateway.store.port import Event, Job, Stale, Unreachable
from gateway.store.sql_store import SqlStore

Send = Callable[[str, dict[str, str], bytes], Awaitable[Reply]]

# Standard Webhooks: seconds before the first, second ... attempt; 75 hours in all.
SCHEDULE_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
_JITTER = 0.1
_GONE = 410
_POLL_S = 1.0
# Longer than the sender's timeout of 15 seconds.
_LEASE_S = 60.0
# What one listener may keep busy at once, and what it may when the last thing it said was no.
_AT_ONCE = 8
_ONE_BY_ONE = 1
_SPREAD_AT_ONCE = 100
_SWEEP_EVERY = timedelta(hours=1)
_KEPT = timedelta(days=7)
_RELAY = Principal(subject="banyan", client="banyan", operator="default")
_log = structlog.get_logger("banyan.events")


class Relay:
    """Its whole state is in the store: whoever runs next goes on where this one stopped."""

    def __init__(
        self, store: SqlStore, clock: Clock, voice: Voice, send: Send, chance: Callable[[], float] = random.random
    ) -> None:
        self._store = store
        self._clock = clock
        self._voice = voice
        self._send = send
        self._chance = chance
        self._busy: Counter[str] = Counter()
        self._failing: set[str] = set()
        self._awake = asyncio.Event()
        self._swept = clock.now()
        self._numbered: list[Callable[[], None]] = []
        store.on_emit(self.wake)

    def on_number(self, wake: Callable[[], None]) -> None:
        """Called when events were numbered here, and streams may go on."""
        self._numbered.append(wake)

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._awake.clear()
                try:
                    await self.turn(group)
                except Unreachable as error:
                    _log.warning("relay.store_unreachable", error=str(error))
                await self._pause()

    async def turn(self, group: asyncio.TaskGroup) -> None:
        """Queue what is new and start what is due; the deliveries themselves run in the group."""
        listeners = await self._listeners()
        await self._spread(listeners)
        for id in await deliveries.waiting(self._store, self._clock.now()):
            listener = listeners.get(id)
            if listener is None:
                await deliveries.forget(self._store, id)
            elif not listener.suspended and (free := self._at_once(id) - self._busy[id]) > 0:
                for job in await deliveries.claim(self._store, id, lease_s=_LEASE_S, limit=free):
                    self._busy[id] += 1
                    group.create_task(self._deliver(listener, job))
        if self._clock.now() - self._swept > _SWEEP_EVERY:
            self._swept = self._clock.now()
            await deliveries.sweep(self._store, self._swept - _KEPT)

    def _at_once(self, listener: str) -> int:
        return _ONE_BY_ONE if listener in self._failing else _AT_ONCE

    async def _listeners(self) -> dict[str, Listener]:
        found = await self._store.find(_RELAY, HUB, Window(limit=100_000))
        return {each.id: Listener.of(each) for each in found.items}

    async def _spread(self, listeners: dict[str, Listener]) -> None:
        while True:
            last = await outbox.last_number(self._store.database)
            events = await outbox.unnumbered(self._store.database, _SPREAD_AT_ONCE)
            if not events:
                return
            now = self._clock.now()
            jobs = [
                deliveries.for_listener(event, id, now)
                for event in events
                for id, listener in listeners.items()
                if not listener.suspended and self._hears(event, listener)
            ]
            try:
                await deliveries.spread(self._store, events, last, jobs)
            except Stale:
                return  # another process is at it
            for wake in self._numbered:
                wake()

    def _hears(self, event: Event, listener: Listener) -> bool:
        """Where that cannot be told it is tried, and fails where the listener sees it."""
        try:
            return self._voice.hears(event, listener.ear)
        except Exception as error:  # noqa: BLE001 - what one event does to one query is nobody else's trouble
            _log.warning("relay.event_unreadable", event_id=event.id, error=type(error).__name__)
            return True

    async def _deliver(self, listener: Listener, job: Job) -> None:
        try:
            await self._settle(listener, job, await self._attempt(listener, job))
        except Stale:
            _log.info("relay.delivery_taken_over", delivery=job.id)
        except Unreachable as error:
            _log.warning("relay.store_unreachable", error=str(error))
        finally:
            self._busy[listener.document.id] -= 1
            self.wake()

    async def _attempt(self, listener: Listener, job: Job) -> Reply | None:
        """None: there is nothing to say any more, for the listener may not hear of it now."""
        event = await outbox.event(self._store.database, job.data["event"])
        try:
            if not self._voice.hears(event, listener.ear):
                return None
            told = self._voice.render(event, listener.ear)
            body = to_json(told).encode()
        except Exception as error:  # noqa: BLE001 - as above; its other resources go on
            _log.warning("relay.event_unreadable", event_id=event.id, error=type(error).__name__)
            return Reply(0)
        stamp = int(self._clock.now().timestamp())
        headers = {"content-type": "application/json", **signed(event.id, stamp, body, listener.secrets)}
        if event.trace:
            headers["traceparent"] = event.trace
        return await self._send(listener.address(str(told["eventType"])), headers, body)

    async def _settle(self, listener: Listener, job: Job, reply: Reply | None) -> None:
        now, hub = self._clock.now(), listener.document
        if reply is None:
            await deliveries.give_up(self._store, job, "cancelled", now)
        elif reply.status // 100 == 2:  # noqa: PLR2004 - any 2xx
            self._failing.discard(hub.id)
            await deliveries.done(self._store, job, now)
        elif reply.status == _GONE:
            await self._suspend(listener, "the listener answered 410")
        else:
            self._failing.add(hub.id)
            job = _failed(job, reply.status, now)
            if job.data["failures"] < len(SCHEDULE_S):
                await deliveries.postpone(self._store, job, self._after(job.data["failures"], reply))
            elif await deliveries.accepted_since(self._store, hub.id, datetime.fromisoformat(job.data["since"])):
                _log.warning("relay.delivery_parked", listener=hub.id, event_id=job.data["event"])
                await deliveries.give_up(self._store, job, "parked", now)
            else:
                await self._suspend(listener, f"{len(SCHEDULE_S)} attempts failed, last: {reply.status}")

    async def _suspend(self, listener: Listener, reason: str) -> None:
        _log.warning("relay.listener_suspended", listener=listener.document.id, reason=reason)
        await deliveries.suspend(self._store, listener.document, reason, self._clock.now())

    def _after(self, failures: int, reply: Reply) -> datetime:
        """As the schedule says, or later where the listener asks for it."""
        now = self._clock.now()
        wait = timedelta(seconds=SCHEDULE_S[failures] * (1 + _JITTER * self._chance()))
        return now + max(wait, min(_asked(reply.retry_after, now), timedelta(seconds=SCHEDULE_S[-1])))

    async def _pause(self) -> None:
        """Until something was committed here, a delivery ended, or another process may have written."""
        waits = [asyncio.ensure_future(self._awake.wait()), asyncio.ensure_future(self._clock.sleep(_POLL_S))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _failed(job: Job, status: int, at: datetime) -> Job:
    facts = {"failures": job.data["failures"] + 1, "status": status, "since": job.data.get("since", at.isoformat())}
    return replace(job, data={**job.data, **facts})


def _asked(retry_after: str | None, now: datetime) -> timedelta:
    """`Retry-After` in seconds or as a date."""
    written = (retry_after or "").strip()
    if written.isdigit():
        return timedelta(seconds=min(int(written[:9]), SCHEDULE_S[-1]))
    try:
        date = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return timedelta()
    return date.replace(tzinfo=date.tzinfo or UTC) - now
