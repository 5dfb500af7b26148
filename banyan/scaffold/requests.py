"""What an operation is asked with, written as the function of mapping.py that makes it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from banyan.scaffold.asked import Method
from banyan.scaffold.fields import EXACT, FAIR, SURE, TEXT, WHOLE, todo
from banyan.scaffold.words import alike, split
from banyan.soap.survey import Operation, Part
from contracts.model import Money


@dataclass(slots=True)
class Asked:
    """The expression of a request, and what it used."""

    expression: str = "{}"
    used: set[str] = field(default_factory=set)
    """Parameters of the method."""
    needs: set[str] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    """Optional parts that are not said."""
    filled: set[str] = field(default_factory=set)
    """The top parts that the method brings."""
    key: str | None = None
    """The name of the part that takes the id."""
    key_kind: str = "string"


USER = frozenset({"user", "username", "usr", "login", "uid", "principal"})
PASSWORD = frozenset({"password", "passwd", "pwd", "pass", "passphrase"})
CODES = frozenset({"rc", "success", "retcode", "errno"})
TOLD = frozenset({"result", "resp", "response", "error", "err", "return", "ret", "reply", "outcome", "status", "trans"})
TEXTS = frozenset({"message", "msg", "text", "error", "reason", "description", "desc"})
"""Words of those parts of a reply that tell how it went."""
SESSION = frozenset({"session", "sid", "token", "ticket"})


def shared(operations: Iterable[Operation]) -> tuple[Part, ...]:
    """Required parts that every one of several operations takes: a version, credentials, a message id."""
    asked = list({operation.name: operation for operation in operations}.values())
    if len(asked) < 2:  # noqa: PLR2004
        return ()
    counted = Counter((part.name, part.kind) for operation in asked for part in operation.asks.parts if part.required)
    return tuple(part for part in asked[0].asks.parts if part.required and counted[part.name, part.kind] == len(asked))


def ask(method: Method, operation: Operation, common: tuple[Part, ...]) -> Asked:
    """Fill the parts of a request from what the method brings; todo where nothing fits."""
    asked = Asked()
    writer = _Writer(method, operation, asked)
    own = tuple(
        part for part in operation.asks.parts if (part.name, part.kind) not in {(c.name, c.kind) for c in common}
    )
    writer.place_key(own)
    said = writer.parts(own)
    asked.filled = {
        part.name
        for part, value in zip(own, (writer.value(part) for part in own), strict=True)
        if value and "todo(" not in value
    }
    asked.expression = "{" + ", ".join(said) + "}"
    return asked


def unasked(parts: tuple[Part, ...], owner: str) -> str:
    """A request of which nothing is known."""
    return "{" + ", ".join(f'"{part.name}": {_blank(part, owner)}' for part in parts if part.required) + "}"


def _blank(part: Part, owner: str) -> str:
    if part.complex and part.parts:
        inside = unasked(part.parts, f"{owner}.{part.name}")
        return f"[{inside}]" if part.repeats else inside
    said = split(part.name)
    if part.kind in TEXT and not part.values and PASSWORD & {*said, "".join(said)}:
        return 'needed(config.password, "password").get_secret_value()'
    if part.kind in TEXT and not part.values and USER & {*said[:1], "".join(said)}:
        return 'needed(config.username, "username")'
    return todo(f"{owner}.{part.told} <- ?")


class _Writer:
    def __init__(self, method: Method, operation: Operation, asked: Asked) -> None:
        self._operation = operation
        self._asked = asked
        self._key = method.key
        self._leaves = [(parameter.name, *leaf) for parameter in method.parameters for leaf in parameter.leaves()]
        self._placed: dict[int, str] = {}

    def place_key(self, parts: tuple[Part, ...]) -> None:
        """The id goes where it fits by name, else where nothing else can be meant."""
        if self._key is None:
            return
        top = [part for part in _flat(parts) if not part.complex and (part.kind in TEXT | WHOLE) and not part.values]
        key = self._key.name
        ranked = sorted(top, key=lambda part: -alike(key, part.name))
        needed = [part for part in top if part.required]
        best = ranked[0] if ranked and alike(self._key.name, ranked[0].name) >= 0.4 else None  # noqa: PLR2004
        if best is None and len(needed) == 1:
            best = needed[0]
        if best is None and not needed and top:
            best = top[0]
        if best is None:
            return
        number = best.kind in WHOLE
        self._placed[id(best)] = f"number({self._key.name})" if number else self._key.name
        self._asked.needs |= {"number"} if number else set()
        self._asked.used.add(self._key.name)
        self._asked.key, self._asked.key_kind = best.name, best.kind

    def parts(self, parts: tuple[Part, ...]) -> list[str]:
        said = []
        for part in parts:
            value = self.value(part)
            if value is not None:
                said.append(f'"{part.name}": {value}')
            elif not part.attribute:
                self._asked.left_out.append(part.told)
        return said

    def value(self, part: Part) -> str | None:
        if id(part) in self._placed:
            return self._listed(self._placed[id(part)], part)
        if part.complex and part.parts:
            if not part.required and not any(id(inner) in self._placed for inner in _flat(part.parts)):
                return None
            return self._listed("{" + ", ".join(self.parts(part.parts)) + "}", part)
        bar = FAIR if part.required else SURE
        for parameter, word, expression, kind in sorted(self._leaves, key=lambda leaf: -alike(leaf[1], part.name)):
            if alike(word, part.name) < bar or (self._key is not None and word == self._key.name):
                break
            value = _converted(kind, part, expression, self._asked.needs)
            if value is not None:
                self._asked.used.add(parameter)
                return self._listed(value, part)
        if not part.required:
            return None
        self._asked.needs.add("todo")
        return todo(f"{self._operation.local}.{part.told} <- ?")

    def _listed(self, value: str, part: Part) -> str:
        return f"[{value}]" if part.repeats else value


def _flat(parts: Iterable[Part]) -> Iterable[Part]:
    for part in parts:
        yield part
        if part.complex and not part.repeats:
            yield from _flat(part.parts)


def _converted(kind: Any, part: Part, expression: str, needs: set[str]) -> str | None:
    options = [each for each in (get_args(kind) or (kind,)) if each is not type(None)]
    empty = type(None) in get_args(kind)
    if Money in options and part.kind in EXACT | TEXT:
        needs.add("needed")
        amount = f'needed({expression}, "amount").amount' if empty else f"{expression}.amount"
        return amount if part.kind == "decimal" else f"float({amount})" if part.kind in EXACT else f"str({amount})"
    if options == [str] and part.kind in TEXT and not part.values:
        return expression
    if options == [str] and part.kind in WHOLE and not empty:
        needs.add("number")
        return f"number({expression})"
    if options == [int] and part.kind in WHOLE:
        return expression
    if options == [datetime] and part.kind == "dateTime":
        return expression
    return None


def told(part: Part) -> str:
    """The parts of a complex type as a sentence."""
    return ", ".join(each.told for each in part.parts) or "nothing"


def record_of(answers: Part) -> tuple[Part, list[str]]:
    """The record inside its wrappers, and the names that lead there. What tells how it went stands beside it."""
    record, path = answers, []
    while (inner := _payload(record)) is not None:
        record = inner
        path.append(record.name)
    return record, path


def _payload(record: Part) -> Part | None:
    """The only part of a record, or the only one beside a code that tells how it went."""
    telling = [part for part in record.parts if _outcome((part,))]
    carrying = [part for part in record.parts if part not in telling]
    if len(record.parts) > 1 and outcome_code(record) is None:
        return None
    only = record.parts[0] if len(record.parts) == 1 else carrying[0] if len(carrying) == 1 else None
    return only if only is not None and only.complex and only.parts and not only.repeats else None


def _outcome(path: tuple[Part, ...]) -> bool:
    """Whether a part says how it went, and nothing else: a code, a text, or a record of such."""
    part = path[-1]
    if part.complex:
        return bool(part.parts) and not part.repeats and all(_outcome((*path, inner)) for inner in part.parts)
    return _code(path) or bool(TEXTS & set(split(part.name)))


def _code(path: tuple[Part, ...]) -> bool:
    said = {word for part in path for word in split(part.name)}
    last = set(split(path[-1].name))
    return bool(last & CODES) or bool(last & {"code", "status"} and said & TOLD and len(said) > 1)


def outcome_code(answers: Part) -> tuple[Part, ...] | None:
    """The path to the code by which a reply says whether it was done."""
    paths = [path for path in answers.leaves() if all(part.required for part in path) and _code(path)]
    return next((path for path in paths if all(_outcome(path[:end]) for end in range(1, len(path) + 1))), None)
