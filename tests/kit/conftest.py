"""Runs of pytest inside a test: a project of its own, with one adapter and its contract test."""

import asyncio
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from banyan import SystemClock
from banyan.simulate import Ledger, running
from tests.kit.acme.adapter import simulator

SETTINGS = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
PLAIN = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:unraisableexception", "--import-mode=importlib"]
"""What watches for exceptions that nobody caught collects garbage in each run, which takes seconds beside a whole
suite's objects; the outer run watches for them too."""
TEST = """
from decimal import Decimal
from pathlib import Path

from banyan.model import Money
from banyan.suites import BalanceContract
from tests.kit.acme import adapter as acme


class TestAcme(BalanceContract):
    adapter_class = acme.Acme
    manifest = Path(__file__).parents[1] / "manifest.toml"
    known_subscriber, other_subscriber, unknown_subscriber = acme.KNOWN, acme.OTHER, acme.UNKNOWN
    good_voucher, spent_voucher, top_up_amount = "good", "spent", Money(Decimal(1))

    @staticmethod
    def config(place):
        return acme.Config(endpoint=place)

    @staticmethod
    def simulator(ledger, clock):
        return acme.simulator(ledger, clock)
"""


@dataclass
class Outcome:
    exit: int = -1
    text: str = ""
    reports: dict[str, list[str]] = field(default_factory=lambda: {"passed": [], "failed": [], "skipped": []})
    """Names of tests by outcome; a test whose setup or teardown failed is among the failed."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            self.reports[report.outcome].append(report.nodeid.rpartition("::")[2])
        if report.failed:
            self.text += report.longreprtext


Run = Callable[..., Outcome]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An adapter's folder outside of this repository."""
    (tmp_path / "tests").mkdir()
    shutil.copy(Path(__file__).parent / "acme" / "manifest.toml", tmp_path)
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "tests" / "test_contract.py").write_text(TEST, encoding="utf-8")
    return tmp_path


@pytest.fixture
def run(project: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs the project's tests with these options."""

    def go(*options: str) -> Outcome:
        outcome = Outcome()
        before = set(sys.modules)
        base = ["-q", "-s", "-ra", "-c", str(project / "pytest.ini"), "--rootdir", str(project)]
        outcome.exit = pytest.main([*base, *PLAIN, *options, str(project)], plugins=[outcome])
        for name in set(sys.modules) - before:
            if name.endswith("test_contract"):
                del sys.modules[name]
        told = capfd.readouterr()
        outcome.text += told.out + told.err
        return outcome

    return go


@pytest.fixture(scope="module")
def system() -> Iterator[str]:
    """A real system of that kind: its address, on a thread of its own."""
    ready, stop, told = threading.Event(), threading.Event(), []

    async def serve() -> None:
        clock = SystemClock()
        async with running(simulator(Ledger(clock), clock)) as addresses:
            told.append(addresses.url)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield told[0]
    stop.set()
    thread.join(10)


@pytest.fixture(scope="module")
def tapes() -> dict[str, bytes]:
    """What was recorded once, by file name."""
    return {}


@pytest.fixture
def recorded(run: Run, project: Path, system: str, tapes: dict[str, bytes]) -> list[Path]:
    """The project's recordings."""
    folder = project / "tests" / "cassettes"
    if not tapes:
        done = run("--southbound=record", f"--endpoint={system}balance/")
        assert done.exit == 0, done.text
        tapes.update({file.name: file.read_bytes() for file in folder.glob("*.json")})
    folder.mkdir(exist_ok=True)
    for name, content in tapes.items():
        (folder / name).write_bytes(content)
    return sorted(folder.iterdir())
