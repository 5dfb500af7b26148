"""Their words for how things stand, and ours: `CMPL` is done, `SUSP` is suspended."""

import re
from collections.abc import Mapping, Sequence
from enum import EnumType
from typing import Any

from banyan.scaffold.words import split
from banyan.soap.survey import Part

_WELL = frozenset({"ok", "success", "succeeded", "successful"})
_RUNNING = (
    "rcvd rcv received accepted accp acpt new open opn pending pend pnd queued running inprg inprog inprogress wip"
)
_RUNNING += " entered booked provisioning activating deactivating"
_RUNNING += " processing proc submitted sbmt scheduled held ack acknowledged created crtd started executing progress"
_DONE = "cmpl compl cmpltd complete completed done success succeeded successful ok finished fin fulfilled closed"
_GONE = (
    "cncl canc cnl cancelled canceled cancel deactivated deact dea terminated term trm removed deleted del withdrawn"
)
_FAILED = "failed fail fld error err rejected rjct rej rejd denied aborted abrt"
_ACTIVE = "active act actv activated live enabled"
_HELD = "suspended susp sus spnd barred bar blocked blkd hold paused frozen"
_ENDED = f"{_GONE} closed cls clsd ended churned"
_AHEAD = "reserved rsvd planned pending pend pnd designed requested"
_MEANT: Mapping[str, frozenset[str]] = {
    "running": frozenset(_RUNNING.split()),
    "done": frozenset(f"{_DONE} {_ACTIVE}".split()),
    "cancelled": frozenset(f"{_GONE} disabled".split()),
    "failed": frozenset(_FAILED.split()),
    "active": frozenset(_ACTIVE.split()),
    "suspended": frozenset(_HELD.split()),
    "terminated": frozenset(_ENDED.split()),
    "closed": frozenset(_ENDED.split()),
    "reserved": frozenset(_AHEAD.split()),
    "inactive": frozenset(f"inactive inact disabled {_HELD}".split()),
}
"""By our word, theirs: in small letters, without what stands between words."""


def ours(kind: Any, meaning: str) -> list[str]:
    """The words that an attribute may have: those of its enumeration, or those that its sentence names."""
    if isinstance(kind, EnumType):
        members: dict[str, Any] = dict(kind.__members__)
        return [str(each.value) for each in members.values()]
    return [word for word in re.findall(r"[a-z]+", meaning) if word in _MEANT] if kind is str else []


def read(part: Part, words: Sequence[str]) -> dict[str, str]:
    """Their words of an enumeration that are known for one of ours."""
    found = {}
    for value in part.values:
        plain = re.sub(r"[^a-z]", "", value.lower())
        waits = "running" if plain.startswith(("await", "pending", "waiting")) else plain
        word = next((word for word in words if plain in _MEANT[word] or word in (plain, waits)), None)
        if word is not None:
            found[value] = word
    return found


def of_work(part: Part) -> bool:
    """Whether an enumeration tells how work stands, and not how a request went."""
    return bool({"running", "cancelled"} & set(read(part, ["running", "done", "cancelled", "failed"]).values()))


def report(part: Part) -> bool:
    """Whether a record, or a table of such, only says how it went: what SAP calls RETURN."""
    inner = part
    while len(inner.parts) == 1 and inner.parts[0].complex:
        inner = inner.parts[0]
    words = [set(split(each.name)) for each in inner.parts]
    named = {"return", "message", "error", "warning"} & set(split(part.name))
    texts = any({"message", "msg", "text", "desc", "description"} & each for each in words)
    return bool(named) and texts and any({"type", "code", "number", "severity"} & each for each in words)


def success(part: Part) -> str | None:
    """What an enumeration that tells how a request went says when it was done."""
    return next((value for value in part.values if re.sub(r"[^a-z]", "", value.lower()) in _WELL), None)


def called(part: Part, word: str) -> str | None:
    """What they say for one of our words."""
    return next(iter(read(part, [word])), None)
