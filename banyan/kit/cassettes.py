"""Recorded exchanges: one JSON file each, named by what was asked, without anything that is secret."""

import difflib
import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from banyan.kit.fingerprint import VOLATILE, fingerprint, question, volatile_values
from banyan.kit.redaction import Redaction, alias, cookie, renamed

KEPT = ("content-type", "retry-after", "location")
"""Headers of a reply that are recorded; cookies are too, without their values."""
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Rules:
    """How one test class records and plays."""

    folder: Path
    owner: str
    redaction: Redaction
    volatile: Collection[str] = VOLATILE


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is recorded."""

    method: str
    path: str
    """Below the endpoint."""
    action: str
    body: str
    called: frozenset[str]
    """Who is in it: in recordings they have other names."""
    fingerprint: str

    @classmethod
    async def of(cls, request: httpx.Request, endpoint: str, rules: Rules) -> "Asked":
        told = (await request.aread()).decode("utf-8", "replace")
        body, called = rules.redaction.text(told)
        path = request.url.path.removeprefix(urlsplit(endpoint).path.rstrip("/")).strip("/")
        path, others = rules.redaction.text(path)
        action = request.headers.get("soapaction", "").strip('"') or _action(request.headers.get("content-type", ""))
        name = fingerprint(request.method, path, action, body, rules.volatile)
        return cls(request.method, path, action, body, frozenset({*called, *others}), name)


@dataclass
class Exchanges:
    """Those of one test, whoever answers: how many, and how often each question came."""

    rules: Rules
    endpoint: str
    count: int = 0
    again: Counter[str] = field(default_factory=Counter)

    def turn(self, asked: Asked) -> int:
        """How often this test has asked this, this time included."""
        self.again[asked.fingerprint] += 1
        return self.again[asked.fingerprint]


class Live(httpx.AsyncBaseTransport):
    """The real system, counted."""

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges
        self._network = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._exchanges.count += 1
        return await self._network.handle_async_request(request)

    async def aclose(self) -> None:
        await self._network.aclose()


class Recording(Live):
    """The real system; what it says is written down, and only after it was redacted."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = await Asked.of(request, self._exchanges.endpoint, self._exchanges.rules)
        request.headers["accept-encoding"] = "identity"
        response = await super().handle_async_request(request)
        body = await response.aread()
        await response.aclose()
        self._write(asked, response, body)
        return httpx.Response(response.status_code, headers=response.headers.multi_items(), content=body)

    def _write(self, asked: Asked, response: httpx.Response, body: bytes) -> None:
        rules, turn = self._exchanges.rules, self._exchanges.turn(asked)
        headers = [[name, response.headers[name]] for name in KEPT if name in response.headers]
        headers += [["set-cookie", cookie(each)] for each in response.headers.get_list("set-cookie")]
        reply = {"status": response.status_code, "headers": headers, **_told(body, rules.redaction)}
        request = {"method": asked.method, "path": asked.path, "soapaction": asked.action, "body": asked.body}
        file = _file(rules.folder, asked.fingerprint, turn)
        before = _played(rules.folder, asked.fingerprint, turn)
        told = _read(before) if before is not None else {"tests": []}
        if before is None or not _alike(told["reply"], reply, rules.volatile):
            told = {"tests": _read(file)["tests"] if file.is_file() else [], "request": request, "reply": reply}
        else:
            file = before
        told["tests"] = sorted({*told["tests"], rules.owner})
        text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
        if rules.redaction.holds(text):
            pytest.fail(f"a recording of {asked.action or asked.path} would hold what is private; it was not written")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


class Replaying(httpx.AsyncBaseTransport):
    """Recordings instead of a system."""

    def __init__(self, exchanges: Exchanges, played: set[str], missing: list[str]) -> None:
        """`played` and `missing` are told what was used, and what was asked in vain."""
        self._exchanges = exchanges
        self._played = played
        self._missing = missing

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        asked = await Asked.of(request, self._exchanges.endpoint, self._exchanges.rules)
        self._exchanges.count += 1
        file = _played(self._exchanges.rules.folder, asked.fingerprint, self._exchanges.turn(asked))
        if file is None:
            self._missing.append(_in_vain(asked, self._exchanges.rules))
            pytest.fail(self._missing[-1])
        self._played.add(file.name)
        recorded = _read(file)
        reply = recorded["reply"]
        body = _bytes(reply, self._back(asked, recorded["request"]["body"]))
        return httpx.Response(
            reply["status"], headers=[(name, value) for name, value in reply["headers"]], content=body
        )

    def _back(self, asked: Asked, recorded: str) -> dict[str, str]:
        """What the reply of today says instead: the names that the test knows, the message id that was sent."""
        volatile, personal = self._exchanges.rules.volatile, self._exchanges.rules.redaction.personal
        pairs = zip(volatile_values(recorded, volatile), volatile_values(asked.body, volatile), strict=False)
        ids = {then: now for then, now in pairs if len(then) > 4}  # noqa: PLR2004 - shorter ones are no ids
        return ids | {alias(name): name for name in (*personal, *asked.called)}


def recordings(folder: Path, owner: str | None = None) -> Iterator[Path]:
    """Those in a folder, or those that one test class plays."""
    for file in sorted(folder.glob("*.json")):
        if owner is None or owner in _read(file)["tests"]:
            yield file


def _file(folder: Path, name: str, number: int) -> Path:
    return folder / (f"{name}.json" if number == 1 else f"{name}.{number:03}.json")


def _played(folder: Path, name: str, turn: int) -> Path | None:
    """The recording that answers this question when it is asked for the nth time: a reply stays until it changes."""
    files = sorted((int(file.stem.partition(".")[2] or 1), file) for file in folder.glob(f"{name}*.json"))
    return next((file for number, file in reversed(files) if number <= turn), None)


def _read(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


def _alike(one: Mapping[str, Any], other: Mapping[str, Any], volatile: Collection[str]) -> bool:
    """Whether two replies say the same."""
    first, second = (question(str(each["status"]), "", "", each["body"], volatile) for each in (one, other))
    return first == second


def _action(content_type: str) -> str:
    """SOAP 1.2 says its action there."""
    return content_type.partition('action="')[2].partition('"')[0]


def _told(body: bytes, redaction: Redaction) -> dict[str, Any]:
    """As text where it is some; `encoding` is then what it was."""
    for encoding in ("utf-8", "iso-8859-1"):
        try:
            text, _ = redaction.text(body.decode(encoding))
        except UnicodeDecodeError:
            continue
        if text.isprintable() or "<" in text:
            return {"encoding": encoding, "body": text}
    return {"encoding": "base64", "body": b64encode(body).decode()}


def _bytes(reply: Mapping[str, Any], back: Mapping[str, str]) -> bytes:
    if reply["encoding"] == "base64":
        return b64decode(reply["body"])
    return renamed(reply["body"], back).encode(reply["encoding"])


def _in_vain(asked: Asked, rules: Rules) -> str:
    """What was asked, and the recordings that are nearest to it."""
    wanted = question(asked.method, asked.path, asked.action, asked.body, rules.volatile)
    near = []
    for file in recordings(rules.folder):
        said = _read(file)["request"]
        other = question(said["method"], said["path"], said["soapaction"], said["body"], rules.volatile)
        compared = difflib.SequenceMatcher(None, wanted, other, autojunk=False)
        differ = [wanted[a:b] + " for " + other[c:d] for tag, a, b, c, d in compared.get_opcodes() if tag != "equal"]
        near.append(
            (compared.ratio(), f"  {file.name} {said['soapaction'] or said['path']}: {'; '.join(differ)[:200]}")
        )
    nearest = [line for _, line in sorted(near, reverse=True)[:NEAREST]] or ["  nothing is recorded"]
    lines = "\n".join(nearest)
    return f"no recording {asked.fingerprint} answers {asked.action or asked.path}; the nearest are\n{lines}"
