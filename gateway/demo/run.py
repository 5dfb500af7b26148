"""Runs the story: starts the house, tells each step as it is proved, and keeps serving until it is told to stop."""

import asyncio
import signal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gateway.demo.client import App, Control, NotProved
from gateway.demo.listener import Listener
from gateway.demo.processes import House, NotReady, start
from gateway.demo.story import STEPS, Proof, Story
from gateway.telemetry.tree import draw

_OUT = Console(highlight=False, soft_wrap=True)
"""Addresses and commands are copied from here: a line is never broken inside one."""


async def run(state: Path, *, host: str, port: int, store: str | None, end: bool, serve_only: bool) -> int:
    """The exit code: 0 when everything that was told was proved."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        with _OUT.status("Starting the legacy simulators and the gateway"):
            house = await start(state, host=host, port=port, store=store)
    except NotReady as error:
        _OUT.print(f"[red]Not ready:[/] {error}")
        return 1
    try:
        told = True if serve_only else await _tell(house, stop)
        if not end and not stop.is_set():
            _where(house)
            await stop.wait()
    finally:
        await house.aclose()
    return 0 if told else 1


async def _tell(house: House, stop: asyncio.Event) -> bool:
    app = App(house.url)
    billing, network = (Control(house.backends[name].control) for name in ("jbilling", "mtosi"))
    proofs: list[Proof] = []
    try:
        async with Listener() as listener:
            story = Story(house, app, billing, network, listener)
            for doing, step in STEPS:
                if stop.is_set():
                    return False
                with _OUT.status(doing):
                    proof = await step(story)
                _OUT.print(f"[green]✓[/] {doing}: [bold]{proof.figure}[/]")
                proofs.append(proof)
            await app.http.delete(story.hub)
        _OUT.print()
        _OUT.print(draw(story.trace, story.spans), soft_wrap=False)
    except (NotProved, KeyError, ValueError, IndexError) as error:
        _OUT.print(f"[red]✗ {doing}:[/] {type(error).__name__}: {error}")
        return False
    finally:
        for client in (app, billing, network):
            await client.aclose()
    _OUT.print()
    _OUT.print(_table(proofs), soft_wrap=False)
    _OUT.print(f"\nDraw the order's trace again: [bold]banyan trace {story.order['id']}[/]")
    return True


def _table(proofs: list[Proof]) -> Table:
    table = Table(title="What was proved", title_justify="left")
    table.add_column("", style="green")
    table.add_column("proved")
    table.add_column("figure")
    for proof in proofs:
        table.add_row("✓", proof.what, proof.figure)
    return table


def _where(house: House) -> None:
    _OUT.print("\nStill serving; Ctrl-C ends everything.")
    _OUT.print(f"  TM Forum APIs   {house.url}/tmf-api lists them in a browser")
    _OUT.print(f"  usage files     drop them into {house.drop} (write beside, then rename)")
    for name, backend in house.backends.items():
        _OUT.print(f"  {name:<15} SOAP {backend.url}  control {backend.control} (GET / tells what it can do)")
    _OUT.print(f"  all of it       {house.state / 'endpoints.json'}")
    _OUT.print(f"  the gateway     kill it, and restart it with: banyan serve --config {house.state / 'banyan.toml'}")
