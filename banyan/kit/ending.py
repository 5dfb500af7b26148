"""At the end of a replay: a recording that a whole class did not play is stale, and the run fails."""

from typing import Any

import pytest

from banyan.kit.playing import Played, Run, class_of, is_whole
from banyan.kit.rules import folder_of
from contracts.suites.wire import WireContract


class Ending:
    """Keeps count of one run, in each of its processes."""

    def __init__(self) -> None:
        self.run = Run()
        self._left_out: set[str] = set()

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._left_out |= {class_of(item.nodeid) for item in items}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        found: dict[str, list[Any]] = {}
        for item in session.items:
            facts = getattr(item, "cls", None)
            if facts is not None and issubclass(facts, WireContract):
                found.setdefault(class_of(item.nodeid), []).append(item)
        for name, items in found.items():
            whole = name not in self._left_out and is_whole(items[0].cls, (item.originalname for item in items))
            self.run[name] = Played(str(folder_of(items[0].cls)), items[0].cls.__name__, len(items) if whole else 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        played = self.run.get(class_of(report.nodeid))
        if played is not None:
            played.failed |= report.failed
            played.ran += report.when == "teardown"

    def play(self, node: str, files: set[str]) -> None:
        played = self.run.get(class_of(node))
        if played is not None:
            played.files = sorted({*played.files, *files})

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        told = getattr(session.config, "workeroutput", None)
        if told is not None:
            told["banyan_played"] = self.run.told()
        elif list(self.run.left_over()) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.run.join(getattr(node, "workeroutput", {}).get("banyan_played", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        left = list(self.run.left_over())
        if left:
            terminalreporter.section("half-played recordings", red=True)
            for line in left:
                terminalreporter.line(line)
            terminalreporter.line("Delete what is stale, or record again.")
