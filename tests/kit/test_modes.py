"""What is under an adapter: a simulator, recordings, or the real system."""

import subprocess
import sys
from pathlib import Path

import pytest

from banyan.kit.alias import alias
from tests.kit.acme.adapter import KNOWN, OTHER
from tests.kit.conftest import Run


@pytest.mark.slow
def test_the_simulator_is_the_default(run: Run) -> None:
    done = run()
    assert done.exit == 0, done.text
    assert "test_it_tells_how_it_failed[lost-answer]" in done.reports["passed"]
    assert "test_no_value_is_believed_that_its_contract_forbids[decimal-comma]" in done.reports["passed"]
    assert "test_latin_1_is_read_as_what_it_says" in done.reports["passed"]
    assert "balance.top_up is absent: no such operation" in done.text


def test_a_recording_holds_nothing_private(recorded: list[Path]) -> None:
    assert len(recorded) == 3  # three numbers were asked for, however often
    whole = "".join(file.read_text(encoding="utf-8") for file in recorded)
    for private in (KNOWN, OTHER, "hush-hush-hush", "127.0.0.1"):
        assert private not in whole
    assert "Jürgen" in whole


def test_what_was_recorded_is_played(run: Run, recorded: list[Path]) -> None:
    """With the numbers and message ids of today: the adapter compares both."""
    replay = run("--southbound=replay")
    assert recorded
    assert replay.exit == 0, replay.text
    assert "test_a_known_subscriber_has_buckets" in replay.reports["passed"]
    assert "test_twenty_calls_at_once_are_not_mixed" in replay.reports["passed"]
    assert "test_it_tells_how_it_failed[lost-answer]" in replay.reports["skipped"]
    assert "only a simulator can be looked into and made to fail" in replay.text


@pytest.mark.slow
def test_a_recording_that_nobody_plays_fails_a_whole_run(run: Run, recorded: list[Path]) -> None:
    recorded[0].with_name("0123456789abcdef.json").write_bytes(recorded[0].read_bytes())
    replay = run("--southbound=replay")
    assert replay.exit == 1
    assert replay.reports["failed"] == []
    assert "TestAcme never played 0123456789abcdef.json" in replay.text
    assert run("--southbound=replay", "-k", "known_subscriber").exit == 0, "who runs a part plays a part"


@pytest.mark.slow
def test_recordings_are_counted_over_all_processes(project: Path, recorded: list[Path]) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        "pytest.ini",
        "-n",
        "2",
        "--southbound=replay",
        "-p",
        "no:cacheprovider",
    ]
    whole = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert whole.returncode == 0, whole.stdout
    recorded[0].with_name("0123456789abcdef.json").write_bytes(recorded[0].read_bytes())
    stale = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert stale.returncode == 1
    assert "TestAcme never played 0123456789abcdef.json" in stale.stdout


@pytest.mark.slow
def test_a_missing_recording_fails_and_tells_the_nearest(run: Run, recorded: list[Path]) -> None:
    for file in recorded:
        if alias(OTHER) not in file.read_text(encoding="utf-8"):
            file.unlink()
    replay = run("--southbound=replay", "-k", "buckets or mixed")
    assert replay.exit == 1
    assert "test_twenty_calls_at_once_are_not_mixed" in replay.reports["failed"]
    assert "no recording " in replay.text
    assert ".json urn:acme:getBalance\n" in replay.text
    assert f'+ {{urn:acme}}msisdn ["{alias(KNOWN)}"]' in replay.text


@pytest.mark.slow
def test_live_writes_nothing(run: Run, project: Path, system: str) -> None:
    live = run("--southbound=live", f"--endpoint={system}balance", "-k", "known_subscriber")
    assert live.exit == 0, live.text
    assert "test_a_known_subscriber_has_buckets" in live.reports["passed"]
    assert not (project / "tests" / "cassettes").exists()


@pytest.mark.parametrize("mode", ["record", "live"])
def test_the_real_system_needs_an_address(run: Run, mode: str) -> None:
    assert run(f"--southbound={mode}").exit == 4


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "host"), [("simulator", "192.0.2.7"), ("replay", "127.0.0.1")])
def test_no_other_network_is_reached(run: Run, project: Path, mode: str, host: str) -> None:
    """An adapter that dials elsewhere, past its configuration and past the seam."""
    test = project / "tests" / "test_contract.py"
    stray = f"""
class Stray(acme.Acme):
    async def probe(self, call):
        import asyncio, socket
        try:
            await asyncio.to_thread(socket.create_connection, ("{host}", 81), 5)
        except OSError:
            pass


TestAcme.adapter_class = Stray
"""
    test.write_text(test.read_text(encoding="utf-8") + stray, encoding="utf-8")
    done = run(f"--southbound={mode}", "-k", "answers_a_probe")
    assert done.exit == 1
    assert f"it tried to reach {host}:81" in done.text


def test_a_simulator_that_fails_by_itself_proves_nothing(run: Run, project: Path) -> None:
    """The adapter calls it garbled, which a law may even want."""
    test = project / "tests" / "test_contract.py"
    broken = """
def broken(ledger, clock, right=TestAcme.simulator):
    simulator = right(ledger, clock)
    simulator.contract = None
    return simulator


TestAcme.simulator = staticmethod(broken)
"""
    test.write_text(test.read_text(encoding="utf-8") + broken, encoding="utf-8")
    done = run("-k", "answers_a_probe")
    assert done.exit == 1
    assert "the simulator itself failed" in done.text


@pytest.mark.slow
def test_a_budget_is_written_and_held(run: Run, project: Path) -> None:
    assert "has no budget of TestAcme yet" in run("-k", "budgeted").text
    assert run("-k", "budgeted", "--update-calls").exit == 0
    calls = project / "calls.json"
    assert calls.read_text() == '{\n  "TestAcme": {\n    "buckets": 1,\n    "probe": 1\n  }\n}\n'
    assert run("-k", "budgeted").exit == 0
    calls.write_text(calls.read_text().replace('"buckets": 1', '"buckets": 2'))
    done = run("-k", "budgeted")
    assert done.exit == 1
    assert "buckets: 1, budgeted 2" in done.text
    assert "pytest --update-calls" in done.text
