"""Exchanges that somebody else captured: HAR files, and the XML of requests and of their replies."""

import base64
import gzip
import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

NAMED = re.compile(r"(?P<stem>.*?)[._ -]?(?P<way>request|req|response|resp|reply)?\.xml", re.IGNORECASE)
"""The names of two files that belong together differ in this only; in a folder of their own they may be no more."""
DECLARED = re.compile(r"""\ufeff?\s*<\?xml[^>]{0,99}?\sencoding\s*=\s*["']([^"']*)""")
CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
ENVELOPE = re.compile(r"<(?:[\w.-]+:)?Envelope[\s>]")
HEAD = re.compile(r"\s*(HTTP/\d|[A-Z]+ \S+ HTTP/\d)")
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
        return _inside(_text(self.reply))[0]


def captured(paths: Iterable[Path]) -> list[Capture]:
    """All exchanges in these files and folders. Raises Unusable."""
    found = [each for path in paths for each in (_in_folder(path) if path.is_dir() else _in_file(path))]
    if not found:
        raise Unusable("there is no .har file and no .xml file with a reply")
    return found


def _in_folder(folder: Path) -> Iterator[Capture]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix.lower() in (".har", ".xml"):
            yield from _in_file(file)


def _in_file(file: Path) -> Iterator[Capture]:
    if not file.is_file():
        raise Unusable(f"{file} is not there")
    kind = file.suffix.lower()
    if kind in (".har", ".json"):
        yield from _from_har(file)
    elif kind != ".xml":
        raise Unusable(
            f"captures are .har and .xml files, and {file.name} is neither: export it as HAR, or save requests and "
            "replies as NAME.request.xml and NAME.response.xml"
        )
    elif not _asks(file):
        yield _from_xml(file)


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
        found = [(number, *_exchange(entry)) for number, entry in enumerate(entries, 1)]
    except (ValueError, LookupError, TypeError, AttributeError, OSError):
        raise Unusable(f"{file} is no HAR file") from None
    soap = [each for each in found if ENVELOPE.search(each[1]) and ENVELOPE.search(_text(each[2]))]
    if not soap:
        raise Unusable(f"{file} holds no exchange of SOAP with its reply: save it with the contents of the responses")
    for number, sent, reply, status, kind in soap:
        source = f"{file.name}, entry {number}"
        _readable(source, sent)
        yield Capture(source, sent, reply, status, kind)


def _exchange(entry: Mapping[str, Any]) -> tuple[str, bytes, int, str]:
    """What was asked and told, the status and the type of the reply; tools leave out or null what they do not have."""
    request, response = entry.get("request") or {}, entry.get("response") or {}
    sent, told = request.get("postData") or {}, response.get("content") or {}
    kind = str(told.get("mimeType") or "")
    reply = _bytes_of(told, kind)
    return _text(_bytes_of(sent)), reply, int(response.get("status") or OK), kind or _kind(reply)


def _bytes_of(content: Mapping[str, Any], kind: str = "") -> bytes:
    """As they were sent: a text that says in which encoding it is was decoded for the HAR file."""
    text = content.get("text") or ""
    if content.get("encoding") == "base64":
        body = base64.b64decode(text)
        return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    said = DECLARED.match(text) or CHARSET.search(kind)
    try:
        return bytes(text.encode(said[1] if said else "utf-8"))
    except (LookupError, UnicodeError):
        return bytes(text.encode())


def _from_xml(file: Path) -> Capture:
    reply = file.read_bytes()
    name = _readable(str(file), _text(reply))
    request = next((each for each in sorted(file.parent.iterdir()) if _asks(each) and _stem(each) == _stem(file)), None)
    if request is None and name == "Fault":
        raise Unusable(f"{file} is a fault, which says not what it answers: put its request beside it as .request.xml")
    sent = None if request is None else _text(request.read_bytes())
    _readable(str(request), sent)
    return Capture(file.name, sent, reply, FAILED if name == "Fault" else OK, _kind(reply))


def _asks(file: Path) -> bool:
    """Whether it is the one of two files that holds the request."""
    named = NAMED.fullmatch(file.name)
    return named is not None and (named["way"] or "").lower().startswith("req")


def _stem(file: Path) -> str:
    named = NAMED.fullmatch(file.name)
    return file.name if named is None else named["stem"].lower()


def _text(document: bytes) -> str:
    """By its byte order mark, or else by what it declares; what is wrong in that stands out when it is read."""
    if document.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return document.decode("utf-16", "replace")
    said = DECLARED.match(document[:200].decode("utf-8", "replace"))
    try:
        return document.decode(said[1] if said else "utf-8-sig", "replace")
    except LookupError:
        return document.decode("utf-8-sig", "replace")


def _readable(source: str, document: str | None) -> str:
    """The name of the element in the body. Raises Unusable with the source."""
    try:
        return "" if document is None else _inside(document)[0]
    except Unusable as wrong:
        raise Unusable(f"{source}: {wrong}") from None


def _kind(reply: bytes) -> str:
    return "application/soap+xml; charset=utf-8" if SOAP12.encode() in reply else "text/xml; charset=utf-8"


def _inside(document: str) -> tuple[str, etree._Element | None]:
    """The one element in the body of an envelope, after its local name; of an empty body a name of nothing."""
    told = document.lstrip("\ufeff").strip()
    root = _root(told)
    if root is None and HEAD.match(told):
        raise Unusable("it begins with an HTTP head: keep what stands below it, unpacked")
    if root is None and told.startswith("--"):
        raise Unusable("it is a message of several parts: keep the one with the envelope")
    if root is None:
        raise Unusable("it is not well-formed XML")
    body = root.find("{*}Body")
    name = etree.QName(root).localname
    if name != "Envelope" or body is None:
        raise Unusable(f"its root is {name} and no SOAP envelope: only requests and replies are read")
    return ("", None) if not len(body) else (etree.QName(body[0]).localname, body[0])


def _root(document: str) -> etree._Element | None:
    """None for what is not well-formed, but for prefixes that nobody declares."""
    how: Any = {"resolve_entities": False, "no_network": True, "remove_comments": True, "encoding": "utf-8"}
    try:
        return etree.fromstring(document.encode(), etree.XMLParser(**how))
    except etree.XMLSyntaxError as wrong:
        if not str(wrong).startswith("Namespace prefix"):
            return None
        return etree.fromstring(document.encode(), etree.XMLParser(**how, recover=True))


def _texts(node: etree._Element | None, path: str) -> Iterator[tuple[str, str]]:
    if node is None:
        return
    text = (node.text or "").strip()
    if text:
        yield path, text
    for child in node.iterchildren("{*}*"):
        yield from _texts(child, f"{path}/{etree.QName(child).localname}")
