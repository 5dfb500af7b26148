"""What an operation is asked with, written as the function of mapping.py that makes it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

from banyan.scaffold.asked import Method
from banyan.scaffold.fields import EXACT, FAIR, SURE, TEXT, WHOLE, todo
from banyan.scaffold.guess import action, verbs
from banyan.scaffold.states import of_work, report, success
from banyan.scaffold.words import CALLERS, alike, split
from banyan.soap.survey import Operation, Part
from contracts.model import Money


@dataclass(slots=True)
class Asked:
    """The expression of a request, and what it used."""

    expression: str = "{}"
    used: set[str] = field(default_factory=set)
    """Parameters of the method."""
    needs: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    """The top parts that the method brings."""
    placed: dict[str, str] = field(default_factory=dict)
    """By expression, the name of the part that it went into."""
    key: str | None = None
    """The name of the part that takes the id."""
    key_kind: str = "string"


MARK = "\0"
"""Stands behind a value that was guessed, until the line of its part is written."""
KEYS = {"order_state": "order_id", "cancel_order": "order_id"}
"""What the key of a method is, where its name does not say so."""
USER = frozenset({"user", "username", "usr", "login", "uid", "principal"})
PASSWORD = frozenset({"password", "passwd", "pwd", "pass", "passphrase"})
CODES = frozenset({"rc", "ok", "success", "retcode", "errno"})
TOLD = frozenset({"result", "resp", "response", "error", "err", "return", "ret", "reply", "outcome", "status", "trans"})
CODED = TEXT | WHOLE | {"boolean"}
"""What a code that tells how it went may be."""
TEXTS = frozenset({"message", "msg", "text", "error", "reason", "description", "desc"})
"""Words of those parts of a reply that tell how it went."""
ACTIONS = frozenset({"action", "activity", "command", "operation"})
"""Words of parts of requests that say what shall be done."""
SESSION = frozenset({"session", "sid", "token", "ticket"})


def logins(operations: Iterable[Operation]) -> list[Operation]:
    """Those that open a session."""
    ways = {"login", "logon", "signon", "authenticate", "opensession", "createsession", "startsession"}
    return [each for each in operations if ways & {*split(each.local), "".join(split(each.local)[:2])}]


def session_parts(operations: Iterable[Operation]) -> list[Part]:
    """The parts of headers and requests that carry a session."""
    return [part for op in operations for part in (*op.headers, *op.asks.parts) if SESSION & set(split(part.name))]


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
    leaves = [(parameter.name, *leaf) for parameter in method.parameters for leaf in parameter.leaves()]
    writer = _Writer(method, operation, asked, leaves)
    own = tuple(
        part for part in operation.asks.parts if (part.name, part.kind) not in {(c.name, c.kind) for c in common}
    )
    writer.place_key(own)
    writer.place_reference(own)
    said = writer.parts(own)
    asked.filled = {
        part.name
        for part, value in zip(own, (writer.value(part) for part in own), strict=True)
        if value and "todo(" not in value
    }
    asked.expression = "{" + said + "}"
    return asked


def unasked(parts: tuple[Part, ...], owner: str) -> str:
    """A request of which nothing is known. Who we are is said where a password is asked, even if it may be left out."""
    secret = any(PASSWORD & {*split(part.name), "".join(split(part.name))} for part in parts)
    said = [part for part in parts if part.required or (secret and _credential(part))]
    return "{" + ", ".join(f'"{part.name}": {blank(part, owner)}' for part in said) + "}"


def opening(login: Operation) -> str:
    """What a login is asked: what it must be told, and who we are even where that may be left out."""
    said = tuple(part for part in login.asks.parts if part.required or _credential(part))
    inside = ", ".join(f'"{part.name}": {blank(part, login.local)}' for part in said)
    return f"{{{inside}}}" if said else todo(f"{login.local}: what of {told(login.asks)}?")


def blank(part: Part, owner: str) -> str:
    if part.complex and part.parts:
        inside = unasked(part.parts, f"{owner}.{part.name}")
        return f"[{inside}]" if part.repeats else inside
    return _credential(part) or todo(f"{owner}.{part.told} <- ?")


def _credential(part: Part) -> str | None:
    """The part of the configuration that belongs there, where it takes a user name or a password."""
    said = split(part.name)
    if part.kind not in TEXT or part.values:
        return None
    if PASSWORD & {*said, "".join(said)}:
        return 'needed(config.password, "password").get_secret_value()'
    return 'needed(config.username, "username")' if USER & {*said[:1], "".join(said)} else None


Leaf = tuple[str, str, str, Any]
"""Parameter, word, expression, type of a simple value at hand."""


class _Writer:
    def __init__(
        self, method: Method, operation: Operation, asked: Asked, leaves: Sequence[Leaf], *, row: bool = False
    ) -> None:
        """`row`: it writes the rows of a list."""
        self._row = row
        self._method = method
        self._operation = operation
        self._asked = asked
        self._leaves = leaves
        self._key = method.key
        self._placed: dict[int, str] = {}

    def place_key(self, parts: tuple[Part, ...]) -> None:
        """The id goes where it fits by name, else where nothing else can be meant."""
        if self._key is None:
            return
        top = [part for part in _flat(parts) if not part.complex and (part.kind in TEXT | WHOLE) and not part.values]
        top = [part for part in top if not (SESSION | ACTIONS) & set(split(part.name))]
        key = KEYS.get(self._method.name, self._key.name)
        if key != self._key.name:  # their number is meant, and never ours
            top = [part for part in top if not CALLERS & set(split(part.name))]
        ranked = sorted(top, key=lambda part: -alike(key, part.name))
        needed = [part for part in top if part.required]
        best = ranked[0] if ranked and alike(key, ranked[0].name) >= 0.4 else None  # noqa: PLR2004
        if best is None and len(needed) == 1:
            best = needed[0]
        if best is None and top and (not needed or re.fullmatch(r"(in|arg|param|parameter)_?\d", needed[0].name)):
            best = (needed or top)[0]
        if best is None:
            return
        number = best.kind in WHOLE
        self._placed[id(best)] = f"number({self._key.name})" if number else self._key.name
        self._asked.needs |= {"number"} if number else set()
        self._asked.used.add(self._key.name)
        self._asked.key, self._asked.key_kind = best.name, best.kind
        self._asked.placed[self._key.name] = best.name

    def place_reference(self, parts: tuple[Part, ...]) -> None:
        """Our reference goes where it fits best, before anything else that is called like it."""
        leaf = next((each for each in self._leaves if each[1] == "reference" and each[2] != "reference"), None)
        fitting = [part for part in _flat(parts) if part.kind in TEXT and not part.values and not part.complex]
        fitting = [part for part in fitting if not SESSION & set(split(part.name))]
        best = max(fitting, key=lambda part: alike("reference", part.name), default=None)
        if leaf is None or best is None or alike("reference", best.name) < FAIR:
            return
        self._placed[id(best)] = leaf[2]
        self._asked.used.add(leaf[0])
        self._asked.placed[leaf[2]] = best.name

    def parts(self, parts: tuple[Part, ...]) -> str:
        """The inside of a dict, in which a guess has its mark."""
        said = ""
        for part in parts:
            value = self.value(part)
            if value is not None:
                text, mark, _ = value.partition(MARK)
                said += f'"{part.name}": {text}' + (",  # guessed\n" if mark else ", ")
        return said.removesuffix(", ")

    def value(self, part: Part) -> str | None:
        if id(part) in self._placed:
            return self._listed(self._placed[id(part)], part)
        if part.complex and part.parts:
            return self._record(part)
        if self._row and part.kind in WHOLE and part.required and _counts(part):
            return "index"
        for parameter, word, expression, kind in sorted(self._leaves, key=lambda leaf: -alike(leaf[1], part.name)):
            bar = FAIR if part.required else SURE
            fit = alike(word, part.name)
            if fit < bar or (self._key is not None and word == self._key.name):
                break
            value = _converted(kind, part, expression, self._asked.needs)
            if value is not None:
                self._asked.used.add(parameter)
                self._asked.placed[expression] = part.name
                return self._listed(value, part) + (MARK if fit < SURE else "")
        return self._alone(part) if part.required else None

    def _record(self, part: Part) -> str | None:
        lists = [(*leaf, noun) for leaf in self._leaves if (noun := _rows(leaf[3])) is not None]
        if part.repeats and lists:
            parameter, word, expression, _, noun = lists[0]
            line = word.removesuffix("s")
            told = [(parameter, name, f"{line}.{name}", hint) for name, hint in get_type_hints(noun).items()]
            self._asked.used.add(parameter)
            inside = _Writer(self._method, self._operation, self._asked, told, row=True).parts(part.parts)
            if '": index' in inside:
                return f"[{{{inside}}} for index, {line} in enumerate({expression}, 1)]"
            return f"[{{{inside}}} for {line} in {expression}]"
        pairs = next((leaf for leaf in self._leaves if _named(leaf[3])), None)
        if part.repeats and pairs is not None and (names := _pair(part)) is not None:
            self._asked.used.add(pairs[0])
            made = f'{{"{names[0]}": name, "{names[1]}": value}} for name, value in {pairs[2]}.items()'
            ours = next((leaf[2] for leaf in self._leaves if leaf[1] == "reference"), None)
            if ours is None or ours in self._asked.placed:
                return f"[{made}]{MARK}"
            self._asked.needs.add("todo")
            which = todo(f"{self._operation.local}.{part.name}: under which name goes our reference?")
            return f'[{{"{names[0]}": {which}, "{names[1]}": {ours}}}, *({made})]{MARK}'
        if not part.required and not self._wanted(part):
            return None
        return self._listed("{" + self.parts(part.parts) + "}", part)

    def _wanted(self, part: Part) -> bool:
        """Whether something of ours belongs into a record that may be left out."""
        kinds = [leaf[3] for leaf in self._leaves]
        return any(
            id(inner) in self._placed
            or (inner.repeats and inner.complex and any(_rows(kind) is not None for kind in kinds))
            or (inner.repeats and _pair(inner) is not None and any(_named(kind) for kind in kinds))
            for inner in _flat(part.parts)
        )

    def _alone(self, part: Part) -> str:
        """What must be said and is called like nothing: an action that the method is, the only time there is."""
        meant = next((value for value in part.values if verbs(self._method) & set(split(value))), None)
        if meant is not None and action(part):
            return f'"{meant}"{MARK}'
        times = [leaf for leaf in self._leaves if leaf[3] is datetime]
        if part.kind == "dateTime" and len(times) == 1:
            self._asked.used.add(times[0][0])
            return f"{times[0][2]}{MARK}"
        amount = next((leaf for leaf in self._leaves if Money in (*get_args(leaf[3]), leaf[3])), None)
        if amount is not None and part.kind in TEXT and "currency" in split(part.name):
            self._asked.used.add(amount[0])
            return f"{_converted(amount[3], part, amount[2], self._asked.needs)}{MARK}"
        self._asked.needs.add("todo")
        whole = amount is not None and part.kind in WHOLE and alike("amount", part.name) >= FAIR
        meant = f"{amount[2]}, in which unit" if amount is not None and whole else ""
        return todo(f"{self._operation.local}.{part.told} <- {meant}?")

    def _listed(self, value: str, part: Part) -> str:
        return f"[{value}]" if part.repeats else value


def _rows(kind: Any) -> type | None:
    """`tuple[OrderLine, ...]` -> OrderLine."""
    inside = get_args(kind)
    found = inside[0] if get_origin(kind) is tuple and inside else None
    return found if isinstance(found, type) and is_dataclass(found) else None


def _counts(part: Part) -> bool:
    """Whether it says the how manieth row it is."""
    said = set(split(part.name))
    place = said & {"line", "item", "row", "position", "pos"} and said & {"number", "no", "id", "nr", "num", "index"}
    return bool(place or said & {"seq", "sequence"})


def _named(kind: Any) -> bool:
    """Whether values of a kind are named values."""
    origin: Any = get_origin(kind)
    return origin is dict


def _pair(part: Part) -> tuple[str, str] | None:
    """The two parts of a named value: the name's, and the value's."""
    texts = [each for each in part.parts if each.kind in TEXT and not each.values]
    named = [each for each in texts if {"name", "key", "code"} & set(split(each.name))]
    if len(part.parts) != 2 or len(texts) != 2 or len(named) != 1:  # noqa: PLR2004
        return None
    return named[0].name, next(each.name for each in texts if each is not named[0])


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
        return _of_money(f'needed({expression}, "amount")' if empty else expression, part)
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


def _of_money(money: str, part: Part) -> str:
    """The currency or the amount, as the part takes it."""
    if "currency" in split(part.name):
        return f"{money}.currency"
    amount = f"{money}.amount"
    return amount if part.kind == "decimal" else f"float({amount})" if part.kind in EXACT else f"str({amount})"


def told(part: Part) -> str:
    """The parts of a complex type as a sentence."""
    return ", ".join(each.told for each in part.parts) or "nothing"


def taken(asks: Part) -> str:
    """As `told`, and what is inside where all lies in one part."""
    said, inner = told(asks), asks
    while len(inner.parts) == 1 and inner.parts[0].complex and inner.parts[0].parts:
        inner = inner.parts[0]
        said = f"{said}. {inner.kind}: {told(inner)}"
    return said


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
        heads = bool({"header", "head"} & set(split(part.name))) and any(_code((*path, each)) for each in part.parts)
        if any(report(each) for each in path):
            return True
        told = heads or (bool(part.parts) and all(_outcome((*path, inner)) for inner in part.parts))
        return told and not part.repeats
    return _code(path) or bool(TEXTS & set(split(part.name)))


def _code(path: tuple[Part, ...]) -> bool:
    if of_work(path[-1]):
        return False
    said = {word for part in path for word in split(part.name)}
    last = set(split(path[-1].name))
    if path[-1].kind not in CODED:
        return False
    of_reply = said & TOLD if "code" in last else said & TOLD - {"status"} if "status" in last else set[str]()
    if success(path[-1]) is not None and last & (TOLD | CODES):
        return True
    graded = {"type", "severity"} & last and any(report(each) for each in path[:-1])
    return bool(last & CODES or graded or (of_reply and len(said) > 1))


def outcome_code(answers: Part) -> tuple[Part, ...] | None:
    """The path to the code by which a reply says whether it was done."""
    if [(part.kind, part.repeats) for part in answers.parts] == [("boolean", False)]:
        return answers.parts
    if len(answers.parts) == 1 and answers.parts[0].parts and not answers.parts[0].repeats:
        wrapper = answers.parts[0]
        inside = outcome_code(wrapper) if not _outcome((wrapper,)) else None
        if inside is not None:
            return (wrapper, *inside)
    paths = [path for path in answers.leaves() if _code(path)]
    telling = [path for path in paths if all(_outcome(path[:end]) for end in range(1, len(path) + 1))]
    return max(telling, key=lambda path: all(part.required for part in path), default=None)
