"""Two promises beside each other: what the official document says and the served page does not, and the other way."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gateway.api.checking.promise import Operation, Promise, Shape, Value

_NOTHING = "nothing"
_WIDER: Mapping[tuple[str, str], str] = {
    ("string (uri)", "string (uri-reference)"): "a uri may be a path, as every href is"
}
"""Types that every page widens, whatever attribute has them."""
VERDICTS = DIFFERENCE, STATED, ADDITION = "difference", "stated", "addition"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the official document and the served page say differently."""

    kind: str
    """path, parameter, body, answer, schema, attribute, type, required, enumeration."""
    where: str
    official: str
    served: str
    verdict: str = DIFFERENCE
    why: str = ""

    def row(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why practice differs from a contract, as its overrides.json states it."""

    optional: Mapping[tuple[str, str], str]
    corrected: Mapping[tuple[str, str], str]
    changes: Collection[str] = ()
    """Schemas of changes: they name only what they change."""

    @classmethod
    def stated(cls, practice: Mapping[str, Any], version: str, changes: Collection[str] = ()) -> "Reasons":
        lax = [entry for entry in practice.get("optional", ()) if entry["version"] == version]
        right = [entry for entry in practice.get("corrected", ()) if entry["version"] == version]
        return cls(
            {(entry["schema"], name): entry["why"] for entry in lax for name in entry["attributes"]},
            {(entry["schema"], entry["attribute"]): entry["why"] for entry in right},
            changes,
        )


def compared(official: Promise, served: Promise, reasons: Reasons) -> Iterator[Finding]:
    for name, operation in official.operations.items():
        if name not in served.operations:
            yield Finding("path", name, "declared", "missing")
        else:
            yield from _operations(name, operation, served.operations[name])
    for name in served.operations.keys() - official.operations.keys():
        yield Finding("path", name, "not declared", "served", ADDITION)
    for name, shape in official.shapes.items():
        if name not in served.shapes:
            yield Finding("schema", name, "declared", "missing")
        else:
            yield from _shapes(name, shape, served.shapes[name], reasons)


def _operations(name: str, official: Operation, served: Operation) -> Iterator[Finding]:
    yield from _entries("parameter", name, official.parameters, served.parameters)
    yield from _entries("answer", name, _carried(official), _carried(served))
    if official.body is not None and official.body != served.body:
        yield Finding("body", name, official.body, served.body or "none")


def _carried(operation: Operation) -> dict[str, str]:
    return {status: carried or _NOTHING for status, carried in operation.answers.items()}


def _entries(kind: str, name: str, official: Mapping[str, str], served: Mapping[str, str]) -> Iterator[Finding]:
    for key, said in official.items():
        if served.get(key) != said:
            more = ADDITION if said == _NOTHING and key in served else DIFFERENCE
            yield Finding(kind, f"{name}: {key}", said, served.get(key, "missing"), more)
    for key in served.keys() - official.keys():
        yield Finding(kind, f"{name}: {key}", "not declared", served[key], ADDITION)


def _shapes(name: str, official: Shape, served: Shape, reasons: Reasons) -> Iterator[Finding]:
    if official.type != served.type:
        yield Finding("type", name, official.type, served.type)
    yield from _enumerations(name, official.enumeration, served.enumeration)
    if official.alternatives - served.alternatives:
        yield Finding("type", name, _listed(official.alternatives), _listed(served.alternatives))
    for key, value in official.attributes.items():
        for finding in _attributes(f"{name}.{key}", value, served.attributes.get(key)):
            yield _excused(finding, reasons.corrected, official.lineage | served.lineage, key)
    for key in served.attributes.keys() - official.attributes.keys():
        addition = Finding("attribute", f"{name}.{key}", "not declared", served.attributes[key].type, ADDITION)
        yield _excused(addition, reasons.corrected, served.lineage, key)
    for key in sorted(official.required ^ served.required):
        if official.alternatives and key in served.attributes and key not in official.attributes:
            continue  # the attribute that a choice is made by: each alternative demands it
        said = ("mandatory", "optional") if key in official.required else ("optional", "mandatory")
        if name in reasons.changes and key in official.required:
            yield Finding("required", f"{name}.{key}", *said, STATED, "a change names only what it changes")
            continue
        yield _excused(Finding("required", f"{name}.{key}", *said), reasons.optional, official.lineage, key)


def _attributes(where: str, official: Value, served: Value | None) -> Iterator[Finding]:
    if served is None:
        yield Finding("attribute", where, official.type, "missing")
        return
    if official.type != served.type:
        why = _WIDER.get((official.type, served.type), "")
        yield Finding("type", where, official.type, served.type, STATED if why else DIFFERENCE, why)
    yield from _enumerations(where, official.enumeration, served.enumeration)


def _enumerations(where: str, official: frozenset[str], served: frozenset[str]) -> Iterator[Finding]:
    if official != served:
        yield Finding("enumeration", where, _listed(official - served), _listed(served - official))


def _excused(finding: Finding, reasons: Mapping[tuple[str, str], str], lineage: set[str], attribute: str) -> Finding:
    """The finding with the reason that was stated for its schema, or for one that this one is made of."""
    why = next((reasons[name, attribute] for name in sorted(lineage) if (name, attribute) in reasons), None)
    if why is None:
        return finding
    return Finding(finding.kind, finding.where, finding.official, finding.served, STATED, why)


def _listed(values: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(values)) or "-"
