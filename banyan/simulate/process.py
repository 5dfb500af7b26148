"""A simulator as a process: says where it listens, lives as long as its standard input."""

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from banyan.simulate.ledger import Ledger
from banyan.simulate.running import running
from banyan.simulate.simulator import DELAY_S, Simulator
from contracts.clock import Clock, SystemClock

Build = Callable[[argparse.Namespace, Ledger, Clock], Simulator]


def main(
    argv: Sequence[str], name: str, build: Build, options: Callable[[argparse.ArgumentParser], object] | None = None
) -> int:
    """Run until standard input closes or SIGTERM comes. `options` adds a simulator's own arguments."""
    parser = argparse.ArgumentParser(prog=f"banyan simulate {name}", description=f"A simulated {name} over SOAP.")
    parser.add_argument("--port", type=int, default=0, help="where it speaks SOAP (default: any free port)")
    parser.add_argument("--control", type=int, default=0, help="where it is controlled (default: any free port)")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="also write the ledger there, a JSON line each")
    parser.add_argument("--delay-s", type=float, default=DELAY_S, help="how long a delay fault lasts by default")
    if options is not None:
        options(parser)
    arguments = parser.parse_args(argv)
    clock = SystemClock()
    try:
        simulator = build(arguments, Ledger(clock, arguments.ledger), clock)
        simulator.delay_s = arguments.delay_s
        asyncio.run(_serve(simulator, arguments.port, arguments.control))
    except OSError as error:  # a port that is taken, a ledger that cannot be written
        sys.stderr.write(f"banyan simulate {name}: {error.strerror or error}\n")
        return 1
    return 0


async def _serve(simulator: Simulator, port: int, control: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    threading.Thread(target=_watch_input, args=(loop, stop), daemon=True).start()
    async with running(simulator, port=port, control=control) as addresses:
        ports = {"port": urlsplit(addresses.url).port, "control": urlsplit(addresses.control).port}
        sys.stdout.write(json.dumps(ports) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _watch_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # os.read and not sys.stdin: a thread that waits inside the buffered reader breaks the interpreter's exit.
    while os.read(0, 4096):
        pass
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop.set)
