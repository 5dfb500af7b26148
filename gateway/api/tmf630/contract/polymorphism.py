"""Schemas that hold a body against the type which it names: its `@type`, or its `@baseType` where that is unknown."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.api.tmf630.contract.dialect import named, reference

_SENT = "_FVO"
"""How a v5 document marks what is sent to create one of a type."""
_DECIDED = "@"
"""What the name of a schema ends with that decides by the body's own type."""


def named_type(schemas: Mapping[str, Any], name: str, called: Mapping[str, str]) -> dict[str, Any]:
    """What holds a body that stands by itself: it must name a type that its contract knows, or one made from it."""
    names = list(_mapping(schemas.get(name, {})))
    if not names and name.endswith(_SENT):
        names = sorted({name.removesuffix(_SENT) for name in schemas})
    names += [stranger for stranger, type in called.items() if type in names]
    return {"allOf": [reference(name + _DECIDED), *([_one_of(names)] if names else [])]}


def deciding(schemas: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    """All schemas, and beside each one that decides; what an attribute holds is decided, what is inherited is not.

    `called` are the types that practice knows by other names.
    """
    found = {name: _attributes_decided(schema) for name, schema in schemas.items()}
    for name, schema in schemas.items():
        mapping = _mapping(schema)
        mapping |= {stranger: mapping[type] for stranger, type in called.items() if type in mapping}
        found[name + _DECIDED] = {
            "allOf": [reference(name), *_branches(name, mapping), *_bounds(name, schema, mapping)]
        }
    return found | {_DECIDED: {"enum": sorted({name.partition("_")[0] for name in schemas})}}


def _branches(name: str, mapping: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    known = {"enum": list(mapping)}
    for value, target in mapping.items():
        said = _says("@type", {"const": value})
        derived = {"allOf": [_says("@baseType", {"const": value}), _says("@type", {"not": known})]}
        if target != name:
            yield {"if": {"anyOf": [said, derived]}, "then": reference(target)}


def _bounds(name: str, schema: Mapping[str, Any], mapping: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Which types may stand here: in a choice its alternatives, or its own name for any of them; elsewhere all others
    of the contract too, as official examples have them. A stranger says what it is made from, or where it is described.
    """
    described = _says("@schemaLocation", {"type": "string"})
    if any("if" in part for part in schema.get("allOf", ())):
        own = _says("@type", {"const": name.partition("_")[0]})
        yield {"if": own, "then": {"anyOf": [reference(target) for target in dict.fromkeys(mapping.values())]}}
        yield _one_of(list(mapping), own, described)
    elif mapping:
        yield _one_of(list(mapping), _says("@type", reference(_DECIDED)), described)


def _one_of(names: list[str], *explained: dict[str, Any]) -> dict[str, Any]:
    """The `@type` is one of these, unless its `@baseType` is, or something else explains it."""
    known = {"enum": names}
    excused = {"anyOf": [_says("@baseType", known), *explained]}
    return {"if": {"not": excused}, "then": {"properties": {"@type": known}}}


def _mapping(schema: Mapping[str, Any]) -> dict[str, str]:
    mapping: Mapping[str, str] = schema.get("discriminator", {}).get("mapping", {})
    return {value: target.rsplit("/", 1)[-1] for value, target in mapping.items()}


def _says(attribute: str, what: dict[str, Any]) -> dict[str, Any]:
    return {"required": [attribute], "properties": {attribute: what}}


def _attributes_decided(schema: Any) -> Any:
    """This schema, with every attribute's reference replaced by the one that decides."""
    if not isinstance(schema, Mapping):
        return schema
    found = dict(schema)
    if "properties" in schema:
        found["properties"] = {name: _value_decided(inner) for name, inner in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if key in schema:
            found[key] = _value_decided(schema[key])
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            found[key] = [_attributes_decided(part) for part in schema[key]]
    return found


def _value_decided(schema: Any) -> Any:
    name = named(schema) if isinstance(schema, Mapping) else None
    return _attributes_decided(schema) if name is None else reference(name + _DECIDED)
