"""Finds an adapter that somebody names: one of ours, an installed package's, or a folder."""

import ast
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from banyan.manifest import Manifest, discover, read_manifest


class Unknown(Exception):
    """There is no such adapter; says which there are."""


@dataclass(frozen=True, slots=True)
class Located:
    """An adapter and where it lies."""

    manifest: Manifest
    folder: Path
    path: Path
    """What its package is imported from."""

    @property
    def package(self) -> str:
        return self.manifest.cls.partition(":")[0].rpartition(".")[0]

    @property
    def wsdl(self) -> Path | None:
        return None if self.manifest.wsdl is None else self.folder / "wsdl" / self.manifest.wsdl

    @property
    def tests(self) -> Path:
        return self.folder / "tests"

    def importable(self) -> None:
        """Let this process import it."""
        if str(self.path) not in sys.path:
            sys.path.insert(0, str(self.path))


@dataclass(frozen=True, slots=True)
class Todo:
    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}  {self.what}"


def locate(name: str) -> Located:
    """`name`: an adapter's, or a folder that holds one or its project. Unknown, or ValueError for a broken manifest."""
    known, place = discover(), Path(name).resolve()
    for manifest in (place / "manifest.toml", place / place.name / "manifest.toml"):
        if manifest.is_file() and (name not in known or "/" in name):
            said = read_manifest(manifest)
            folder = manifest.parent.resolve()
            return Located(said, folder, _root(folder, said))
    if name not in known:
        raise Unknown(
            f"there is no adapter {name}: neither a folder with a manifest.toml, nor one of {', '.join(sorted(known))}"
        )
    said = known[name]
    folder = Path(str(files(said.cls.partition(":")[0].rpartition(".")[0])))
    return Located(said, folder, _root(folder, said))


def todos(folder: Path) -> list[Todo]:
    """Every `todo(...)` in the Python files of a folder."""
    found = []
    for file in sorted(folder.rglob("*.py")):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except SyntaxError as error:
            found.append(Todo(file.relative_to(folder).as_posix(), error.lineno or 1, f"cannot be read: {error.msg}"))
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "todo" and node.args:
                what = node.args[0].value if isinstance(node.args[0], ast.Constant) else "..."
                found.append(Todo(file.relative_to(folder).as_posix(), node.lineno, str(what)))
    return sorted(found, key=lambda each: (each.file, each.line))


def guessed(folder: Path) -> int:
    """How many lines still carry the mark of a guess."""
    return sum(
        line.rstrip().endswith("# guessed") or "# guessed:" in line
        for file in folder.glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
    )


def _root(folder: Path, manifest: Manifest) -> Path:
    package = manifest.cls.partition(":")[0].rpartition(".")[0]
    return folder.parents[package.count(".")]
