"""Which legacy part may feed which attribute of ours, and the line of Python that would do it."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date, datetime
from itertools import pairwise
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from banyan.scaffold.states import ours, read
from banyan.scaffold.words import CALLERS, alike, snake, split
from banyan.soap.survey import Part
from contracts.model import Money, WorkState

TEXT = frozenset(
    {"string", "token", "normalizedString", "anyURI", "NMTOKEN", "Name", "ID", "anySimpleType", "language"}
)
WHOLE = frozenset(
    [
        "int",
        "integer",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
        "unsignedByte",
    ]
)
EXACT = frozenset({"decimal", "double", "float"})
WORDS = frozenset({"status", "state", "kind", "usage_type", "period"})
"""Attributes whose values are words of ours, whatever the legacy calls them."""
_SAME: dict[Any, frozenset[str]] = {
    str: TEXT,
    date: frozenset({"date"}),
    int: WHOLE,
    bool: frozenset({"boolean"}),
}
NATIVE = ("nativeId", "orderId", "transactionId", "jobId", "taskId", "confirmationId", "serviceId", "requestId")
"""What systems call their own number of a piece of work."""
SURE, FAIR = 0.85, 0.55
LONGEST = 84
"""Of the text of a todo."""


@dataclass(frozen=True, slots=True)
class Source:
    """A part at hand, how far it lies below the record, and the expression that reads it."""

    path: tuple[Part, ...]

    @property
    def part(self) -> Part:
        return self.path[-1]

    @property
    def always(self) -> bool:
        return all(always(part) for part in self.path)

    def read(self, record: str) -> str:
        said, sure = record, True
        for part in self.path:
            said = f'{said}["{part.name}"]' if sure else f'({said} or {{}}).get("{part.name}")'
            sure = sure and always(part)
        return said


@dataclass(frozen=True, slots=True)
class Line:
    """`name=value,` in the call that makes a noun."""

    name: str
    value: str
    guessed: bool = False
    needs: frozenset[str] = frozenset()
    """Names of banyan.mapping and banyan.model that it uses."""
    nested: tuple[type, Part] | None = None
    table: tuple[str, str] | None = None
    """The name and the text of a table of words that it looks up."""
    part: str = ""
    """What their part is called that feeds it."""

    def written(self, maker: str) -> str:
        """As it stands in the call. `maker`: the function that makes what is nested."""
        value = self.value.format(maker=maker) if self.nested else self.value
        return f"{self.name}={value},{'  # guessed' if self.guessed else ''}"


def always(part: Part) -> bool:
    """Whether it is there whenever its owner is. A record that may be empty is read as None then."""
    empty = part.complex and not any(inner.required for inner in part.parts)
    return part.required and not part.nillable and not empty


def sources(record: Part, depth: int = 3) -> list[Source]:
    """The simple parts of a record that come at most once, the nearest first."""
    return sorted(_simple(record, (), depth), key=lambda each: len(each.path))


def _simple(record: Part, path: tuple[Part, ...], depth: int) -> Iterator[Source]:
    for part in record.parts:
        if part.repeats:
            continue
        if not part.complex:
            yield Source((*path, part))
        elif depth > 1:
            yield from _simple(part, (*path, part), depth - 1)


def lines(noun: type, record: Part, given: Sequence[str]) -> list[Line]:
    """A line for each attribute of a noun that must be given, and for those others whose source is sure.

    `given`: the parameters at hand; an attribute that is called like one of them is fed by it.
    """
    hints, told, taken = get_type_hints(noun), _meanings(noun), set[str]()
    at_hand = sources(record)
    made = []
    for field in fields(noun):
        must = field.default is MISSING and field.default_factory is MISSING
        line = _line(noun, field, hints[field.name], told.get(field.name, ""), record, given, at_hand, taken, must=must)
        if line is not None:
            made.append(line)
    return made


def _line(
    noun: type,
    field: Field[Any],
    kind: Any,
    meaning: str,
    record: Part,
    given: Sequence[str],
    at_hand: list[Source],
    taken: set[str],
    *,
    must: bool,
) -> Line | None:
    name = field.name
    if name in given:
        return Line(name, name, guessed=False)
    nested = _nested(kind)
    if nested is not None:
        return _lines_of(noun, name, nested, record) if must else None
    ranked = sorted(
        ((_fit(noun, name, source) + _suits(kind, source.part), source) for source in at_hand),
        key=lambda each: -each[0],
    )
    for score, source in ranked:
        value = _converted(kind, source, name, at_hand)
        bar = FAIR if must and name not in WORDS else SURE
        if score >= bar and value is not None and source.read("row") not in taken:
            taken.add(source.read("row"))
            said, needs = value
            return Line(name, said, guessed=True, needs=frozenset(needs), part=source.part.name)
    if not must:
        return None
    best = [source.part.told for score, source in ranked if score > 0.2][:2]  # noqa: PLR2004 - else any may be meant
    nothing = Line(name, "None", guessed=True) if type(None) in _options(kind) and not best else None
    meant = _words(name, kind, meaning, ranked) or _lone(name, kind, at_hand) or nothing
    if meant is not None:
        return meant
    meaning = f"one of {', '.join(map(str, get_args(kind)))}" if get_origin(kind) is Literal else meaning
    best = best or [source.part.told for source in at_hand[:3]]
    return Line(name, todo(f"{noun.__name__}.{name} <- {' or '.join(best) or ''}?", meaning), needs=frozenset({"todo"}))


def _words(name: str, kind: Any, meaning: str, ranked: Sequence[tuple[float, Source]]) -> Line | None:
    """How a thing stands, looked up in a table of their words; None when most of them mean nothing to us."""
    score, source = next(((score, source) for score, source in ranked if source.part.values), (0.0, None))
    if name not in WORDS or source is None or score < FAIR:
        return None
    found = read(source.part, ours(kind, meaning))
    if 2 * len(found) <= len(source.part.values):
        return None
    noun = "" if kind is str else f"{kind.__name__}."
    value = {theirs: f"{noun}{word.upper()}" if noun else literal(word) for theirs, word in found.items()}
    rows = "".join(f"    {literal(theirs)}: {word},\n" for theirs, word in value.items())
    left = [each for each in source.part.values if each not in found]
    note = f"  # guessed; nobody knows what {', '.join(left)} means" if left else "  # guessed"
    note += "; none means cancelled" if kind is WorkState and "cancelled" not in found.values() else ""
    table = snake(source.part.name).upper()
    said = f"known({table}, {_sure(source)}, {literal(source.part.name)})"
    text = f"{table}: dict[str, {kind.__name__}] = {{{note}\n{rows}}}"
    return Line(name, said, needs=frozenset({"known", *_need(source)}), table=(table, text), part=source.part.name)


def _lone(name: str, kind: Any, at_hand: list[Source]) -> Line | None:
    """An id where there is one text only, and an instant where there is one only, whatever they are called."""
    texts = [source for source in at_hand if source.part.kind in TEXT and source.always and not source.part.values]
    if name == "id" and len(texts) == 1:
        return Line(name, texts[0].read("row"), guessed=True, part=texts[0].part.name)
    times = [source for source in at_hand if source.part.kind == "dateTime"]
    if kind is datetime and len(times) == 1:
        said = f"aware({times[0].read('row')}, {literal(times[0].part.name)})"
        return Line(name, said, guessed=True, needs=frozenset({"aware"}), part=times[0].part.name)
    return None


def _fit(noun: type, name: str, source: Source) -> float:
    """`id` is `bucketId`; `name` beats `contact.name`."""
    theirs = source.part.name
    score = alike(name, theirs)
    if name == "id":
        score = (
            1.0
            if theirs.lower() == "id"
            else max(alike(f"{noun.__name__}Id", theirs), 0.6 if theirs.lower().endswith("id") else 0.0)
        )
    if name == "native_id":
        score = 0.0 if (CALLERS | {"voucher"}) & set(split(theirs)) else max(alike(each, theirs) for each in NATIVE)
    if "currency" in split(theirs) and name != "currency":
        score -= 0.5
    return score - 0.08 * (len(source.path) - 1)


def _suits(kind: Any, part: Part) -> float:
    """What the types say for or against it: an amount is hardly a text, a time is a time."""
    options = _options(kind)
    if Money in options:
        return 0.15 if part.kind in EXACT else -0.4
    if datetime in options or date in options:
        return 0.3 if part.kind in ("dateTime", "date") else -0.3
    return 0.0


def todo(what: str, meaning: str = "") -> str:
    """The expression that stands for a mapping that nobody has written."""
    text = f"{what} {meaning}".strip() if meaning else what
    text = " ".join(text.split())
    if len(text) > LONGEST:
        text = text[: LONGEST - 3].rsplit(" ", 1)[0] + "..."
    return f"todo({literal(text)})"


def literal(text: str) -> str:
    """A string as it stands in double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'


def _converted(kind: Any, source: Source, name: str, at_hand: list[Source]) -> tuple[str, set[str]] | None:
    """The expression for a value of our kind, and what it needs; None when the part can be no such thing."""
    part, value, label = source.part, source.read("row"), literal(source.part.name)
    kinds = [each for each in _options(kind) if each is not type(None)]
    empty = type(None) in _options(kind)
    if Money in kinds:
        told = next((each for each in at_hand if "currency" in split(each.part.name) and each.part.kind in TEXT), None)
        currency, needs = (
            ("CURRENCY", {"money", "CURRENCY"}) if told is None else (_sure(told), {"money", *_need(told)})
        )
        return (f"money({value}, {currency}, {label})", needs) if part.kind in EXACT | TEXT else None
    if kinds == [datetime] and part.kind == "dateTime":
        given = f"None if {value} is None else " if empty and not source.always else ""
        return f"{given}aware({value}, {label})", {"aware"}
    if kinds == [str] and part.values and name in WORDS:
        return None
    plain = source.always or (empty and part.kind in TEXT | {"date"})
    said, needs = (value, set[str]()) if plain else (f"needed({value}, {label})", {"needed"})
    if kinds == [str] and part.kind in WHOLE:
        return None if empty and not source.always else (f"str({said})", needs)
    return (said, needs) if any(kinds == [ours] and part.kind in theirs for ours, theirs in _SAME.items()) else None


def _sure(source: Source) -> str:
    value = source.read("row")
    return value if source.always else f"needed({value}, {literal(source.part.name)})"


def _need(source: Source) -> set[str]:
    return set() if source.always else {"needed"}


def _options(kind: Any) -> list[Any]:
    return list(get_args(kind)) if get_origin(kind) is UnionType or "Union" in str(get_origin(kind)) else [kind]


def _nested(kind: Any) -> type | None:
    """`tuple[BillLine, ...]` -> BillLine."""
    inside = get_args(kind)
    if get_origin(kind) is tuple and len(inside) == 2 and hasattr(inside[0], "__dataclass_fields__"):  # noqa: PLR2004
        found: type = inside[0]
        return found
    return None


def _lines_of(noun: type, name: str, inner: type, record: Part) -> Line:
    lists: list[tuple[Part, ...]] = [(part,) for part in record.parts if part.repeats and part.complex]
    for part in record.parts:  # ArrayOfItem: .NET and Axis wrap each list
        if part.complex and not part.repeats and len(part.parts) == 1 and part.parts[0].repeats:
            lists += [(part, part.parts[0])] if part.parts[0].complex else []
    fit = lambda path: max(alike(name, path[0].name), alike(inner.__name__, path[-1].kind))  # noqa: E731
    best = max(lists, key=fit, default=None)
    if best is None:
        return Line(name, todo(f"{noun.__name__}.{name} <- ?"), needs=frozenset({"todo"}))
    where = f'row["{best[0].name}"]'
    if len(best) > 1:
        where = f'({where} or {{{{}}}}).get("{best[-1].name}") or []'
    made = f"tuple({{maker}}(each) for each in {where})"
    return Line(name, made, guessed=True, nested=(inner, best[-1]))


def _meanings(noun: type) -> dict[str, str]:
    """The sentences under the attributes of a dataclass."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(noun)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    found: dict[str, str] = {}
    for statement, after in pairwise(body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[statement.target.id] = str(after.value.value)
    return found
