"""A simulator on two loopback sockets: one speaks SOAP, the other obeys."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aiohttp import web

from banyan.simulate.control import application
from banyan.simulate.simulator import Simulator

REQUEST_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Addresses:
    url: str
    control: str


@asynccontextmanager
async def running(simulator: Simulator, *, port: int = 0, control: int = 0) -> AsyncIterator[Addresses]:
    """Serve the simulator from this process while the block runs."""
    soap = web.Application(client_max_size=REQUEST_LIMIT)
    soap.router.add_post("/{path:.*}", simulator.serve)
    runners = [web.AppRunner(app, access_log=None, shutdown_timeout=0.1) for app in (soap, application(simulator))]
    background = asyncio.create_task(simulator.background()) if simulator.background is not None else None
    try:
        ports = [await _listen(runner, wanted) for runner, wanted in zip(runners, (port, control), strict=True)]
        yield Addresses(f"http://127.0.0.1:{ports[0]}/", f"http://127.0.0.1:{ports[1]}/")
    finally:
        if background is not None:
            background.cancel()
            with suppress(asyncio.CancelledError):
                await background
        for runner in runners:
            await runner.cleanup()


async def _listen(runner: web.AppRunner, port: int) -> int:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    number: int = runner.addresses[0][1]
    return number
