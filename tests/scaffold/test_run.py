"""`banyan adapter run` as an engineer has it open: again after each save, and gone with Ctrl-C."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.house import wait_for

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "acme_prepaid"
pytestmark = pytest.mark.slow


def test_it_runs_again_when_a_file_is_saved(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "acme_prepaid")
    mapping = tmp_path / "acme_prepaid" / "acme_prepaid" / "mapping.py"
    log = tmp_path / "log"
    command = [sys.executable, "-m", "gateway", "adapter", "run", "acme_prepaid"]
    with log.open("wb") as output:
        running = subprocess.Popen(
            command, cwd=tmp_path, stdout=output, stderr=output, env={**os.environ, "COLUMNS": "200"}
        )
        try:
            wait_for("the first run", lambda: log.read_text().count("waiting for a file") == 1)
            assert " 0 do not" in log.read_text()
            simulator = log.read_text().partition("control ")[2].split()[0]
            assert "GetWallets" in httpx.get(simulator).json()["operations"]
            mapping.write_text(mapping.read_text().replace('id=row["walletId"]', 'id=todo("Bucket.id <- ?")'))
            wait_for("the second run", lambda: log.read_text().count("waiting for a file") == 2)
            assert "mapping.py" in log.read_text().partition("to map (1)")[2]
        finally:
            running.send_signal(signal.SIGINT)
            code = running.wait(30)
    assert code == 0, log.read_text()
    assert "ended" in log.read_text()
    with pytest.raises(httpx.ConnectError):
        httpx.get(simulator)
