"""What is installed works without the checkout: the steps of the Dockerfile, with the wheel that they make."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ["serve", "demo", "simulate", "doctor", "trace", "usage files", "usage suspense", "contract import"]
DATA = ("wsdl", "layouts", "manifest.toml", "tmf", "migrations", "py.typed")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile copies into its build stage, and nothing else."""
    source = tmp_path_factory.mktemp("copied")
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY --from"):
            break
        if line.startswith("COPY "):
            *names, into = line.split()[1:]
            for name in names:
                target = source / into / name if into == "./" else source / into
                target.parent.mkdir(parents=True, exist_ok=True)
                subprocess.run(["cp", "-r", str(ROOT / name), str(target)], check=True)
    return source


@pytest.fixture(scope="module")
def wheel(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*build, "-w", str(out), str(copied)], check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the wheel hides the checkout."""
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    return {**os.environ, "PYTHONPATH": str(site)}


def banyan(installed: dict[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", *arguments]
    return subprocess.run(command, cwd=folder, env=installed, capture_output=True, text=True, timeout=120, check=False)


def test_the_wheel_carries_its_data_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
    assert [wanted for wanted in DATA if not any(wanted in name.split("/") for name in names)] == []
    assert [name for name in names if "/tests/" in name] == []


def test_every_command_explains_itself(installed: dict[str, str], tmp_path: Path) -> None:
    for command in ["", *COMMANDS, "adapter list"]:
        ran = banyan(installed, tmp_path, *command.split(), "--help")
        assert (ran.returncode, "Usage:" in ran.stdout) == (0, True), f"{command}: {ran.stderr}"


def test_the_installed_one_is_tried(installed: dict[str, str], tmp_path: Path) -> None:
    code = "import gateway, banyan, adapters, contracts; print(gateway.__file__)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=installed, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith(installed["PYTHONPATH"])
    listed = json.loads(banyan(installed, tmp_path, "adapter", "list", "--json").stdout)
    assert {"jbilling", "mtosi", "cdr_files"} <= {adapter["name"] for adapter in listed}


def test_the_story_is_told_from_the_wheel(installed: dict[str, str], tmp_path: Path) -> None:
    ran = banyan(installed, tmp_path, "demo", "--exit", "--state", str(tmp_path / "state"))
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
