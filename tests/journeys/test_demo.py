"""`make demo` as its users see it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import running


def test_the_story_is_proved_and_ends(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--exit", "--state", str(tmp_path / "state")],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "What was proved" in told.stdout


@pytest.mark.slow
def test_what_it_writes_is_enough_to_go_on(tmp_path: Path) -> None:
    with running(tmp_path / "state") as house:
        written = json.loads((tmp_path / "state" / "endpoints.json").read_text())
        assert {"gateway", "pids", "simulators", "controls", "dropFolder", "store"} <= written.keys()
        house.kill()
        house.restart()
        with house.app as app:
            assert app.get("/tmf-api/customerManagement/v4/customer").json()
