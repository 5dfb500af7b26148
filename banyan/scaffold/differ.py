"""What changed between two versions of a WSDL, and whether an adapter of the old one still works with the new."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from banyan.scaffold.narrowing import contains, limited
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
    found, again = [], set()
    for name, before in old.operations.items():
        after = _again(before, new)
        if after is None:
            found.append(Change(name, "", _gone(before, old, new), breaking=True))
            continue
        again.add(after.name)
        if after.name != name:
            found.append(Change(name, "", f"is called {after.name} where the new WSDL is loaded", breaking=False))
        found += _operation(before, after, old, new)
    return found + [Change(name, "", "is new", breaking=False) for name in new.operations if name not in again]


def _again(before: Operation, new: Survey) -> Operation | None:
    """The same operation, whose name has its binding in front wherever two bindings have it."""
    alike = (each for each in new.operations.values() if _bare(each) == _bare(before))

    def near(other: Operation) -> tuple[bool, bool, bool]:
        return other.name == before.name, other.binding == before.binding, other.version == before.version

    return max(alike, key=near, default=None)


def _bare(operation: Operation) -> str:
    return operation.name.removeprefix(f"{operation.binding}.")


def _gone(before: Operation, old: Survey, new: Survey) -> str:
    """Removed, or perhaps only renamed: an unknown name that takes and gives the same."""
    for name, after in new.operations.items():
        if name not in old.operations and (before.asks.parts, before.answers.parts) == (
            after.asks.parts,
            after.answers.parts,
        ):
            return f"is gone; {name} takes and answers the same"
    return "is gone"


def _operation(before: Operation, after: Operation, old: Survey, new: Survey) -> Iterator[Change]:
    for what, was, now in (
        ("SOAPAction", before.action, after.action),
        ("SOAP version", before.version, after.version),
        ("style", before.style, after.style),
        ("name of the request's element", before.asks.tag, after.asks.tag),
        ("namespace of the request", before.asks.namespace, after.asks.namespace),
        ("name of the answer's element", before.answers.tag, after.answers.tag),
        ("namespace of the answer", before.answers.namespace, after.answers.namespace),
    ):
        if was != now:
            yield Change(before.name, "", f"{what} is {now or 'empty'}, was {was or 'empty'}", breaking=True)
    sides = _Sides(before.name, old, new)
    yield from sides.compare(before.asks, after.asks, "sent", "request")
    yield from sides.compare(before.answers, after.answers, "read", "answer")
    yield from sides.compare(_header(before), _header(after), "sent", "header")
    for name in sorted(set(before.faults) - set(after.faults)):
        yield Change(before.name, name, "is no fault of it any more", breaking=False)
    for name in sorted(set(after.faults) - set(before.faults)):
        yield Change(before.name, name, "is a new fault: say in faults.py what it means", breaking=False)
    for name in sorted(set(before.faults) & set(after.faults)):
        yield from sides.compare(before.faults[name], after.faults[name], "read", f"fault {name}")


def _header(operation: Operation) -> Part:
    """By the elements on the wire, whatever the parts of the message are called."""
    return Part("header", "", parts=tuple(replace(part, name=part.tag) for part in operation.headers))


@dataclass(frozen=True, slots=True)
class _Sides:
    """One operation in both versions."""

    operation: str
    old: Survey
    new: Survey

    def compare(self, before: Part, after: Part, way: Way, path: str) -> Iterator[Change]:
        """The parts of two parts, then theirs; those of one type once, where they are met first."""
        waiting, seen = deque([(before, after, path)]), set()
        while waiting:
            was, now, where = waiting.popleft()
            if was.type and (was.type, now.type) in seen:
                continue
            seen.add((was.type, now.type))
            was = replace(was, parts=self.old.kinds[was.type].parts if was.type in self.old.kinds else was.parts)
            now = replace(now, parts=self.new.kinds[now.type].parts if now.type in self.new.kinds else now.parts)
            yield from self._parts(was, now, way, where)
            after_of = {part.name: part for part in now.parts}
            waiting += [
                (part, after_of[part.name], f"{where}.{part.name}")
                for part in was.parts
                if part.name in after_of and part.complex
            ]
            if where.endswith(">"):
                continue  # what stands in for a stand-in stands in for the declared type as well
            old, new = _stand_ins(was, self.old), _stand_ins(now, self.new)
            yield from self._stand_ins(set(old), set(new), way, where)
            waiting += [(old[name], new[name], f"{where}<{name}>") for name in old if name in new]

    def _parts(self, before: Part, after: Part, way: Way, path: str) -> Iterator[Change]:
        old = {part.name: part for part in before.parts}
        new = {part.name: part for part in after.parts}
        for name, was in old.items():
            where = f"{path}.{name}"
            now = new.get(name)
            if now is None:
                yield Change(self.operation, where, "is gone", breaking=way == "sent" or was.required)
                continue
            yield from (Change(self.operation, where, what, breaking) for what, breaking in _part(was, now, way))
        for name, now in new.items():
            if name not in old:
                yield Change(self.operation, f"{path}.{name}", *_new(now, before, way))
        fixed = [name for name in old if name in new and "sequence" in (old[name].place, new[name].place)]
        if fixed != [name for name in new if name in fixed]:
            yield Change(self.operation, path, "its parts come in another order", breaking=True)

    def _stand_ins(self, was: set[str], now: set[str], way: Way, path: str) -> Iterator[Change]:
        """Types that may stand in for the declared one break as the words of an enumeration do."""
        if was - now:
            what = f"is no {', '.join(sorted(was - now))} any more"
            yield Change(self.operation, path, what, breaking=way == "sent")
        if now - was:
            yield Change(self.operation, path, f"may be {', '.join(sorted(now - was))} now", breaking=way == "read")


def _new(part: Part, before: Part, way: Way) -> tuple[str, bool]:
    """A part that nobody knew is skipped, unless it comes in the place of one that is looked for."""
    if way == "sent":
        return ("is new, and must be sent", True) if part.required else ("is new", False)
    instead = part.place == "choice" and any(other.place == "choice" for other in before.parts)
    return ("may come instead of the others now", True) if instead else ("is new", False)


def _stand_ins(part: Part, survey: Survey) -> dict[str, Part]:
    """By name, the types that may stand in for a part's own."""
    named = {name: survey.kinds[name] for name in survey.derived.get(part.type, ()) if name in survey.kinds}
    return {kind.name: replace(kind, type=name) for name, kind in named.items()}


def _part(was: Part, now: Part, way: Way) -> Iterator[tuple[str, bool]]:
    sent = way == "sent"
    if was.complex != now.complex:
        yield f"is {now.kind}, was {was.kind}", True
    elif not was.complex and was.kind != now.kind:
        fits = contains(now.kind, was.kind) if sent else contains(was.kind, now.kind)
        yield f"is {now.kind}, was {was.kind}", not fits
    if was.namespace != now.namespace:
        yield f"its namespace is {now.namespace or 'none'}, was {was.namespace or 'none'}", True
    yield from _times(was, now, sent=sent)
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
    for what, narrower in limited(was.limits, now.limits):
        yield what, sent and narrower


def _times(was: Part, now: Part, *, sent: bool) -> Iterator[tuple[str, bool]]:
    """A list of one is what a single part looks like on the wire."""
    if was.repeats != now.repeats:
        yield ("may come several times now" if now.repeats else "comes once now"), sent != now.repeats
    elif was.most != now.most:
        fewer = now.most is not None and (was.most is None or now.most < was.most)
        yield f"may come {now.most or 'any number of'} times, was {was.most or 'any number'}", sent and fewer


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
