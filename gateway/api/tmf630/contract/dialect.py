"""Schemas of Swagger 2.0 and OpenAPI 3.0 in one dialect, JSON Schema 2020-12: facts only, no official sentence."""

from collections.abc import Mapping
from typing import Any

_PLAIN = (
    "type", "format", "enum", "const", "default", "pattern", "required", "readOnly", "uniqueItems",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
_LISTS = ("allOf", "anyOf", "oneOf")
_HOME = "#/components/schemas/"


def reference(name: str) -> dict[str, str]:
    return {"$ref": _HOME + name}


def named(schema: Mapping[str, Any]) -> str | None:
    """The name of the schema that this one refers to."""
    target = schema.get("$ref")
    return target.rsplit("/", 1)[-1] if isinstance(target, str) else None


def normalised(schema: Any) -> dict[str, Any]:
    """The facts of one schema. Siblings of `$ref` go; `oneOf` with a discriminator becomes a choice on its property."""
    if not isinstance(schema, Mapping):
        return {}
    name = named(schema)
    if name is not None:
        return dict(reference(name))
    facts: dict[str, Any] = {key: schema[key] for key in _PLAIN if key in schema}
    if schema.get("nullable") and isinstance(facts.get("type"), str):
        facts["type"] = [facts["type"], "null"]
    if isinstance(schema.get("properties"), Mapping):
        facts["properties"] = {name: normalised(value) for name, value in schema["properties"].items()}
    if "items" in schema:
        facts["items"] = normalised(schema["items"])
    if isinstance(schema.get("additionalProperties"), Mapping):
        facts["additionalProperties"] = normalised(schema["additionalProperties"])
    discriminator = schema.get("discriminator")
    for key in _LISTS:
        if key not in schema:
            continue
        if key == "oneOf" and isinstance(discriminator, Mapping):
            facts.update(_choice(schema["oneOf"], discriminator))
        else:
            facts[key] = [normalised(part) for part in schema[key]]
    return facts | _discriminator(discriminator)


def _discriminator(discriminator: Any) -> dict[str, Any]:
    """Which schema a body's own type names; Swagger 2.0 and a mapping left out say nothing of it."""
    if not isinstance(discriminator, Mapping) or "mapping" not in discriminator:
        return {}
    mapping = {value: _HOME + target.rsplit("/", 1)[-1] for value, target in discriminator["mapping"].items()}
    return {"discriminator": {"propertyName": discriminator["propertyName"], "mapping": mapping}}


def _choice(parts: list[Any], discriminator: Mapping[str, Any]) -> dict[str, Any]:
    """`if @type = X then X`, once for each alternative: an unknown @type of an open model stays acceptable."""
    attribute = discriminator["propertyName"]
    mapping = discriminator.get("mapping") or {named(part): part["$ref"] for part in parts}
    branches = [
        {
            "if": {"properties": {attribute: {"const": value}}, "required": [attribute]},
            "then": reference(target.rsplit("/", 1)[-1]),
        }
        for value, target in mapping.items()
    ]
    return {"required": [attribute], "allOf": branches}
