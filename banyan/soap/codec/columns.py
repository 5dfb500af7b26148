"""Plain records in the text of a document: the pattern that they are written by, and their values column by column.

A column is what one group of the pattern holds in each of many rows; None where nothing stands.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, NamedTuple, Protocol

from banyan.soap.codec.simple import Convert

TEXT = r"[^<>&\x00-\x08\x0b-\x1f]+"
"""What a parser hands on as it stands: a CR it would not."""
REFERRING = TEXT.replace("&", "")
TRUE = """(?:"(?:true|1)"|'(?:true|1)')"""
"""In quotes, of which both are alike."""
BORDER = "\0"
"""A character that no document holds."""
Column = list[str | None]


class Field(NamedTuple):
    """One element of a record: a text, another record, or a list of either."""

    key: str
    name: str
    """Without a prefix."""
    namespace: str | None
    convert: Convert | None
    """Of a text."""
    fields: Sequence["Field"]
    """Of a record."""
    required: bool
    many: bool
    nillable: bool
    hollow: bool
    """Whether an empty text is None."""


class Style(NamedTuple):
    """How a program writes its elements."""

    prefix: str
    gap: str
    """The pattern of what stands between two of them."""
    nil: str | None
    """The name of its xsi:nil, with its prefix."""


class _Part(Protocol):
    pattern: str
    """With groups for what is to be known."""
    bare: str
    """Without."""

    def values(self, columns: Iterator[Column]) -> list[Any]:
        """In each row, from the columns of its groups. Raises ValueError or ArithmeticError."""


class Record:
    """As `_Part`, of all its fields."""

    def __init__(self, fields: Sequence[Field], style: Style, *, always: bool = True) -> None:
        """`always`: whether there is one in each row."""
        parts = self._parts = [_part(field, style, always=always) for field in fields]
        # In a record that is read in full, lists come last.
        self._order = sorted(range(len(fields)), key=lambda place: fields[place].many)
        self._keys = [fields[place].key for place in self._order]
        self._plain = [
            (field.key, _dereferenced if field.convert is str else field.convert)
            for field in fields
            if field.convert is not None and not field.many
        ]
        self.plain = len(self._plain) == len(fields)
        """Whether it holds nothing but texts."""
        # One in which nothing came is no record.
        some = "" if any(field.required for field in fields) else f"(?!{style.gap}</)"
        self.pattern = some + "".join(part.pattern for part in parts) + style.gap
        self.bare = some + "".join(part.bare for part in parts) + style.gap

    def value(self, texts: Sequence[str | None]) -> dict[str, Any]:
        """Of one row, where it is plain. Raises as `values`."""
        return {
            key: None if text is None else convert(text)
            for (key, convert), text in zip(self._plain, texts, strict=True)
        }

    def values(self, columns: Iterator[Column]) -> list[Any]:
        held = [part.values(columns) for part in self._parts]
        ordered = [held[place] for place in self._order]
        return [*map(dict, map(zip, repeat(self._keys), zip(*ordered, strict=True)))]


def _part(field: Field, style: Style, *, always: bool) -> _Part:
    """`always`: whether there is a record in each row for it to stand in."""
    if field.many:
        return _List(field, style)
    if field.convert is None:
        return _Inner(field, style, always=always)
    return _Text(field, field.convert, style, always=always)


def _named(field: Field, style: Style) -> str:
    return re.escape(style.prefix + field.name)


class _Text:
    def __init__(self, field: Field, convert: Convert, style: Style, *, always: bool) -> None:
        self._convert = convert
        self._always = always and field.required and not field.nillable and not field.hollow
        text = REFERRING if convert is str else TEXT
        self.pattern, self.bare = (_element(field, style, form) for form in (f"({text})", text))

    def values(self, columns: Iterator[Column]) -> list[Any]:
        column = next(columns)
        said: Any = column if self._always else [text for text in column if text is not None]
        values: list[Any] = _all_dereferenced(said) if self._convert is str else _converted(said, self._convert)
        if len(values) == len(column):
            return values
        given = iter(values)
        return [None if text is None else next(given) for text in column]


def _element(field: Field, style: Style, text: str) -> str:
    name = _named(field, style)
    forms = [f"{style.gap}<{name}>{text}</{name}>"]
    if field.hollow:
        forms.append(f"{style.gap}<{name}(?: ?/|></{name})>")
    if field.nillable and style.nil is not None:
        forms.append(f"{style.gap}<{name} {style.nil}={TRUE}(?: ?/|></{name})>")
    either = forms[0] if len(forms) == 1 else f"(?:{'|'.join(forms)})"
    return either if field.required else f"(?:{either})?"


def _converted(texts: list[str], convert: Convert) -> list[Any]:
    """Many rows say the same: who, which kind, since when."""
    different = set(texts)
    if 2 * len(different) > len(texts):
        return [*map(convert, texts)]
    values = {text: convert(text) for text in different}
    return [values[text] for text in texts]


def _all_dereferenced(texts: list[str]) -> list[str]:
    """All at once, between characters that no document holds."""
    whole = BORDER.join(texts)
    return _dereferenced(whole).split(BORDER) if "&" in whole else texts


def _dereferenced(text: str) -> str:
    if "&" in text:
        for name, character in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
            text = text.replace(f"&{name};", character)
    return text


class _Inner:
    """A record inside another."""

    def __init__(self, field: Field, style: Style, *, always: bool) -> None:
        self._marked = not field.required or field.nillable
        self._record = Record(field.fields, style, always=always and not self._marked)
        mark = "()" if self._marked else ""
        self.pattern, self.bare = (
            _element(field, style, form) for form in (mark + self._record.pattern, self._record.bare)
        )

    def values(self, columns: Iterator[Column]) -> list[Any]:
        marks = next(columns) if self._marked else None
        rows = self._record.values(columns)
        return rows if marks is None else [None if mark is None else row for mark, row in zip(marks, rows, strict=True)]


class _List:
    """Any number of texts or records: one group holds them all, and is taken apart by a pattern of its own."""

    def __init__(self, field: Field, style: Style) -> None:
        one = field._replace(many=False, required=True)
        item = _part(one, style, always=True)
        self._item = item
        self._split = re.compile(item.pattern)
        times = "+" if field.required else "*"
        self.pattern, self.bare = f"((?:{item.bare}){times})", f"(?:{item.bare}){times}"

    def values(self, columns: Iterator[Column]) -> list[Any]:
        parts = self._split.split(BORDER.join([block or "" for block in next(columns)]))
        step = self._split.groups + 1
        items = self._item.values(iter([parts[place::step] for place in range(1, step)]))
        borders = parts[::step]
        lists: list[list[Any]] = [[]]
        for border, item in zip(borders, items, strict=False):
            lists.extend([] for _ in border)
            lists[-1].append(item)
        lists.extend([] for _ in borders[-1])
        return lists
