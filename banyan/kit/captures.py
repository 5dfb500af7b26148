"""Exchanges that somebody else captured: HAR files, and the XML of requests and of their replies."""

import base64
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

ASKED, TOLD = (".request.xml", "_request.xml", "-request.xml"), (".response.xml", "_response.xml", "-response.xml")
"""How the names of two files end that belong together; in a folder of their own they may be these without the dot."""
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
OK, FAILED = 200, 500


class Unusable(ValueError):
    """A file that holds no exchange; says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Capture:
    """One exchange. `request` is None where only the reply was kept."""

    source: str
    request: str | None
    reply: bytes
    status: int
    content_type: str

    @property
    def tag(self) -> str:
        """The local name of the element in the reply's body."""
        return _inside(self.reply.decode("utf-8", "replace"))[0]


def captured(paths: Iterable[Path]) -> list[Capture]:
    """All exchanges in these files and folders. Raises Unusable."""
    files = [file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    found: list[Capture] = []
    for file in files:
        if not file.is_file():
            if not file.is_dir():
                raise Unusable(f"{file} is not there")
        elif file.suffix.lower() == ".har":
            found += _from_har(file)
        elif file.suffix.lower() == ".xml" and not _is(file, ASKED):
            found.append(_from_xml(file))
    if not found:
        raise Unusable("there is no .har file and no .xml file with a reply")
    return found


def said(document: str) -> Counter[tuple[str, str]]:
    """What a request says: the texts in its body by their place. Its header, prefixes, order and types do not count."""
    name, node = _inside(document)
    return Counter(_texts(node, name)) + Counter({(name, ""): 1})


def asked(document: str) -> str:
    """The local name of the element in a request's body."""
    return _inside(document)[0]


def texts(document: str) -> Collection[str]:
    return {text for _, text in said(document)}


def without(told: Mapping[tuple[str, str], int], volatile: Collection[str]) -> dict[tuple[str, str], int]:
    """The same without what is another word in every request."""
    return {key: times for key, times in told.items() if key[0].rpartition("/")[2].lower() not in volatile}


def _from_har(file: Path) -> Iterator[Capture]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8-sig"))["log"]["entries"]
    except (ValueError, KeyError, TypeError):
        raise Unusable(f"{file} is no HAR file") from None
    for number, entry in enumerate(entries, 1):
        request, response = entry["request"], entry["response"]
        told = response.get("content", {})
        text = told.get("text") or ""
        reply = base64.b64decode(text) if told.get("encoding") == "base64" else text.encode()
        sent = request.get("postData", {}).get("text")
        if sent and b"Envelope" in reply:
            kind = str(told.get("mimeType") or _kind(reply))
            yield Capture(f"{file.name}, entry {number}", sent, reply, int(response["status"]), kind)


def _from_xml(file: Path) -> Capture:
    reply = file.read_bytes()
    try:
        name, _ = _inside(reply.decode("utf-8", "replace"))
    except Unusable as wrong:
        raise Unusable(f"{file}: {wrong}") from None
    request = next((each for each in _beside(file) if each.is_file()), None)
    if request is None and name == "Fault":
        raise Unusable(f"{file} is a fault, which says not what it answers: put its request beside it as {ASKED[0]}")
    sent = None if request is None else request.read_text(encoding="utf-8-sig")
    return Capture(file.name, sent, reply, FAILED if name == "Fault" else OK, _kind(reply))


def _beside(file: Path) -> Iterator[Path]:
    for mine, its in zip(TOLD, ASKED, strict=True):
        if file.name.lower() == mine[1:]:
            yield file.with_name(its[1:])
        yield file.with_name(file.name.removesuffix(mine if file.name.endswith(mine) else ".xml") + its)


def _is(file: Path, endings: Collection[str]) -> bool:
    name = file.name.lower()
    return any(name.endswith(end) or name == end[1:] for end in endings)


def _kind(reply: bytes) -> str:
    return "application/soap+xml; charset=utf-8" if SOAP12.encode() in reply else "text/xml; charset=utf-8"


def _inside(document: str) -> tuple[str, etree._Element | None]:
    """The one element in the body of an envelope, after its local name; of an empty body a name of nothing."""
    parser: Any = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, encoding="utf-8")
    try:
        root = etree.fromstring(document.lstrip("\ufeff").strip().encode(), parser)
    except etree.XMLSyntaxError:
        raise Unusable("it is not well-formed XML") from None
    body = root.find("{*}Body")
    if etree.QName(root).localname != "Envelope" or body is None:
        raise Unusable("it is no SOAP envelope")
    return ("", None) if not len(body) else (etree.QName(body[0]).localname, body[0])


def _texts(node: etree._Element | None, path: str) -> Iterator[tuple[str, str]]:
    if node is None:
        return
    text = (node.text or "").strip()
    if text:
        yield path, text
    for child in node.iterchildren("{*}*"):
        yield from _texts(child, f"{path}/{etree.QName(child).localname}")
