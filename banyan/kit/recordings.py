"""The files of recorded exchanges: which there are, which test plays them, and when."""

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from banyan.kit.fingerprint import VOLATILE, question
from banyan.kit.redaction import Redaction

NEAREST, SHOWN = 3, 6
"""Recordings, and lines of each, that are told when one is missing."""
LEFT_OUT = "left-out.txt"
"""Beside recordings of what others captured: the tests that it does not suffice for, each with why."""

PARTS: Mapping[str, set[str]] = {
    "tests": set(),
    "request": {"method", "path", "soapaction", "body"},
    "reply": {"status", "headers", "encoding", "body"},
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How one test records and plays."""

    folder: Path
    test: str
    """Class::test."""
    redaction: Redaction
    volatile: Collection[str] = VOLATILE


def recordings(folder: Path, owner: str) -> Iterator[Path]:
    """Those that one test class plays, and what nobody can play."""
    for file in sorted(folder.glob("*.json")):
        told = _parsed(file)
        if told is None or any(test.startswith(f"{owner}::") for test in told["tests"]):
            yield file


def forget(rules: Rules) -> None:
    """What a test recorded before; what nobody else plays goes with it."""
    for file in sorted(rules.folder.glob("*.json")):
        told = read(file)
        if told["tests"].pop(rules.test, None) is None:
            continue
        if told["tests"]:
            file.write_text(text_of(told), encoding="utf-8")
        else:
            file.unlink()
    noted = left_out(rules.folder)
    if noted.pop(rules.test, None) is not None:
        _note(rules.folder, noted)


def leave_out(rules: Rules, why: str) -> None:
    """Note that a test asks for what is not recorded, and will not be; what it recorded goes."""
    forget(rules)
    rules.folder.mkdir(parents=True, exist_ok=True)
    _note(rules.folder, left_out(rules.folder) | {rules.test: why})


def left_out(folder: Path) -> dict[str, str]:
    """Why, by test."""
    file = folder / LEFT_OUT
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return dict(line.split(": ", 1) for line in lines)


def _note(folder: Path, why: Mapping[str, str]) -> None:
    file = folder / LEFT_OUT
    if why:
        file.write_text("".join(f"{test}: {said}\n" for test, said in sorted(why.items())), encoding="utf-8")
    else:
        file.unlink(missing_ok=True)


def numbered(folder: Path, name: str, number: int) -> Path:
    return folder / (f"{name}.json" if number == 1 else f"{name}.{number:03}.json")


def variants(folder: Path, name: str) -> list[Path]:
    """All replies to one question: it may be answered otherwise in another test, or later in the same."""
    return sorted(folder.glob(f"{name}*.json"), key=lambda file: (len(file.name), file.name))


def played(rules: Rules, name: str, turn: int, *, strictly: bool = False) -> Path | None:
    """What answers a question when a test asks it for the nth time: a reply stays until the test saw it change.

    A test that never recorded the question gets the first of its replies, unless that is to be known `strictly`.
    """
    replies = variants(rules.folder, name)
    began = [(max(at), file) for file in replies if (at := _turns(file, rules.test, turn))]
    return max(began)[1] if began else next(iter([] if strictly else replies), None)


def _turns(file: Path, test: str, until: int) -> list[int]:
    return [turn for turn in read(file)["tests"].get(test, ()) if turn <= until]


def text_of(told: Mapping[str, Any]) -> str:
    """As it is written."""
    return json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def read(file: Path) -> dict[str, Any]:
    told = _parsed(file)
    if told is None:
        pytest.fail(f"{file.name} is no recording any more: delete it and record again")
    return told


def _parsed(file: Path) -> dict[str, Any] | None:
    """None where somebody spoilt it."""
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        whole = all(told[part].keys() >= names for part, names in PARTS.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return told if whole else None


def alike(one: Mapping[str, Any], other: Mapping[str, Any], volatile: Collection[str]) -> bool:
    """Whether two replies say the same."""
    first, second = (question(str(each["status"]), "", "", each["body"], volatile) for each in (one, other))
    return first == second


def nearest(wanted: str, rules: Rules) -> str:
    """The recordings whose question is nearest to this one, and where they differ: - recorded, + wanted."""
    lines, near = wanted.split("\n"), []
    for file in sorted(rules.folder.glob("*.json")):
        said = read(file)["request"]
        other = question(said["method"], said["path"], said["soapaction"], said["body"], rules.volatile).split("\n")
        ratio = difflib.SequenceMatcher(None, lines, other, autojunk=False).ratio()
        differ = [f"{line[0]} {line[2:].strip()}" for line in difflib.ndiff(other, lines) if line[:1] in "+-"][:SHOWN]
        near.append((ratio, "\n    ".join([f"  {file.name} {said['soapaction'] or said['path']}", *differ])))
    return "\n".join([line for _, line in sorted(near, reverse=True)[:NEAREST]] or ["  nothing is recorded"])
