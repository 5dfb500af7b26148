"""The guide as a script: its commands in their order, and its code put where it says."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    words: list[str]


@dataclass(frozen=True)
class Edit:
    file: str
    text: str


def steps(guide: Path) -> Iterator[Command | Edit]:
    """What a reader does, in order: types the lines with a $, and puts blocks that name a file into it."""
    for language, text in BLOCK.findall(guide.read_text(encoding="utf-8")):
        if language == "console":
            yield from (Command(line[2:].split()) for line in text.splitlines() if line.startswith("$ "))
        elif language in ("python", "toml") and text.startswith("# "):
            first, _, rest = text.partition("\n")
            yield Edit(first[2:], rest)


def apply(edit: Edit, project: Path) -> None:
    """Replace what has the same name, as a reader would; what is new comes before the first function."""
    file = project / edit.file
    was = file.read_text(encoding="utf-8")
    if file.suffix == ".toml":
        key = edit.text.partition(" =")[0]
        file.write_text(re.sub(rf"^{key} = .*$", edit.text.strip(), was, flags=re.MULTILINE), encoding="utf-8")
        return
    for node in ast.parse(edit.text).body:
        was = _put(node, ast.get_source_segment(edit.text, node) or "", was)
    file.write_text(was, encoding="utf-8")


def _put(node: ast.stmt, text: str, was: str) -> str:
    lines = was.splitlines()
    tree = ast.parse(was)
    same = next((each for each in tree.body if _name(each) == _name(node)), None)
    if same is not None:
        lines[same.lineno - 1 : same.end_lineno] = text.splitlines()
    elif isinstance(node, ast.Import | ast.ImportFrom):
        first = next(each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom))
        lines.insert(first.lineno - 1, text)
    else:
        function = next(each for each in tree.body if isinstance(each, ast.FunctionDef))
        lines[function.lineno - 1 : function.lineno - 1] = [*text.splitlines(), "", ""]
    return "\n".join(lines) + "\n"


def _name(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef():
            return node.name
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.ImportFrom():
            return f"from {node.module}"
        case _:
            return ast.dump(node)
