"""Reads a list of plain records from the text of its document, column by column.

Rows that one program wrote look alike, so that one pattern takes all of them apart, at a fraction of the cost of their
elements. It proves nothing about the rest of the document: that is parsed and read in full with a row or two left in
it, which must come out as they did here. Where anything is otherwise, the whole document is read in full.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from lxml.etree import _Element

from banyan.soap.codec.columns import TRUE, Field, Record, Style
from banyan.soap.strict import ELEMENTS

SMALL, MOST = 1_000, 10_000_000
"""Bytes. What is smaller is worth it only where its frame is known; libxml2 refuses longer texts."""
VAIN = 16
"""Small documents in a row whose frame was another each time: from then on they are read in full at once."""
PIECE = 100_000
"""Characters that are taken apart at once: so long nobody else runs."""
STYLES = FRAMES = 64
SHORT = 4_000
"""Characters of a frame that is remembered."""
FEW = 6
"""Rows that are not worth making columns of."""
ATTRIBUTES = r"(?:\s[^<>&]*(?<!/))?"
"""The same in each row, such as a namespace or its type; what ends in a slash opens no row."""
GAP = r"[ \t\r\n]{0,999}"
ENCODING = re.compile(r"""\ufeff?<\?xml[^>]{0,99}?\sencoding\s*=\s*["']([^"']*)""")
PREFIX = r"((?:[^\W\d][\w.-]*:)?)"
STRANGE = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
NIL = re.compile(rf"<[^<>\s]+\s([\w.-]+:nil)={TRUE}")


def whole_text(document: bytes) -> str | None:
    """The characters of a document in UTF-8 that is worth looking for rows in."""
    if len(document) > MOST or document.count(b"<") > ELEMENTS:
        return None
    try:
        text = document.decode()
    except UnicodeDecodeError:
        return None
    declared = ENCODING.match(text)
    return text if declared is None or declared[1].lower() == "utf-8" else None


class Frame(NamedTuple):
    """All of a document but what its rows say: where it is the same, so is what they mean."""

    written: "_Written"
    head: str
    tail: str
    nil: bool
    """Whether something in a row is nil."""


class Cut(NamedTuple):
    """What the rows of a document say, and the document without them but for a few."""

    rows: list[dict[str, Any]]
    left: Mapping[int, str]
    """The rows of the sample by their places."""
    frame: Frame
    path: Sequence[str]
    proven: dict[Frame, Any]

    @property
    def sample(self) -> bytes:
        return "".join((self.frame.head, *self.left.values(), self.frame.tail)).encode()

    def known(self) -> Any:
        """What the document says, where one of the same frame was proven; else None."""
        value = self.proven.get(self.frame)
        return None if value is None else self._with(value, self.rows)

    def complete(self, value: Any, *, alone: bool) -> Any:
        """What was read of the sample with all rows in it; None where those of the sample say something else.

        `alone`: whether the document says nothing besides.
        """
        place = value
        for key in self.path:
            place = place.get(key) if isinstance(place, dict) else None
        if place is None or place != [self.rows[number] for number in self.left]:
            return None
        if alone and len(self.frame.head) + len(self.frame.tail) <= SHORT and _is_constant(value, self.path):
            if len(self.proven) >= FRAMES:
                self.proven.clear()
            self.proven[self.frame] = self._with(value, [])
        return self._with(value, self.rows)

    def _with(self, value: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
        """A copy of the dicts that lead to the rows."""
        made = place = value.copy()
        *above, last = self.path
        for key in above:
            place[key] = place = place[key].copy()
        place[last] = rows
        return made


def _is_constant(value: dict[str, Any], path: Sequence[str]) -> bool:
    """Whether all that stands besides the rows may be shown to several."""
    for key in path:
        if any(isinstance(other, dict | list | _Element) for name, other in value.items() if name != key):
            return False
        value = value[key]
    return True


class Rows:
    """The rows of one list in the messages of one operation."""

    def __init__(self, path: Sequence[str], name: str, fields: Sequence[Field]) -> None:
        """`path`: the keys that lead to the list; `name`: of a row, without a prefix. Its fields share a namespace."""
        self._path, self._name, self._fields = path, name, fields
        names = "|".join(re.escape(field.name) for field in fields)
        self._first = re.compile(f"<{PREFIX}{re.escape(name)}({ATTRIBUTES})>({GAP})<{PREFIX}(?:{names})[ />]")
        self._closing = re.compile(rf"[/:]{re.escape(name)}\s*>")
        self._written = lru_cache(STYLES)(partial(_Written, fields))
        self._proven: dict[Frame, Any] = {}
        self._latest: Frame | None = None
        self._vain = 0

    def cut(self, document: str) -> Cut | None:
        """None for a document without such rows, with one that is not plain, or for which it is not worth it."""
        try:
            return self._in_latest(document) or self._in_any(document)
        except (ValueError, ArithmeticError):
            return None  # the full reading tells what is wrong

    def _in_latest(self, document: str) -> Cut | None:
        """One that begins and ends as the latest did, with nothing but rows in between."""
        frame = self._latest
        if frame is None or not (document.startswith(frame.head) and document.endswith(frame.tail)):
            return None
        rest = document[len(frame.head) :]
        if frame not in self._proven or ":nil=" in rest or _is_strange(rest):
            return None
        rows, tail = frame.written.rows(rest)
        if not rows or tail != frame.tail:
            return None
        self._vain = 0
        return Cut(rows, {}, frame, self._path, self._proven)

    def _in_any(self, document: str) -> Cut | None:
        small = len(document) < SMALL
        if small and self._vain >= VAIN:
            return None
        cut = self._cut(document)
        if cut is not None and cut.frame in self._proven:
            self._latest, self._vain = cut.frame, 0
        elif cut is not None and small:
            self._vain += 1
        return cut

    def _cut(self, document: str) -> Cut | None:
        first = self._first.search(document)
        if first is None or _is_strange(document):
            return None
        name = first[1] + self._name
        opening = f"<{name}{first[2]}>"
        head, rest = document[: first.start()], document[first.start() :]
        nil = NIL.search(rest) if ":nil=" in rest else None
        style = Style(first[4], GAP if first[3] else "", None if nil is None else nil[1])
        written = self._written(name, opening, style)
        found = {0: written.pattern.match(rest)}
        if nil is not None:
            start = rest.rfind(opening, 0, nil.start())
            found[rest.count(opening, 0, start)] = written.pattern.match(rest, start)
        left = {place: row[0] for place, row in found.items() if row is not None}
        if len(left) < len(found):
            return None
        rows, tail = written.rows(rest)
        if self._closing.search(head) or self._closing.search(tail):
            return None  # which of them the list has, nobody could tell
        nilled = nil is not None and nil.start() < len(rest) - len(tail)
        return Cut(rows, left, Frame(written, head, tail, nilled), self._path, self._proven)


def _is_strange(text: str) -> bool:
    """Whether it takes a parser to tell what this says."""
    if "\ufffe" in text or "\uffff" in text:
        return True  # no characters of XML
    return "&" in text and STRANGE.search(text) is not None


class _Written:
    """The rows of a list as one program writes them."""

    def __init__(self, fields: Sequence[Field], name: str, opening: str, style: Style) -> None:
        self._opening = opening
        self._record = Record(fields, style)
        self.pattern = re.compile(f"{re.escape(opening)}{self._record.pattern}</{re.escape(name)}>{style.gap}")

    def rows(self, text: str) -> tuple[list[dict[str, Any]], str]:
        """Those that follow each other from here on, and what stands behind the last. Raises as its values do."""
        rows: list[dict[str, Any]] = []
        step, at = self.pattern.groups + 1, 0
        while at < len(text):
            end = text.find(self._opening, at + PIECE)
            end = len(text) if end < 0 else end
            parts = self.pattern.split(text[at:end])
            between = parts[::step]
            if any(between[:-1]):
                break
            if self._record.plain and len(between) <= FEW:
                rows += [self._record.value(parts[place : place + step - 1]) for place in range(1, len(parts), step)]
            else:
                rows += self._record.values(iter([parts[place::step] for place in range(1, step)]))
            at = end - len(between[-1])
            if between[-1]:
                break
        return rows, text[at:]
