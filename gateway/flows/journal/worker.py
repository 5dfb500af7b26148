"""The loop behind durable work: claims jobs that are due, several at once, and survives whatever one does."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, TypeVar

import structlog

from contracts.clock import Clock
from gateway.flows.journal.schedule import Schedule
from gateway.security import BANYAN
from gateway.store.port import Advance, Job, Stale, Store

_T = TypeVar("_T")

_log = structlog.get_logger("banyan.journal")


class Overtaken(Exception):
    """The work came to its end elsewhere: cancelled before it began, settled by hand."""


class Work(Protocol):
    """What a kind of job means."""

    async def go(self, job: Job) -> None:
        """As far as it can go now; raises Overtaken when there is nothing left to do."""
        ...

    async def hold(self, job: Job, why: str) -> None:
        """Put it aside for a human; `job` as it was last written, or what was sent would look unsent."""
        ...


class Worker:
    def __init__(self, store: Store, kind: str, work: Work, clock: Clock, schedule: Schedule) -> None:
        self._store = store
        self._kind = kind
        self._work = work
        self._clock = clock
        self._schedule = schedule
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Look at once: work was accepted, or a lane became free."""
        self._news.set()

    async def work(self) -> None:
        """For ever, until cancelled."""
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._news.clear()
                for job in await self._claimed(self._schedule.lanes - len(running)):
                    task = asyncio.create_task(self._one(job))
                    running.add(task)
                    task.add_done_callback(running.discard)
                    task.add_done_callback(lambda _: self.wake())
                await self._pause()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _claimed(self, free: int) -> list[Job]:
        if free <= 0:
            return []
        jobs, trouble = await _outcome(self._store.claim(self._kind, lease_s=self._schedule.lease_s, limit=free))
        if trouble is not None:
            _log.error("journal.claim_failed", kind=self._kind, exc_info=trouble)
        return jobs or []

    async def _pause(self) -> None:
        """Until there is news, or the clock says that something may be due."""
        waiting = [
            asyncio.create_task(self._news.wait()),
            asyncio.create_task(self._clock.sleep(self._schedule.poll_s)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()

    async def _one(self, job: Job) -> None:
        """A bug in one job must neither end the loop nor leave that job unseen."""
        _, trouble = await _outcome(self._work.go(job))
        if isinstance(trouble, Stale):
            _log.warning("journal.lease_lost", kind=self._kind, job=job.id)
        elif isinstance(trouble, Overtaken):
            with suppress(Stale):
                await self._store.commit(Advance(replace(job, open=False)))
        elif trouble is not None:
            _log.error("journal.held", kind=self._kind, job=job.id, exc_info=trouble)
            _, again = await _outcome(self._hold(job, trouble))
            if again is not None:
                _log.error("journal.hold_failed", kind=self._kind, job=job.id, exc_info=again)

    async def _hold(self, job: Job, trouble: Exception) -> None:
        written = await self._store.job(BANYAN, job.id)
        if written is not None and written.fence == job.fence:
            await self._work.hold(written, f"held by an unexpected {type(trouble).__name__}; an operator must look")


async def _outcome(work: Awaitable[_T]) -> tuple[_T | None, Exception | None]:
    """The result or the exception of a piece of work; cancellation is neither and goes through."""
    (result,) = await asyncio.gather(work, return_exceptions=True)
    if isinstance(result, Exception):
        return None, result
    if isinstance(result, BaseException):
        raise result
    return result, None
