"""The catalogue of error codes: with which status a code comes, what it means, what to do about it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PATH = "/errors"
"""Where the pages of the codes are."""


@dataclass(frozen=True, slots=True)
class Entry:
    status: tuple[int, ...]
    means: str
    do: str


@cache
def catalogue() -> Mapping[str, Entry]:
    text = files(__package__).joinpath("errors.toml").read_text(encoding="utf-8")
    return {
        code: Entry(tuple(entry["status"]), entry["means"], entry["do"]) for code, entry in tomllib.loads(text).items()
    }


def entry(code: str) -> Entry | None:
    """What is known of a code, or of its family: `customer.unknown` is one of `*.unknown`."""
    return catalogue().get(code) or catalogue().get(f"*.{code.rpartition('.')[2]}")


def listing() -> str:
    """docs/errors.md."""
    rows = (
        f"| `{code}` | {', '.join(map(str, found.status))} | {found.means} | {found.do} |"
        for code, found in sorted(catalogue().items())
    )
    return "\n".join((_TOP, *rows, ""))


_TOP = """# Errors

Every error body has a `code` of this list and, as `referenceError`, the address of its page in the gateway itself
(`/errors/<code>`). Made from gateway/api/tmf630/errors.toml; a test fails when the two differ. A code that a legacy
system gave (`backend.rejected`, `backend.conflict`) is passed on in place of ours.

| Code | Status | What it means | What to do |
|-|-|-|-|"""
