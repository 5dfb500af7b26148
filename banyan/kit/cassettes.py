"""Recorded exchanges: one JSON file each, named by what was asked, without anything that is secret."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from banyan.kit.alias import alias
from banyan.kit.fingerprint import fingerprint, question, volatile_values
from banyan.kit.recordings import Rules, alike, nearest, numbered, played, read, text_of, variants
from banyan.kit.redaction import Redaction, cookie, renamed

KEPT = ("content-type", "retry-after", "location")
"""Headers of a reply that are recorded; cookies are too, without their values."""
LEFT_IN = (
    "a recording of {what} would hold {left!r}, as a part of something longer, so it was not written: "
    "name the element that it stands in in the class's private_elements"
)


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
    written: set[Path] = field(default_factory=set)

    def turn(self, asked: Asked) -> int:
        """How often this test has asked this, this time included."""
        self.again[asked.fingerprint] += 1
        return self.again[asked.fingerprint]


class Live(httpx.AsyncBaseTransport):
    """The real system, counted."""

    def __init__(self, exchanges: Exchanges, network: httpx.AsyncBaseTransport | None = None) -> None:
        """`network`: what takes its place."""
        self._exchanges = exchanges
        self._network = network or httpx.AsyncHTTPTransport()

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
        headers = [[name, rules.redaction.text(response.headers[name])[0]] for name in KEPT if name in response.headers]
        headers += [["set-cookie", cookie(each)] for each in response.headers.get_list("set-cookie")]
        reply = {"status": response.status_code, "headers": headers, **_told(body, rules.redaction)}
        request = {"method": asked.method, "path": asked.path, "soapaction": asked.action, "body": asked.body}
        known = {file: read(file) for file in variants(rules.folder, asked.fingerprint)}
        same = (file for file, told in known.items() if alike(told["reply"], reply, rules.volatile))
        file = next(same, numbered(rules.folder, asked.fingerprint, len(known) + 1))
        if file in known and file == played(rules, asked.fingerprint, turn, strictly=True):
            return
        told = known.get(file) or {"tests": {}, "request": request, "reply": reply}
        told["tests"].setdefault(rules.test, []).append(turn)
        text = text_of(told)
        if (left := rules.redaction.left_in(text)) is not None:
            pytest.fail(LEFT_IN.format(what=asked.action or asked.path, left=left))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self._exchanges.written.add(file)
        self._look_again()

    def _look_again(self) -> None:
        """What came before may hold a secret that was known as one only by what came after it: a login's answer."""
        for file in self._exchanges.written:
            text = file.read_text(encoding="utf-8")
            cleaned = self._exchanges.rules.redaction.known_by_now(text)
            if cleaned != text:
                file.write_text(cleaned, encoding="utf-8")


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
        file = played(self._exchanges.rules, asked.fingerprint, self._exchanges.turn(asked))
        if file is None:
            self._missing.append(_in_vain(asked, self._exchanges.rules))
            pytest.fail(self._missing[-1])
        self._played.add(file.name)
        recorded = read(file)
        reply = recorded["reply"]
        self._exchanges.rules.redaction.played(reply["body"])
        back = self._back(asked, recorded["request"]["body"])
        body = renamed(reply["body"], back).encode(reply["encoding"])
        return httpx.Response(
            reply["status"], headers=[(name, value) for name, value in reply["headers"]], content=body
        )

    def _back(self, asked: Asked, recorded: str) -> dict[str, str]:
        """What the reply of today says instead: the names that the test knows, the message id that was sent."""
        volatile, personal = self._exchanges.rules.volatile, self._exchanges.rules.redaction.personal
        pairs = zip(volatile_values(recorded, volatile), volatile_values(asked.body, volatile), strict=False)
        names = {alias(name): name for name in (*personal, *asked.called)}
        ids = {then: names.get(now, now) for then, now in pairs if len(then) > 4}  # noqa: PLR2004 - shorter ones are no ids
        return names | ids


def _action(content_type: str) -> str:
    """SOAP 1.2 says its action there."""
    return content_type.partition('action="')[2].partition('"')[0]


def _told(body: bytes, redaction: Redaction) -> dict[str, str]:
    """As text, so that it can be redacted whatever it is; `encoding` is what it was."""
    try:
        encoding, text = "utf-8", body.decode()
    except UnicodeDecodeError:
        encoding, text = "iso-8859-1", body.decode("iso-8859-1")
    return {"encoding": encoding, "body": redaction.text(text)[0]}


def _in_vain(asked: Asked, rules: Rules) -> str:
    wanted = question(asked.method, asked.path, asked.action, asked.body, rules.volatile)
    what = f"no recording {asked.fingerprint} answers {asked.action or asked.path}"
    hint = "what is another word in every request belongs in the class's volatile_elements"
    return f"{what}; nearest, - as recorded and + as asked ({hint}):\n{nearest(wanted, rules)}"
