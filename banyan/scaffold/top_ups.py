"""What the simulator is told of top-ups: which balance they raise, by how much, and how they are found again."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from banyan.scaffold.asked import Method
from banyan.scaffold.composed import Composed
from banyan.scaffold.facts import ids, left_of
from banyan.scaffold.fields import literal, todo
from banyan.scaffold.guess import rows
from banyan.scaffold.requests import record_of
from banyan.scaffold.words import alike, split
from banyan.scaffold.works import Work, names, numbers_of, place, references_of
from banyan.soap.survey import Operation, Part

WRITES = {"top_up": "tops_up", "redeem": "redeems"}
VOUCHER = "good"
"""The fact `good_voucher` of the contract test."""


def top_ups(asked: Sequence[Method], serves: Mapping[str, Operation], composed: Composed) -> list[Work]:
    """What tops up, what looks for it, and the history where top-ups are in it; nothing where balances are not read."""
    served = [method for method in asked if method.port == "BalancePort" and method.name in serves]
    writes = [method for method in served if method.name in WRITES]
    references = _once(name for method in writes for name in references_of(method, composed))
    balances = next((method for method in served if method.name == "buckets"), None)
    if not references or balances is None:
        return []
    listed = rows(serves["buckets"].answers, balances.noun)
    left = left_of(record_of(serves["buckets"].answers)[0] if listed is None else listed[0][-1])
    # A history without top-ups shows its own rows.
    moves = [method for method in served if method.name == "moves" and any(each.name == "top_up" for each in writes)]
    reads = [*(method for method in served if method.name == "top_up_by_key"), *moves]
    told = composed.fed.get("BalanceMove", {}) if moves else {}
    references = _once([*references, *_all(references_of, reads, composed), told.get("reference", "")])
    numbers = _once([*_all(numbers_of, [*writes, *reads], composed), told.get("id", "")])
    numbers = [name for name in numbers if name not in references]
    whose = _once(_owner(method, composed) for method in [*writes, *reads])
    known = ids("subscriber", composed.keys["buckets"].key_kind)[:2]
    said = [names(references), *([names(numbers)] if numbers else []), *([f"whose={names(whose)}"] if whose else [])]
    said.append(f"empty={names(known)}")
    uses = [_write(method, serves[method.name], composed, left) for method in writes]
    uses += [_read(method, serves[method.name], composed) for method in reads]
    return [Work("top_ups", ", ".join(said), uses, frozenset(method.name for method in [*writes, *reads]))]


def _write(method: Method, operation: Operation, composed: Composed, left: Part | None) -> str:
    asked = composed.keys[method.name]
    wanted = "voucher" if method.name == "redeem" else "amount"
    part = asked.placed.get(f"top_up.{wanted}") or _like(wanted, operation)
    said = [literal(operation.name), "top_ups", "buckets"]
    said.append(literal(part) if part else todo(f"simulator: which part of {operation.name} is the {wanted}?"))
    said.append(literal(left.name) if left else todo("simulator: which part of a balance says what is left?"))
    said += [f'{{"{VOUCHER}": 5}}'] if method.name == "redeem" else []
    return f"{WRITES[method.name]}({', '.join(said)})"


def _read(method: Method, operation: Operation, composed: Composed) -> str:
    how, path, silent = place(operation.answers)
    said = [literal(operation.name), f"({''.join(f'{literal(part.name)}, ' for part in path)})".replace(", )", ",)")]
    said.append("top_ups")
    placed, at = composed.keys[method.name].placed, composed.fed.get("BalanceMove", {}).get("at")
    if method.name == "moves" and at and {"since", "until"} <= placed.keys():
        said.append(f"within=({literal(placed['since'])}, {literal(placed['until'])}, {literal(at)})")
    said += ["silent=True"] if silent and method.maybe else []
    return f"{how}({', '.join(said)})"


def _owner(method: Method, composed: Composed) -> str:
    asked = composed.keys[method.name]
    return asked.placed.get("top_up.subscriber") or asked.key or ""


def _like(word: str, operation: Operation) -> str | None:
    leaves = [path[-1] for path in operation.asks.leaves() if "currency" not in split(path[-1].name)]
    best = max(leaves, key=lambda part: alike(word, part.name), default=None)
    return best.name if best is not None and alike(word, best.name) > 0.4 else None  # noqa: PLR2004


def _all(
    told: Callable[[Method, Composed], Iterable[str]], methods: Sequence[Method], composed: Composed
) -> Iterable[str]:
    for method in methods:
        yield from told(method, composed)


def _once(found: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(found) if name]
