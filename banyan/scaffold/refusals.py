"""Refusals inside replies: which part tells them, how mapping.py asks it first, and what the simulator says there."""

from dataclasses import dataclass

from banyan.scaffold.composed import Composed, Function
from banyan.scaffold.fields import TEXT, WHOLE, Source, always, literal
from banyan.scaffold.paths import reached
from banyan.scaffold.requests import CODED, TOLD, outcome_code
from banyan.scaffold.states import success
from banyan.scaffold.words import split
from banyan.soap.survey import Operation, Part

UNKNOWN = frozenset({"unknown", "missing", "found", "nonexistent", "absent"})
"""Words of a code that says that there is no such thing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The part of a reply that says how it went."""

    path: tuple[Part, ...]
    header: bool = False
    """Whether it stands in the header of the reply."""
    why: Part | None = None
    """Beside a yes or no, the code that says why not."""

    @property
    def code(self) -> Part:
        return self.path[-1]

    @property
    def done(self) -> str:
        """What it says after success, as Python has it."""
        if self.code.kind == "boolean":
            return "True"
        if self.code.values:
            return literal(success(self.code) or self.code.values[0])
        said = "S" if "type" in split(self.code.name) else "0"
        return said if self.code.kind in WHOLE else literal(said)


def outcome(operation: Operation) -> Outcome | None:
    path = outcome_code(operation.answers)
    if path is not None:
        holder = path[-2] if len(path) > 1 else operation.answers
        return Outcome(path, why=_why(path[-1], holder))
    for part in operation.tells:
        inside = outcome_code(part)
        if inside is not None:
            return Outcome((part, *inside), header=True, why=_why(inside[-1], part))
    return None


def _why(code: Part, holder: Part) -> Part | None:
    codes = [part for part in holder.parts if part is not code and part.kind in CODED - {"boolean"}]
    told = [part for part in codes if "code" in (said := split(part.name)) and TOLD & set(said)]
    return told[0] if code.kind == "boolean" and told else None


def reading(operation: Operation) -> tuple[str, str]:
    """The parameters of a function that reads a reply, and what the adapter gives it."""
    found = outcome(operation)
    beside = found is not None and found.header
    return ("body: Record, header: Record", "reply.body, reply.header") if beside else ("body: Record", "reply.body")


def settled(made: Composed, operation: Operation) -> list[str]:
    """The line that asks first whether it was done; none where a reply does not tell."""
    found = outcome(operation)
    if found is None:
        return []
    made.says[found.code.name] = found.done
    _refused(made, found)
    if "settled" not in {function.name for function in made.functions}:
        made.functions.append(_function(found))
        made.mapping_names |= {"needed"} if found.header else set()
        made.refuses = True
    return asked_first(operation)


def _function(found: Outcome) -> Function:
    name = ".".join(part.name for part in found.path)
    asks = f"if code {'is not' if found.done == 'True' else '!='} {found.done}:"
    if found.header:
        asks = asks.replace("if code", f'if needed(code, "{found.code.name}")', 1)
    elif not all(always(part) for part in found.path):
        asks = f"if code not in (None, {found.done}):"
    body = [
        f"# guessed: which {name} means that it was done, and which NotFound, Conflict or Unavailable?",
        asks,
        f'    raise Rejected("it refused the request by {found.code.name}", code=str(code))',
    ]
    return Function("settled", "code: object", "None", "A refusal inside a reply: the port error of its code.", body)


def asked_first(operation: Operation, reply: str = "") -> list[str]:
    """The lines that ask whether it was done. `reply`: what stands before `body` and `header` there."""
    found = outcome(operation)
    if found is None:
        return []
    if found.header:
        first, *rest = found.path
        read = f'{reply}header.get("{first.name}")'
        for part in rest:
            read = f'({read} or {{}}).get("{part.name}")'
        return [f"settled({read})"]
    repeated = next((number for number, part in enumerate(found.path) if part.repeats), None)
    if repeated is not None:
        each = Source(found.path[repeated + 1 :]).read("each")
        return [f"for each in {reached(found.path[: repeated + 1])}:", f"    settled({each})"]
    read = Source(found.path).read(f"{reply}body")
    if found.why is not None:
        read += f" or {Source((*found.path[:-1], found.why)).read(f'{reply}body')}"
    return [f"settled({read})"]


def _refused(made: Composed, found: Outcome) -> None:
    """Enter what the simulator says about an id that it does not know: the author puts the true code there."""
    value = next((each for each in found.code.values if UNKNOWN & set(split(each))), None)
    code = literal(value or "404") if found.code.kind in TEXT else "False" if found.done == "True" else "404"
    said: dict[str, object] = {found.code.name: code}
    if found.why is not None:
        said[found.why.name] = '"404"' if found.why.kind in TEXT else "404"
    inside: object = said
    for part in reversed(found.path[:-1]):
        inside = {part.name: [inside] if part.repeats else inside}
    _merge(made.missing_header if found.header else made.missing, inside)


def _merge(into: dict[str, object], said: object) -> None:
    assert isinstance(said, dict)
    for name, value in said.items():
        inner = into.get(name)
        if isinstance(inner, dict) and isinstance(value, dict):
            _merge(inner, value)
        else:
            into[name] = value


def written(said: object) -> str:
    """A dict of expressions as Python."""
    if isinstance(said, dict):
        return "{" + ", ".join(f'"{name}": {written(value)}' for name, value in said.items()) + "}"
    return f"[{', '.join(written(each) for each in said)}]" if isinstance(said, list) else str(said)
