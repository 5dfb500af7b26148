"""A third party's package: installed beside Banyan, found by its entry point, loaded by the gateway."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "acme_prepaid"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package is installed, and its source is nowhere near."""
    site, copy = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("copy")
    subprocess.run(["cp", "-r", str(EXAMPLE), str(copy)], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(site), str(copy / "acme_prepaid")], check=True, capture_output=True)
    assert not list(site.rglob("test_*.py"))
    return {**os.environ, "PYTHONPATH": str(site)}


def banyan(env: dict[str, str], folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_it_is_at_hand(installed: dict[str, str], tmp_path: Path) -> None:
    listed = json.loads(banyan(installed, tmp_path, "adapter", "list", "--json").stdout)
    assert {"name": "acme_prepaid", "ports": "BalancePort"}.items() <= next(
        each for each in listed if each["name"] == "acme_prepaid"
    ).items()


def test_the_gateway_asks_it(installed: dict[str, str], tmp_path: Path) -> None:
    start = [sys.executable, "-m", "gateway", "simulate", "acme_prepaid"]
    with subprocess.Popen(start, env=installed, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as simulator:
        assert simulator.stdout
        port = json.loads(simulator.stdout.readline())["port"]
        config = tmp_path / "banyan.toml"
        config.write_text(
            f'[store]\nurl = "sqlite:///{tmp_path / "banyan.db"}"\n[adapters.acme_prepaid]\n'
            f'endpoint = "http://127.0.0.1:{port}/"\nusername = "u"\npassword = "p"\nprobe_subscriber = "4915550001"\n'
        )
        ran = banyan(installed, tmp_path, "doctor", "--json", "--config", str(config))
        simulator.communicate(timeout=20)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "acme_prepaid" in ran.stdout


def test_its_suite_is_green(tmp_path: Path) -> None:
    ran = banyan(dict(os.environ), tmp_path, "adapter", "run", str(EXAMPLE), "--once")
    assert ran.returncode == 0, ran.stdout
    assert " 0 do not" in ran.stdout
