"""Reads a list of plain records from the text of its document, column by column.

Rows that one program wrote look alike, so that one pattern takes all of them apart, at a fraction of the cost of their
elements. It proves nothing about the rest of the document: that is parsed and read in full with a row or two left in
it, which must come out as they did here. Where anything is otherwise, the whole document is read in full.
"""

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from banyan.soap.codec.columns import Field, Record, Style
from banyan.soap.strict import ELEMENTS

LEAST, MOST = 2_000, 10_000_000
"""Bytes of a document whose rows are looked for; libxml2 refuses longer texts."""
PIECE = 100_000
"""Characters that are taken apart at once: so long nobody else runs."""
STYLES = 64
ATTRIBUTES = r"(?:\s[^<>&]*)?"
"""The same in each row, such as a namespace or its type."""
GAP = r"[ \t\r\n]{0,999}"
ENCODING = re.compile(r"""\ufeff?<\?xml[^>]{0,99}?\sencoding\s*=\s*["']([^"']*)""")
PREFIX = r"((?:[^\W\d][\w.-]*:)?)"
NO_CHARACTERS = "\ufffe", "\uffff"
STRANGE = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
NIL = re.compile(r"""\s([\w.-]+:nil)=["'](?:true|1)["']""")


def whole_text(document: bytes) -> str | None:
    """The characters of a document in UTF-8 that is worth looking for rows in."""
    if not LEAST <= len(document) <= MOST or document.count(b"<") > ELEMENTS:
        return None
    try:
        text = document.decode()
    except UnicodeDecodeError:
        return None
    declared = ENCODING.match(text)
    return text if declared is None or declared[1].lower() == "utf-8" else None


class Cut(NamedTuple):
    """A document without its rows but for a few, and what all of them say."""

    sample: bytes
    path: Sequence[str]
    rows: list[dict[str, Any]]
    left: Sequence[int]
    """Which rows are left in the sample."""

    def complete(self, value: Any) -> bool:
        """Put the rows into what was read of the sample. False where those that are left in it say something else."""
        *above, last = self.path
        for key in above:
            value = value[key] if isinstance(value, dict) else None
        if not isinstance(value, dict) or value.get(last) != [self.rows[place] for place in self.left]:
            return False
        value[last] = self.rows
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

    def cut(self, document: str) -> Cut | None:
        """None for a document without such rows, or with one that is not plain."""
        first = self._first.search(document)
        if first is None or STRANGE.search(document) or any(each in document for each in NO_CHARACTERS):
            return None
        name = first[1] + self._name
        opening = f"<{name}{first[2]}>"
        head, rest = document[: first.start()], document[first.start() :]
        nil = NIL.search(rest) if ":nil=" in rest else None
        style = Style(first[4], GAP if first[3] else "", None if nil is None else nil[1])
        written = self._written(name, opening, style)
        left = {0: written.pattern.match(rest)}
        if nil is not None:
            start = rest.rfind(opening, 0, nil.start())
            left[rest.count(opening, 0, start)] = written.pattern.match(rest, start)
        texts = [row[0] for row in left.values() if row is not None]
        if len(texts) < len(left):
            return None
        try:
            rows, tail = written.rows(rest)
        except (ValueError, ArithmeticError):
            return None
        if self._closing.search(head) or self._closing.search(tail):
            return None  # which of them the list has, nobody could tell
        return Cut("".join((head, *texts, tail)).encode(), self._path, rows, [*left])


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
            rows += self._record.values(iter([parts[place::step] for place in range(1, step)]))
            at = end - len(between[-1])
            if between[-1]:
                break
        return rows, text[at:]
