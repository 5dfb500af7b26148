"""Runs the gateway as a server, and looks at it from the command line without one."""

import asyncio
import fcntl
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from contracts.call import Call
from contracts.clock import SystemClock
from contracts.errors import PortError
from gateway import registry
from gateway.app import build
from gateway.connection import Connection
from gateway.flows.usage import report
from gateway.security import BANYAN
from gateway.settings import Settings
from gateway.store import Unreachable, open_store
from gateway.store.usage import UsageStore

PROBE_S = 5.0
CIRCLES_AFTER = 10_000
"""Containers, more made than gone, until the collector looks for circles among the new ones."""
SERVED: Mapping[str, Any] = {
    "http": Connection,
    "ws": "none",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "proxy_headers": False,
}
"""How uvicorn serves the gateway."""

_LOG = structlog.get_logger("banyan.serving")


class CannotServe(Exception):
    """Why the gateway does not start, in words for its operator."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `banyan doctor`."""

    what: str
    well: bool
    detail: str

    def row(self) -> dict[str, Any]:
        return asdict(self)


def run(settings: Settings, *, end_with_stdin: bool) -> None:
    """Serve until SIGTERM or SIGINT; what was begun is finished before the process ends."""
    registry.check(settings.adapters)
    with _alone(settings.store.url), _listening(settings.gateway.host, settings.gateway.port) as listening:
        _log_json()
        _LOG.info("hub.allowed", hosts=list(settings.hub.allow), ports=list(settings.hub.ports))
        server = _Server(
            uvicorn.Config(
                build(settings),
                **SERVED,
                timeout_graceful_shutdown=int(settings.gateway.drain_s),
            )
        )
        if end_with_stdin:
            _end_with_stdin()
        try:
            server.run(sockets=[listening])
        except SystemExit as error:
            raise CannotServe("the gateway did not start; its log says why") from error


def settle() -> None:
    """What was made for the start stays for good: the collector would hold the loop to look at it again and again.

    What a request is made of is gone before as many objects as this are alive: to look for circles in between costs
    1.5 us a product and finds none.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(CIRCLES_AFTER, *gc.get_threshold()[1:])


class _Server(uvicorn.Server):
    """Streams end when the stopping begins, not when the patience for requests does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settle()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.app.state.drain()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def _end_with_stdin() -> None:
    """Whoever started this process holds the other end: when it is gone, so are we."""

    def watch() -> None:
        while sys.stdin.buffer.read(1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="stdin", daemon=True).start()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The address is taken before anything is opened."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise CannotServe(f"cannot listen on {host}:{port}: {error.strerror}") from error
    with listening:
        yield listening


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """One process may write a SQLite store; a second is refused. PostgreSQL takes any number."""
    if not url.startswith("sqlite:///"):
        yield
        return
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = f"another gateway is serving {path}; a SQLite store takes one process, PostgreSQL takes many"
            raise CannotServe(message) from error
        yield


def _log_json() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


async def examine(settings: Settings) -> list[Finding]:
    """The store, and every configured system: does it answer?"""
    clock = SystemClock()
    findings = []
    try:
        store = await open_store(settings.store.url, clock)
        await store.aclose()
        findings.append(Finding("store", well=True, detail=settings.store.url.partition("://")[0]))
    except Unreachable as error:
        findings.append(Finding("store", well=False, detail=str(error)))
    try:
        adapters = await registry.load(settings.adapters, settings.facts, clock)
    except registry.Misconfigured as error:
        return [*findings, Finding("adapters", well=False, detail=str(error))]
    for adapter in adapters:
        call = Call(clock.monotonic() + PROBE_S, settings.gateway.operator, BANYAN)
        try:
            async with asyncio.timeout(PROBE_S):
                await adapter.adapter.probe(call)
            findings.append(Finding(adapter.name, well=True, detail=f"{adapter.title} answers"))
        except (PortError, TimeoutError) as error:
            findings.append(Finding(adapter.name, well=False, detail=str(error) or "no answer"))
        finally:
            await adapter.adapter.aclose()
    return findings


async def usage_files(settings: Settings) -> list[dict[str, Any]]:
    usage = await UsageStore.open(settings.store.usage)
    try:
        return await report.files(usage)
    finally:
        await usage.aclose()


async def usage_suspense(settings: Settings) -> list[dict[str, Any]]:
    usage = await UsageStore.open(settings.store.usage)
    try:
        return await report.suspense(usage)
    finally:
        await usage.aclose()
