"""What others captured, told to an adapter in the place of its system."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from banyan.kit.captures import Capture, asked, captured, said, texts, without
from banyan.kit.fingerprint import volatile_values
from banyan.kit.recordings import Rules
from banyan.kit.redaction import renamed
from banyan.manifest import read_manifest

SHOWN = 6
Said = dict[tuple[str, str], int]


class Retelling(httpx.AsyncBaseTransport):
    """Finds what a request was answered once; the test that asks what nobody captured is left out."""

    def __init__(self, captures: "Captures", rules: Rules, missing: list[str]) -> None:
        """`missing` is told what was asked in vain."""
        self._captures = captures
        self._rules = rules
        self._missing = missing
        self._again: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        told = (await request.aread()).decode("utf-8", "replace")
        found = self._captures.answering(told, self._rules)
        if not found:
            self._missing.append(self._captures.in_vain(told, self._rules))
            pytest.skip(self._missing[-1])
        place = min(self._again[found[0].source], len(found) - 1)
        self._again[found[0].source] += 1
        capture = found[place]
        return httpx.Response(
            capture.status, headers={"content-type": capture.content_type}, content=self._of_today(capture, told)
        )

    def _of_today(self, capture: Capture, told: str) -> bytes:
        """The reply with the message ids that were sent now."""
        if capture.request is None:
            return capture.reply
        pairs = zip(*(volatile_values(each, self._rules.volatile) for each in (capture.request, told)), strict=False)
        ids = {then: now for then, now in pairs if len(then) > 4}  # noqa: PLR2004 - shorter ones are no ids
        return renamed(capture.reply.decode("latin-1"), ids).encode("latin-1") if ids else capture.reply


class Captures:
    """Those of one run, for one test class."""

    def __init__(self, paths: list[Path], facts: type[Any]) -> None:
        self.all = captured(paths)
        self._strangers = {str(getattr(facts, name)) for name in dir(facts) if name.startswith("unknown_")}
        self._answers = _answers(facts.manifest) if any(each.request is None for each in self.all) else {}

    def answering(self, told: str, rules: Rules) -> list[Capture]:
        """By what was asked then; a reply that was kept alone answers all questions of its operation.

        Except those about somebody whom the facts of the class call unknown.
        """
        wanted = _said(told, rules)
        same = [each for each in self.all if each.request is not None and _said(each.request, rules) == wanted]
        if same or self._strangers & set(texts(told)):
            return same
        alone = [each for each in self.all if each.request is None and asked(told) in self._answers.get(each.tag, ())]
        if len(alone) > 1:
            names = ", ".join(each.source for each in alone)
            pytest.fail(f"{names} all answer {asked(told)}: put beside each the request that it answers")
        return alone

    def in_vain(self, told: str, rules: Rules) -> str:
        wanted, near = _said(told, rules), []
        for each in self.all:
            if each.request is not None and asked(each.request) == asked(told):
                other = _said(each.request, rules)
                near.append((len(other.items() ^ wanted.items()), each.source, other))
        why = f"nothing that was captured answers {asked(told)}"
        if not near:
            return why
        _, source, other = min(near, key=lambda each: each[:2])
        lines = [*_lines("-", other.items() - wanted.items()), *_lines("+", wanted.items() - other.items())]
        return f"{why}; nearest is {source}, - as captured and + as asked: {'; '.join(lines[:SHOWN])}"


def _lines(mark: str, differ: Collection[tuple[tuple[str, str], int]]) -> Iterator[str]:
    return (f"{mark} {path} {text!r}" for (path, text), _ in sorted(differ))


def _said(document: str, rules: Rules) -> Said:
    return without(said(rules.redaction.text(document)[0]), rules.volatile)


def _answers(manifest: Path) -> Mapping[str, Collection[str]]:
    """By the name of a reply's element, the names of the requests that it may answer."""
    from banyan.soap.loading import load  # noqa: PLC0415 - most runs need none

    wsdl, folder = read_manifest(manifest).wsdl, manifest.parent / "wsdl"
    if wsdl is None:
        return {}
    bindings: Any = load(folder / wsdl, folder).document.bindings.values()
    found: dict[str, set[str]] = {}
    for name, operation in (each for binding in bindings for each in binding.all().items()):
        told, question = (_called(message) for message in (operation.output, operation.input))
        for reply in {f"{name}Response", told}:
            found.setdefault(reply, set()).add(question)
    return found


def _called(message: Any) -> str:
    """The name of the element in the body of a message."""
    return "" if message is None or message.body is None else str(message.body.qname.localname)
