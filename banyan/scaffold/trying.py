"""Runs an adapter's contract test in a process of its own, and tells the outcome law by law."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from banyan.scaffold.located import Located

POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test ended."""

    law: str
    """In words: `a known subscriber has buckets`."""
    case: str
    """What it was tried with: `lost-answer`, or nothing."""
    outcome: str
    """passed, failed or skipped."""
    why: str = ""
    """In one line."""
    full: str = ""


@dataclass(slots=True)
class Law:
    """One law over all its cases."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def state(self) -> str:
        states = {each.outcome for each in self.outcomes}
        return next(each for each in ("failed", "passed", "skipped") if each in states)

    @property
    def why(self) -> str:
        return next((each.why for each in self.outcomes if each.outcome == self.state and each.why), "")

    @property
    def passed(self) -> int:
        return sum(each.outcome == "passed" for each in self.outcomes)


@dataclass(slots=True)
class Trial:
    """A run of the suite."""

    outcomes: list[Outcome] = field(default_factory=list)
    trouble: str = ""
    """What kept the suite from running at all."""

    @property
    def laws(self) -> list[Law]:
        found: dict[str, Law] = {}
        for each in self.outcomes:
            found.setdefault(each.law, Law(each.law)).outcomes.append(each)
        return list(found.values())

    @property
    def green(self) -> bool:
        return not self.trouble and bool(self.outcomes) and all(each.outcome != "failed" for each in self.outcomes)

    @property
    def first_failure(self) -> Outcome | None:
        return next((each for each in self.outcomes if each.outcome == "failed"), None)


def attempt(adapter: Located, more: Sequence[str] = (), *, seen: Callable[[Outcome], object] = lambda _: None) -> Trial:
    """Run the tests of an adapter; `seen` is told of each as it ends. `more`: further arguments of pytest."""
    if not adapter.tests.is_dir():
        return Trial(
            trouble=f"{adapter.tests} is not there: an installed package carries no tests; name its source folder"
        )
    trial = Trial()
    with tempfile.TemporaryDirectory(prefix="banyan-") as folder:
        report, said = Path(folder) / "report", Path(folder) / "said"
        report.touch()
        with said.open("wb") as output:
            process = _start(adapter, more, report, output.fileno())
            try:
                for outcome in _follow(process, report):
                    trial.outcomes.append(outcome)
                    seen(outcome)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        if process.returncode not in (0, 1) or not trial.outcomes:
            trial.trouble = said.read_text(encoding="utf-8", errors="replace").strip()[-4000:] or "no test was found"
    return trial


def environment(adapter: Located) -> dict[str, str]:
    """Of a process that imports the adapter."""
    path = os.pathsep.join(filter(None, [str(adapter.path), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


def _start(adapter: Located, more: Sequence[str], report: Path, output: int) -> "subprocess.Popen[bytes]":
    options = ["-q", "-p", "no:cacheprovider", "-p", "banyan.scaffold.reporting", "--import-mode=importlib"]
    options += ["-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function", "-o", "addopts="]
    command = [sys.executable, "-m", "pytest", *options, *more, str(adapter.tests)]
    told = {**environment(adapter), "BANYAN_REPORT": str(report)}
    return subprocess.Popen(command, cwd=adapter.path, env=told, stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # noqa: S603 - our own command


def _follow(process: "subprocess.Popen[bytes]", report: Path) -> Iterator[Outcome]:
    with report.open(encoding="utf-8") as lines:
        rest = ""
        ended = False
        while not ended:
            try:
                process.wait(POLL_S)
                ended = True
            except subprocess.TimeoutExpired:
                pass
            rest += lines.read()
            *whole, rest = rest.split("\n")
            yield from (Outcome(**json.loads(line)) for line in whole if line)
