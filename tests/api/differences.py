"""The law of moves: what differs between two versions of an API, and no move stands for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named
from gateway.api.tmf630.forms.moves import schema_at


def differences(old: Contract, new: Contract, moves: Mapping[str, Any]) -> Iterator[str]:
    """Attributes of the old version that the new one lacks, shapes or enumerates otherwise, and no move stands for."""
    known = {resource.stored for resource in new.resources.values()}
    pending = [
        (resource.type, moves.get(resource.type, {}).get("as", resource.type))
        for resource in old.resources.values()
        if resource.stored in known
    ]
    seen: set[tuple[str, str]] = set()
    while pending:
        before, after = pair = pending.pop()
        if pair in seen:
            continue
        seen.add(pair)
        move = moves.get(f"{before} > {after}", moves.get(before, {}))
        for name, schema in old.attributes(before).items():
            if name in (*move.get("aside", ()), *move.get("keep", ())):
                continue
            if name in move.get("unwrap", ()):
                yield from (f"{before}.{name}.{part}" for part in _lost(new, after, move["unwrap"][name]))
                continue
            target = schema_at(new, after, move.get("move", {}).get(name, name).replace(".0", ""))
            inner = _inner(schema), _inner(target or {})
            if inner[0] and inner[1]:
                pending.append((inner[0], inner[1]))
            yield from (f"{before}.{name}{said}" for said in _unsaid(old, new, name, schema, target, move))


def _unsaid(
    old: Contract,
    new: Contract,
    name: str,
    schema: Mapping[str, Any],
    target: Mapping[str, Any] | None,
    move: Mapping[str, Any],
) -> Iterator[str]:
    """What of one attribute has no counterpart; where only one version enumerates, it decides alone."""
    if not target:
        yield " is gone"
        return
    before, after = set(_options(old, schema)), set(_options(new, target))
    if before or after:
        values, shows = move.get("values", {}).get(name, {}), move.get("shows", {}).get(name, {})
        if before and after:
            yield from (f" was {option}" for option in before - after - values.keys())
            yield from (f" is {option}" for option in after - before - set(values.values()) - shows.keys())
        return
    many = name in move.get("many", ()) or schema.get("type") == "array"
    if "0" not in move.get("move", {}).get(name, "") and many != (target.get("type") == "array"):
        yield " is one here and many there"
    if bool(_inner(schema)) != bool(_inner(target)) or _plain(schema) != _plain(target):
        yield " has another type"


def _lost(contract: Contract, type: str, attributes: Iterable[str]) -> Iterator[str]:
    """Attributes that neither a type nor what is made of it has."""
    made = [
        name
        for name, schema in contract.schemas.items()
        if name == type or any(named(part) == type for part in schema.get("allOf", ()))
    ]
    return (name for name in attributes if not any(name in contract.attributes(type) for type in made))


def _options(contract: Contract, schema: Mapping[str, Any]) -> tuple[str, ...]:
    schema = contract.resolved(schema)
    return tuple(contract.resolved(schema.get("items", schema)).get("enum", ()))


def _inner(schema: Mapping[str, Any]) -> str | None:
    return named(schema.get("items", schema))


def _plain(schema: Mapping[str, Any]) -> Any:
    return schema.get("items", schema).get("type")
