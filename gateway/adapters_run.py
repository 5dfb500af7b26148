"""`banyan adapter run`: the suite on the simulator, again whenever a file is saved, law by law in green and red."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.text import Text
from watchfiles import watch

from banyan.scaffold.located import Located, locate, todos
from banyan.scaffold.trying import Outcome, Trial, attempt, environment

MARKS = {"passed": "[green]ok [/]", "failed": "[red]red[/]"}
FULL_LINES = 40
LISTED = 12


def run_once(adapter: Located, out: Console, *, full: bool = True) -> Trial:
    """One run of the suite, drawn while it goes."""
    trial = Trial()

    def seen(outcome: Outcome) -> None:
        trial.outcomes.append(outcome)
        live.update(laws(trial))

    with Live(Text("starting ..."), console=out, refresh_per_second=8, transient=True) as live:
        trial = attempt(adapter, seen=seen)
    out.print(laws(trial))
    if full:
        out.print(summary(adapter, trial))
    return trial


def laws(trial: Trial) -> RenderableType:
    """A line for each law; one that was tried in several ways says in how many it held."""
    lines = []
    idle = [law for law in trial.laws if law.state == "skipped"]
    for law in trial.laws:
        if law in idle:
            continue
        tried = [each for each in law.outcomes if each.outcome != "skipped"]
        held = (
            f" [{'green' if law.passed == len(tried) else 'red'}]{law.passed}/{len(tried)}[/]" if len(tried) > 1 else ""
        )
        why = "" if law.state == "passed" else f"  [dim]{escape(law.why)}[/]"
        lines.append(_line(f"{MARKS[law.state]} {escape(law.name)}{held}{why}"))
    for reason in dict.fromkeys(law.why for law in idle):
        count = sum(law.why == reason for law in idle)
        lines.append(_line(f"[dim]-   {count} {'laws' if count > 1 else 'law'} left out: {escape(reason)}[/]"))
    return Group(*lines)


def _line(markup: str) -> Text:
    line = Text.from_markup(markup)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def summary(adapter: Located, trial: Trial) -> RenderableType:
    """What comes next: what is not mapped, else the first failure in full, else that all is green."""
    if trial.trouble:
        return Text.from_markup(f"[red]the suite did not run:[/]\n{escape(trial.trouble)}")
    parts: list[RenderableType] = []
    first, left = trial.first_failure, todos(adapter.folder)
    if first is not None and "todo(" not in first.full:
        case = f" [{first.case}]" if first.case else ""
        told = "\n".join(first.full.splitlines()[-FULL_LINES:])
        parts.append(Text.from_markup(f"\n[bold red]{escape(first.law + case)}[/]\n{escape(told)}\n"))
    if left:
        listed = "\n".join(f"  {each}" for each in left[:LISTED])
        listed += f"\n  ... and {len(left) - LISTED} more" if len(left) > LISTED else ""
        parts.append(Text.from_markup(f"\n[yellow]to map ({len(left)}):[/]\n{escape(listed)}\n"))
    red = sum(law.state == "failed" for law in trial.laws)
    counted = f"{sum(law.state == 'passed' for law in trial.laws)} laws hold, {red} do not"
    parts.append(Text.from_markup(f"[bold {'green' if trial.green else 'red'}]{counted}[/]"))
    return Group(*parts)


def keep_running(name: str, adapter: Located, out: Console) -> None:
    """Until Ctrl-C. The simulator answers on loopback meanwhile, and starts anew when its code is saved."""
    with simulating(adapter) as told:
        while True:
            out.rule(f"{adapter.manifest.name}, Ctrl-C ends")
            out.print(f"simulator: {told}", highlight=False, soft_wrap=True)
            run_once(adapter, out)
            out.print("[dim]waiting for a file to be saved ...[/]")
            changed = next(iter(watch(adapter.folder, watch_filter=_ours, debounce=200, raise_interrupt=True)), None)
            if changed is None:
                return
            try:
                adapter = locate(name)
            except ValueError as error:
                out.print(f"[red]{escape(str(error))}[/]")
            if any(Path(path).name in ("simulator.py", "manifest.toml") for _, path in changed):
                break
    keep_running(name, adapter, out)


@contextmanager
def simulating(adapter: Located) -> Iterator[str]:
    """The simulator in a process of its own; gives its addresses, or why it does not start."""
    module, _, name = (adapter.manifest.simulator or "").partition(":")
    code = f"import sys; from {module} import {name}; sys.exit({name}([]))"
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", code],
        cwd=adapter.path,
        env=environment(adapter),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        ports = json.loads(line) if line.strip() else None
        yield (
            "its simulator does not start"
            if ports is None
            else f"http://127.0.0.1:{ports['port']}/, control http://127.0.0.1:{ports['control']}/"
        )
    finally:
        process.communicate(timeout=10)


def _ours(_: object, path: str) -> bool:
    return path.endswith((".py", ".toml", ".wsdl", ".xsd")) and "__pycache__" not in path
