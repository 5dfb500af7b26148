"""Reads a list of plain records from the text of its document, column by column.

Rows that one program wrote look alike, so that one pattern takes all of them apart, at a fraction of the cost of their
elements. It proves nothing about the rest of the document: that is parsed and read in full with a row or two left in
it, which must come out as they did here. Where anything is otherwise, the whole document is read in full.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from banyan.soap.codec.simple import Convert
from banyan.soap.strict import ELEMENTS

LEAST, MOST = 2_000, 10_000_000
"""Bytes of a document whose rows are looked for; libxml2 refuses longer texts."""
PIECE = 100_000
"""Characters that are taken apart at once: so long nobody else runs."""
SHAPES = 64
GAP = r"[ \t\r\n]{0,999}"
ENCODING = re.compile(r"""\ufeff?<\?xml[^>]{0,99}?\sencoding\s*=\s*["']([^"']*)""")
PREFIX = r"((?:[^\W\d][\w.-]*:)?)"
TEXT = r"[^<>&\x00-\x08\x0b-\x1f]+"
"""What a parser hands on as it stands: a CR it would not."""
REFERRING = TEXT.replace("&", "")
NO_CHARACTERS = "\ufffe", "\uffff"
STRANGE = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
NIL = re.compile(r"""\s([\w.-]+:nil)=["'](?:true|1)["']""")


class Field(NamedTuple):
    """One element of a record."""

    key: str
    name: str
    """Without a prefix."""
    convert: Convert
    required: bool
    nillable: bool
    hollow: bool
    """Whether an empty one is None."""


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
        self._first = re.compile(f"<{PREFIX}{re.escape(name)}>({GAP})<{PREFIX}(?:{names})[ />]")
        self._closing = re.compile(rf"[/:]{re.escape(name)}\s*>")
        self._pattern = lru_cache(SHAPES)(self._written)

    def cut(self, document: str) -> Cut | None:
        """None for a document without such rows, or with one that is not plain."""
        first = self._first.search(document)
        if first is None or STRANGE.search(document) or any(each in document for each in NO_CHARACTERS):
            return None
        opening = f"<{first[1]}{self._name}>"
        head, rest = document[: first.start()], document[first.start() :]
        nil = NIL.search(rest) if ":nil=" in rest else None
        pattern = self._pattern(first[1], first[3], GAP if first[2] else "", None if nil is None else nil[1])
        left = {0: pattern.match(rest)}
        if nil is not None:
            start = rest.rfind(opening, 0, nil.start())
            left[rest.count(opening, 0, start)] = pattern.match(rest, start)
        texts = [row[0] for row in left.values() if row is not None]
        if len(texts) < len(left):
            return None
        columns, tail = _columns(pattern, rest, opening)
        if self._closing.search(head) or self._closing.search(tail):
            return None  # which of them the list has, nobody could tell
        try:
            values = [_values(field.convert, column) for field, column in zip(self._fields, columns, strict=True)]
        except (ValueError, ArithmeticError):
            return None
        keys = [field.key for field in self._fields]
        rows = [dict(zip(keys, row, strict=False)) for row in zip(*values, strict=True)]
        return Cut("".join((head, *texts, tail)).encode(), self._path, rows, [*left])

    def _written(self, prefix: str, inner: str, gap: str, nil: str | None) -> re.Pattern[str]:
        """A row and the gap behind it, in documents that write it so; a group for the text of each field."""
        name = re.escape(prefix + self._name)
        hollow = "" if any(field.required for field in self._fields) else f"(?!{gap}</)"
        fields = "".join(_field(field, re.escape(inner + field.name), gap, nil) for field in self._fields)
        return re.compile(f"<{name}>{hollow}{fields}{gap}</{name}>{gap}")


def _field(field: Field, name: str, gap: str, nil: str | None) -> str:
    text = REFERRING if field.convert is str else TEXT
    forms = [f"{gap}<{name}>({text})</{name}>"]
    if field.hollow:
        forms.append(f"{gap}<{name}(?: ?/|></{name})>")
    if field.nillable and nil is not None:
        forms.append(f"{gap}<{name} {nil}=[\"'](?:true|1)[\"'](?: ?/|></{name})>")
    either = forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"
    return either if field.required else f"(?:{either})?"


def _columns(pattern: re.Pattern[str], rest: str, opening: str) -> tuple[list[list[str | None]], str]:
    """The texts of each field in the rows that follow each other from here on, and what stands behind the last."""
    columns: list[list[str | None]] = [[] for _ in range(pattern.groups)]
    at = 0
    while at < len(rest):
        end = rest.find(opening, at + PIECE)
        end = len(rest) if end < 0 else end
        parts = pattern.split(rest[at:end])
        between = parts[:: pattern.groups + 1]
        if any(between[:-1]):
            break
        for place, column in enumerate(columns, 1):
            column.extend(parts[place :: pattern.groups + 1])
        at = end - len(between[-1])
        if between[-1]:
            break
    return columns, rest[at:]


def _values(convert: Convert, texts: list[str | None]) -> list[Any]:
    """What a column says; None where nothing stands."""
    said = [text for text in texts if text is not None]
    values: list[Any] = _dereferenced(said) if convert is str else [*map(convert, said)]
    if len(values) == len(texts):
        return values
    given = iter(values)
    return [None if text is None else next(given) for text in texts]


def _dereferenced(texts: list[str]) -> list[str]:
    """All at once, between characters that no document holds."""
    whole = "\0".join(texts)
    if "&" not in whole:
        return texts
    for name, character in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        whole = whole.replace(f"&{name};", character)
    return whole.split("\0")
