"""What the contract test knows and the simulator must know too: ids that exist, and ids that nobody has."""

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from banyan import suites
from banyan.scaffold.asked import Method
from banyan.scaffold.composed import Composed, Function
from banyan.scaffold.fields import EXACT, TEXT, WHOLE, lines, literal, sources
from banyan.scaffold.guess import lone_rows, rows
from banyan.scaffold.requests import record_of
from banyan.scaffold.words import alike, snake, split
from banyan.soap.survey import Operation, Part

IDS = {
    "subscriber": ("4915550001", "4915550002", "4915550003"),
    "customer": ("101", "102", "103"),
    "account": ("101", "102", "103"),
    "offering": ("301", "302", "303"),
    "subscription": ("401", "402", "403"),
    "bill": ("501", "502", "503"),
    "service": ("601", "602", "603"),
}
NEW_ORDER = [
    "# For a sandbox: what it sells, and a customer whom it knows.",
    'line = OrderLine("1", LineKind.PRODUCT, "301", "a tariff", 1, Money(Decimal("10.00")))',
    'return Order(reference, "101", (line,), datetime(2026, 1, 1, tzinfo=UTC))',
]
SMALL = frozenset({"int", "short", "byte", "unsignedShort", "unsignedByte", "unsignedInt"})
NOBODY = "999"


@dataclass(slots=True)
class Table:
    variable: str
    rows: list[str] = field(default_factory=list)
    empty: str = ""
    uses: list[dict[str, str]] = field(default_factory=list)


def suite_of(port: str) -> str:
    return port.removesuffix("Port") + "Contract"


def ids(role: str, kind: str = "string") -> tuple[str, ...]:
    """Ids of a kind of thing that exist; the third is known and owns nothing."""
    known = IDS.get(role, ("1", "2", "3"))
    return ("101", "102", "103") if role == "subscriber" and kind in SMALL else known


def facts(ports: Sequence[str], asked: Sequence[Method], composed: Composed) -> dict[str, str]:
    """The class attributes that the suites ask for, as Python says them."""
    kinds = {
        _role(method): composed.keys[method.name].key_kind
        for method in asked
        if method.name in composed.keys and method.key
    }
    found: dict[str, str] = {}
    for port in ports:
        for each in reversed(getattr(suites, suite_of(port)).__mro__):
            for name, annotation in inspect.get_annotations(each).items():
                if name in ("adapter_class", "manifest") or hasattr(each, name) or name in found:
                    continue
                value = _fact(name, str(annotation), kinds)
                if value is not None:
                    found[name] = value
    return found


def _fact(name: str, annotation: str, kinds: Mapping[str, str]) -> str | None:
    if "Money" in annotation:
        return 'Money(Decimal("10.00"))'
    if "str" not in annotation or "tuple" in annotation or "bytes" in annotation:
        return None
    words = name.split("_")
    role = next((word for word in words if word in IDS or word.rstrip("s") in IDS), "")
    role = role if role in IDS else role.rstrip("s")
    if words[0] == "unknown":
        return literal("4915559999" if role == "subscriber" and kinds.get(role) not in SMALL else NOBODY)
    if not role or name.endswith("_service"):
        return literal(words[0])
    owned = ids(role, kinds.get(role, "string"))
    return literal(owned[1] if words[0] == "other" else owned[2] if "without" in words else owned[0])


def unwritten(ports: Sequence[str]) -> list[Function]:
    """Methods that a suite leaves to the author: the order that the system takes."""
    found = []
    for port in ports:
        suite = getattr(suites, suite_of(port))
        for name, function in inspect.getmembers(suite, inspect.isfunction):
            if "raise NotImplementedError" in inspect.getsource(function):
                signature = inspect.signature(function)
                parameters = [str(each) for each in signature.parameters.values()]
                said = ", ".join(re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", each) for each in parameters)
                returns = re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", inspect.formatannotation(signature.return_annotation))
                if returns == "Order":
                    found.append(Function(name, said, returns, "", NEW_ORDER))
                    continue
                at_hand = ", ".join(list(signature.parameters)[1:])
                what = literal(f"{name}: {' '.join((function.__doc__ or returns).split())}")
                found.append(Function(name, said, returns, "", [f"return todo({what}, {at_hand})"]))
    return found


def tables(asked: Sequence[Method], serves: Mapping[str, Operation], composed: Composed) -> list[Table]:
    """Rows for each noun that an operation gives, and which operations answer from them."""
    made: dict[str, Table] = {}
    content: dict[str, list[dict[str, Any]]] = {}
    used: set[str] = set()
    for method in asked:
        operation = serves.get(method.name)
        if (
            operation is None
            or method.noun is None
            or method.receipt
            or method.noun.__name__ == "OrderState"
            or operation.name in used
        ):
            continue
        how, path, record = _place(method, operation.answers)
        if not record.parts or not record.complex:
            continue
        used.add(operation.name)
        noun = snake(method.noun.__name__)
        table = made.setdefault(noun, Table(f"{noun}s"))
        rows_ = content.setdefault(noun, [{}, {}])
        by = _unlike(method, asked, composed)
        _identify(rows_, method, noun, record, composed, by)
        where = f"({''.join(f'{literal(name)}, ' for name in path)})".replace(", )", ",)")
        meant = f", by=({literal(by[0])}, {literal(by[1])})" if by else ""
        table.uses.append({"how": how, "operation": operation.name, "path": where, "by": meant})
        if method.many and method.key is not None and _role(method) in ("customer", "account"):
            table.empty = f"({literal(ids(_role(method))[2])},)"
    for noun, table in made.items():
        table.rows = [
            "{" + ", ".join(f"{literal(key)}: {value}" for key, value in row.items()) + "}" for row in content[noun]
        ]
    return list(made.values())


def _unlike(method: Method, asked: Sequence[Method], composed: Composed) -> tuple[str, str] | None:
    """The part of a request that takes the id, and what rows call it, where others mean another id by that name."""
    keys = {each.name: composed.keys[each.name].key for each in asked if each.name in composed.keys}
    roles = {_role(each) for each in asked if keys.get(each.name) and keys[each.name] == keys.get(method.name)}
    key = keys.get(method.name)
    return (key, f"{_role(method)}_id") if key and len(roles) > 1 else None


def _place(method: Method, answers: Part) -> tuple[str, list[str], Part]:
    alone, listed = lone_rows(answers), rows(answers, method.noun)
    path_ = listed[0] if method.many and listed is not None else alone
    if path_ is not None:
        return "lists", [part.name for part in path_], path_[-1]
    record, path = record_of(answers)
    inner = [part for part in record.parts if part.complex and part.parts and not part.repeats]
    if len(inner) == 1 and method.noun is not None:  # what is said of the thing, beside what is said of the answer
        own = next((line.value for line in lines(method.noun, record, ()) if line.name == "id"), "")
        if f'row["{inner[0].name}"]' in own:
            return "gives", [*path, inner[0].name], inner[0]
    return "gives", path, record


def _identify(
    found: list[dict[str, Any]],
    method: Method,
    noun: str,
    record: Part,
    composed: Composed,
    by: tuple[str, str] | None,
) -> None:
    """Put the ids into the rows: whose they are, and their own."""
    own = ids(noun)
    assert method.noun is not None
    own_part = next((line.value for line in lines(method.noun, record, ()) if line.name == "id" and line.guessed), "")
    named = re.search(r'row\["([^"]+)"\]', own_part)
    kinds = {source.part.name: source.part.kind for source in sources(record, 1)}
    amounts = re.findall(r'money\(row\["([^"]+)"\]', " ".join(line.value for line in lines(method.noun, record, ())))
    asked = composed.keys.get(method.name)
    key = asked.key if asked else None
    role = _role(method)
    left = left_of(record) if noun == "bucket" else None
    amounts += [] if left is None else [left.name]
    words = [line for line in lines(method.noun, record, ()) if line.table is not None]
    stands = {}
    for line in words:
        told = re.findall(r'"([^"]+)": "?([\w.]+)', line.table[1] if line.table else "")
        stands[line.part] = next((theirs for theirs, ours in told if ours == "active"), told[0][0])
    for index, row in enumerate(found):
        for name, word in stands.items():
            row.setdefault(name, literal(word))
        row |= {name: literal("EUR") for name in kinds if "currency" in split(name) and kinds[name] in TEXT}
        row |= {part.name: paid for part in record.parts if (paid := _currency(part))}
        row |= {name: literal("10.00") for name in amounts if kinds.get(name) in TEXT}
        if named and named.group(1) in kinds:
            row.setdefault(named.group(1), _value(own[index], kinds[named.group(1)]))
        if asked is None or key is None:
            continue
        same = role == noun or role not in IDS
        owners = ids(role, asked.key_kind)
        shared = not same and role != "subscriber"
        row[by[1] if by else key] = _value(
            own[index] if same else owners[0] if shared else owners[index], kinds.get(key, asked.key_kind)
        )


def _currency(part: Part) -> str | None:
    """What an amount with a currency of its own says of it."""
    named = (each.name for each in part.parts if "currency" in split(each.name) and each.kind in TEXT)
    name = None if part.repeats else next(named, None)
    return f'{{{literal(name)}: "EUR"}}' if name else None


def left_of(record: Part) -> Part | None:
    """The part of a balance that says what is left."""
    amounts = [each.part for each in sources(record, 2) if each.part.kind in EXACT | WHOLE | TEXT]
    amounts = [part for part in amounts if not {"id", "currency", "type", "number"} & set(split(part.name))]
    best = max(amounts, key=lambda part: (alike("remaining", part.name), part.kind in EXACT | WHOLE), default=None)
    return best if best is not None and alike("remaining", best.name) > 0.4 else None  # noqa: PLR2004


def _value(value: str, kind: str) -> str:
    return value if kind in WHOLE else literal(value)


def _role(method: Method) -> str:
    return method.key.name.removesuffix("_id") if method.key is not None else ""


def reference(operation: Operation) -> str:
    """The part of a request that carries our reference, by its name."""
    leaves = [path[-1].name for path in operation.asks.leaves()]
    best = max(leaves, key=lambda name: alike("reference", name), default="")
    return best if best and alike("reference", best) > 0.4 else ""  # noqa: PLR2004


REFUSING = {"access", "argument", "auth", "authentication", "authorization", "business", "credentials", "denied"}
REFUSING |= {"forbidden", "illegal", "insufficient", "invalid", "limit", "login", "parameter", "policy", "refused"}
REFUSING |= {"rejected", "validation"}
"""Words in the name of an exception by which a system says no before it does anything."""


def exceptions(serving: Mapping[str, Operation]) -> dict[str, str]:
    found = {}
    for operation in serving.values():
        for name, part in operation.faults.items():
            element = part.name or name
            words = set(split(element))
            found[element] = (
                "NotFound"
                if {"not", "found"} <= words or words & {"unknown", "missing"}
                else "Conflict"
                if words & {"exist", "already", "conflict", "duplicate", "state", "use"}
                else "Rejected"
                if words & REFUSING
                else "Unavailable"  # it may have failed half-way: a write must not be sent again for a guess
            )
    return found
