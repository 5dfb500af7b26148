"""Bodies made from an official document as it is written: the least that it takes, and everything that it forbids."""

from collections.abc import Iterator, Mapping
from typing import Any

WRONG: Mapping[str, tuple[Any, ...]] = {
    "string": (1, True, [], {}, None),
    "integer": ("1", 1.5, True, {}, None),
    "number": ("1", True, [], None),
    "boolean": ("true", 1, {}, None),
    "array": ("x", {}, None),
    "object": ("x", 1, [], None),
}
MISWRITTEN: Mapping[str, tuple[str, ...]] = {"date-time": ("", "x", "2026-02-30T00:00:00Z"), "date": ("", "x")}
UNKNOWN = "no such value"
Node = Mapping[str, Any]


class Sending:
    def __init__(self, source: Node) -> None:
        self._schemas: Node = source.get("definitions") or source["components"]["schemas"]

    def least(self, node: Node, above: tuple[str, ...] = ()) -> Any:
        """The smallest value that this schema takes."""
        facts = self.facts(node)
        if facts.get("enum"):
            return facts["enum"][0]
        if facts["properties"] or facts.get("type") == "object":
            name = _name(node)
            inner = {key: facts["properties"].get(key, {}) for key in facts["required"]}
            deeper = (*above, name)
            made = {key: self.least(one, deeper) for key, one in inner.items() if not name or name not in above}
            return {**made, **({"@type": facts["named"]} if "@type" in made else {})}
        if facts.get("type") == "array":
            return [self.least(facts.get("items", {}), above)]
        written = {"date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01"}.get(facts.get("format", ""), "x")
        return {"integer": 1, "number": 1, "boolean": True}.get(facts.get("type", ""), written)

    def forbidden(self, node: Node, seen: set[str], where: str = "") -> Iterator[tuple[str, Any]]:
        """Values that it must refuse, each wrong in one place; every schema is taken apart once."""
        facts = self.facts(node)
        for value in WRONG.get(facts.get("type", ""), ()):
            if value is not None or not facts.get("nullable"):
                yield f"{where} of type {type(value).__name__}", value
        for value in MISWRITTEN.get(facts.get("format", ""), ()):
            yield f"{where} written {value!r}", value
        for value in (UNKNOWN, "") if facts.get("enum") else ():
            yield f"{where} not in its enumeration", value
        if facts.get("type") == "array":
            for said, value in self.forbidden(facts.get("items", {}), seen, f"{where}[]"):
                yield said, [value]
        if _name(node) in seen:
            return
        seen.add(_name(node))
        if facts["properties"]:
            yield from self.broken(node, seen, where)

    def broken(self, node: Node, seen: set[str], where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """Objects with one attribute missing or wrong."""
        facts, least = self.facts(node), self.least(node)
        if not where and "@type" in facts["required"]:
            yield ".@type of nothing known", {**least, "@type": UNKNOWN}
        for key in facts["required"] & least.keys():
            yield f"{where}.{key} missing", {other: value for other, value in least.items() if other != key}
        for key, inner in facts["properties"].items():
            for said, value in self.forbidden(inner, seen, f"{where}.{key}"):
                yield said, {**least, key: value}

    def facts(self, node: Node) -> dict[str, Any]:
        """The schema with all that it is made of; of a choice the first alternative."""
        found: dict[str, Any] = {"properties": {}, "required": set(), "named": ""}
        self._collect(node, found, ())
        return found

    def _collect(self, node: Node, found: dict[str, Any], above: tuple[str, ...]) -> None:
        name = _name(node)
        if name:
            if name not in above:
                found["named"] = found["named"] or name.partition("_")[0]
                self._collect(self._schemas[name], found, (*above, name))
            return
        for part in node.get("allOf", ()):
            self._collect(part, found, above)
        mapping = node.get("discriminator", {}).get("mapping", {}) if "oneOf" in node else {}
        if mapping:
            named, target = next(iter(mapping.items()))
            found["named"] = named
            self._collect({"$ref": target}, found, above)
        elif "oneOf" in node:
            self._collect(node["oneOf"][0], found, above)
        found["properties"] |= node.get("properties", {})
        found["required"] |= set(node.get("required", ()))
        found |= {key: node[key] for key in ("type", "format", "enum", "items", "nullable") if key in node}


def _name(node: Node) -> str:
    return str(node.get("$ref", "")).rpartition("/")[2]
