"""What changed between two versions of a WSDL, and whether an adapter of the old one still works with the new."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from banyan.soap.survey import Operation, Part, Survey

Way = Literal["sent", "read"]


@dataclass(frozen=True, slots=True)
class Change:
    operation: str
    where: str
    """The path of the part, or nothing when it is the operation itself."""
    what: str
    breaking: bool


def compare(old: Survey, new: Survey) -> list[Change]:
    """Every difference, operation by operation. Breaking is what an adapter made for `old` would stumble over."""
    found = []
    for name, before in old.operations.items():
        after = new.operations.get(name)
        if after is None:
            found.append(Change(name, "", _gone(before, old, new), breaking=True))
        else:
            found += _operation(before, after)
    found += [Change(name, "", "is new", breaking=False) for name in new.operations if name not in old.operations]
    return found


def _gone(before: Operation, old: Survey, new: Survey) -> str:
    """Removed, or perhaps only renamed: an unknown name that takes and gives the same."""
    for name, after in new.operations.items():
        if name not in old.operations and (before.asks.parts, before.answers.parts) == (
            after.asks.parts,
            after.answers.parts,
        ):
            return f"is gone; {name} takes and answers the same"
    return "is gone"


def _operation(before: Operation, after: Operation) -> Iterator[Change]:
    for what, was, now in (
        ("SOAPAction", before.action, after.action),
        ("SOAP version", before.version, after.version),
        ("style", before.style, after.style),
        ("name of the request's element", before.asks.name, after.asks.name),
        ("namespace of the request", before.asks.namespace, after.asks.namespace),
        ("name of the answer's element", before.answers.name, after.answers.name),
        ("namespace of the answer", before.answers.namespace, after.answers.namespace),
    ):
        if was != now:
            yield Change(before.name, "", f"{what} is {now or 'empty'}, was {was or 'empty'}", breaking=True)
    yield from _parts(before.name, before.asks, after.asks, "sent", "request")
    yield from _parts(before.name, before.answers, after.answers, "read", "answer")
    was_header, now_header = Part("header", "", parts=before.headers), Part("header", "", parts=after.headers)
    yield from _parts(before.name, was_header, now_header, "sent", "header")
    for name in sorted(set(before.faults) - set(after.faults)):
        yield Change(before.name, name, "is no fault of it any more", breaking=False)
    for name in sorted(set(after.faults) - set(before.faults)):
        yield Change(before.name, name, "is a new fault: say in faults.py what it means", breaking=False)


def _parts(operation: str, before: Part, after: Part, way: Way, path: str) -> Iterator[Change]:
    old = {part.name: part for part in before.parts}
    new = {part.name: part for part in after.parts}
    for name, was in old.items():
        where = f"{path}.{name}"
        now = new.get(name)
        if now is None:
            breaking = way == "sent" or was.required
            yield Change(operation, where, "is gone", breaking=breaking)
            continue
        yield from (Change(operation, where, what, breaking) for what, breaking in _part(was, now, way))
        yield from _parts(operation, was, now, way, where)
    for name, now in new.items():
        if name not in old:
            must = way == "sent" and now.required
            yield Change(operation, f"{path}.{name}", "is new, and must be sent" if must else "is new", breaking=must)
    order = [name for name in old if name in new]
    if order != [name for name in new if name in old]:
        yield Change(operation, path, "its parts come in another order", breaking=True)


def _part(was: Part, now: Part, way: Way) -> Iterator[tuple[str, bool]]:
    sent = way == "sent"
    if was.complex != now.complex or (not was.complex and was.kind != now.kind):
        yield f"is {now.kind}, was {was.kind}", True
    if was.namespace != now.namespace:
        yield f"its namespace is {now.namespace or 'none'}, was {was.namespace or 'none'}", True
    if was.repeats != now.repeats:
        yield ("may come several times now" if now.repeats else "comes once now"), not (sent and now.repeats)
    if was.required and not now.required:
        yield "may be left out now", not sent
    if now.required and not was.required:
        yield "must be there now", sent
    if now.nillable and not was.nillable:
        yield "may be nil now", not sent
    if was.nillable and not now.nillable:
        yield "may not be nil any more", sent
    if was.attribute != now.attribute:
        yield ("is an attribute now" if now.attribute else "is an element now"), True
    yield from _values(set(was.values), set(now.values), sent=sent)


def _values(was: set[str], now: set[str], *, sent: bool) -> Iterator[tuple[str, bool]]:
    """A word that we send and they no longer know breaks; so does a word that they send and we do not know."""
    if not now and was:
        yield "takes any value now", not sent
        return
    if not was and now:
        yield f"takes only {', '.join(sorted(now))} now", sent
        return
    if was - now:
        yield f"has no {', '.join(sorted(was - now))} any more", sent
    if now - was:
        yield f"has new values: {', '.join(sorted(now - was))}", not sent
