"""The relay: takes events out of the outbox and brings them to their listeners, in order per listener and resource."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from contracts.call import Principal
from contracts.clock import Clock
from contracts.page import Window
from gateway.events.listener import HUB, Listener
from gateway.store import deliveries, outbox
from gateway.store.encoding import to_json
from gateway.store.port import Event, Job, Stale, Unreachable
from gateway.store.sql_store import SqlStore

Render = Callable[[Event, str], dict[str, Any]]
"""The event as a listener of this API version reads it."""
Send = Callable[[str, dict[str, str], bytes], Awaitable[int]]
"""POST; the status, or 0 when no answer came."""

# Standard Webhooks: seconds before the first, second ... attempt; 75 hours in all.
SCHEDULE_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
_JITTER = 0.1
_GONE = 410
_POLL_S = 1.0
# Longer than the sender's timeout of 15 seconds.
_LEASE_S = 60.0
# What one listener may keep busy at once; a dead one takes nothing from the others.
_AT_ONCE = 8
_SPREAD_AT_ONCE = 100
_SWEEP_EVERY = timedelta(hours=1)
_KEPT = timedelta(days=7)
_RELAY = Principal(subject="banyan", client="banyan", operator="default")
_log = structlog.get_logger("banyan.events")


class Relay:
    """Its whole state is in the store: whoever runs next goes on where this one stopped."""

    def __init__(
        self, store: SqlStore, clock: Clock, render: Render, send: Send, chance: Callable[[], float] = random.random
    ) -> None:
        self._store = store
        self._clock = clock
        self._render = render
        self._send = send
        self._chance = chance
        self._busy: Counter[str] = Counter()
        self._awake = asyncio.Event()
        self._swept = clock.now()
        store.on_emit(self.wake)

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
            elif free := _AT_ONCE - self._busy[id]:
                for job in await deliveries.claim(self._store, id, lease_s=_LEASE_S, limit=free):
                    self._busy[id] += 1
                    group.create_task(self._deliver(listener, job))
        if self._clock.now() - self._swept > _SWEEP_EVERY:
            self._swept = self._clock.now()
            await deliveries.sweep(self._store, self._swept - _KEPT)

    async def _listeners(self) -> dict[str, Listener]:
        found = await self._store.find(_RELAY, HUB, Window(limit=100_000))
        return {each.id: Listener.of(each) for each in found.items if "suspended" not in each.body}

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
                if listener.hears(event)
            ]
            try:
                await deliveries.spread(self._store, events, last, jobs)
            except Stale:
                return  # another process is at it

    async def _deliver(self, listener: Listener, job: Job) -> None:
        try:
            status = await self._attempt(listener, job)
            await self._settle(listener, job, status)
        except Stale:
            _log.info("relay.delivery_taken_over", delivery=job.id)
        except Unreachable as error:
            _log.warning("relay.store_unreachable", error=str(error))
        finally:
            self._busy[listener.document.id] -= 1
            self.wake()

    async def _attempt(self, listener: Listener, job: Job) -> int:
        event = await outbox.event(self._store.database, job.data["event"])
        try:
            body = to_json(self._render(event, listener.version)).encode()
        except (LookupError, TypeError, ValueError) as error:
            _log.warning("relay.event_unreadable", event_id=event.id, error=str(error))
            return 0
        headers = {
            "content-type": "application/json",
            "webhook-id": event.id,
            "webhook-timestamp": str(int(self._clock.now().timestamp())),
        }
        if event.trace:
            headers["traceparent"] = event.trace
        return await self._send(listener.address(event), headers, body)

    async def _settle(self, listener: Listener, job: Job, status: int) -> None:
        failures = job.data["failures"] + 1
        if status // 100 == 2:  # noqa: PLR2004 - any 2xx
            await deliveries.done(self._store, job)
        elif status == _GONE or failures >= len(SCHEDULE_S):
            reason = "the listener answered 410" if status == _GONE else f"{failures} attempts failed, last: {status}"
            _log.warning("relay.listener_suspended", listener=listener.document.id, reason=reason)
            await deliveries.suspend(self._store, listener.document, reason, self._clock.now())
        else:
            await deliveries.postpone(self._store, job, self._after(failures), failures)

    def _after(self, failures: int) -> datetime:
        wait = SCHEDULE_S[failures] * (1 + _JITTER * self._chance())
        return self._clock.now() + timedelta(seconds=wait)

    async def _pause(self) -> None:
        """Until something was committed here, a delivery ended, or another process may have written."""
        waits = [asyncio.ensure_future(self._awake.wait()), asyncio.ensure_future(self._clock.sleep(_POLL_S))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
