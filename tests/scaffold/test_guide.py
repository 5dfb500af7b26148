"""docs/guides/add-an-adapter.md, followed to the letter by somebody who has a WSDL and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scaffold.guide import Command, Edit, apply, steps

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "add-an-adapter.md"
EXAMPLE = ROOT / "docs" / "examples" / "acme_prepaid"
BIN = Path(sys.executable).parent
RED = "run acme_prepaid"
"""Ends with Ctrl-C when a person runs it, and is still red then."""
pytestmark = pytest.mark.slow


def shell(folder: Path, *words: str, code: int = 0) -> str:
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}
    ran = subprocess.run([*words], cwd=folder, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == code, f"{' '.join(words)}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a reader who has done it all, and what each command said the last time."""
    folder = tmp_path_factory.mktemp("reader")
    shutil.copy(ROOT / "docs" / "examples" / "acme.wsdl", folder)
    said = {}
    for step in steps(GUIDE):
        if isinstance(step, Edit):
            apply(step, folder / "acme_prepaid")
            continue
        line = " ".join(step.words[2:])
        if line == RED:
            said[line] = shell(folder, *step.words, "--once", code=1)
        else:
            said[line] = shell(folder, *step.words)
        if "new" in step.words:
            lint(folder / "acme_prepaid")
    return folder / "acme_prepaid", said


def files(folder: Path) -> dict[str, Path]:
    """What is written by hand or by the scaffold, by its path."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {name: path for name, path in found.items() if "cache" not in name}


def lint(project: Path) -> None:
    for command in ("ruff check --no-cache .", "ruff format --check --no-cache .", "mypy --no-incremental"):
        shell(project, *command.split())


def test_the_guide_has_its_steps() -> None:
    kinds = [type(step) for step in steps(GUIDE)]
    assert (kinds.count(Command), kinds.count(Edit)) == (7, 2)


def test_it_ends_with_a_green_suite_and_bronze(followed: tuple[Path, dict[str, str]]) -> None:
    _, said = followed
    assert "to map (1)" in said[RED]
    assert "mapping.py" in said[RED]
    assert " 0 do not" in said["run acme_prepaid --once"]
    assert "reached bronze, the manifest claims bronze" in said["check acme_prepaid --fix"]
    assert "mapping.buckets_reply" in said["show GetWallets --adapter acme_prepaid"]


def test_the_example_is_what_a_reader_has_then(followed: tuple[Path, dict[str, str]]) -> None:
    """`BANYAN_WRITE=1` writes it anew."""
    project, _ = followed
    shell(project, "ruff", "check", "--fix", "--quiet", "--no-cache", ".")
    shell(project, "ruff", "format", "--quiet", "--no-cache", ".")
    made = files(project)
    if os.environ.get("BANYAN_WRITE"):
        shutil.rmtree(EXAMPLE, ignore_errors=True)
        for name, path in made.items():
            (EXAMPLE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, EXAMPLE / name)
    kept = files(EXAMPLE)
    assert sorted(made) == sorted(kept)
    for name, path in made.items():
        assert path.read_text(encoding="utf-8") == kept[name].read_text(encoding="utf-8"), name
    lint(project)
