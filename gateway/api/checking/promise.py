"""What a document promises, read from any OpenAPI as it is written: operations, and the shapes they speak of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_METHODS = ("get", "post", "patch", "put", "delete")
_PLACES = ("query", "path", "header")
Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """The type of an attribute in words, and what its enumeration allows."""

    type: str
    enumeration: frozenset[str] = frozenset()


@dataclass(slots=True)
class Shape:
    """One named schema with everything that it is made of."""

    type: str = "object"
    enumeration: frozenset[str] = frozenset()
    attributes: dict[str, Value] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    alternatives: set[str] = field(default_factory=set)
    lineage: set[str] = field(default_factory=set)
    """The names of the schemas that it is made of, its own among them."""


@dataclass(frozen=True, slots=True)
class Operation:
    parameters: Mapping[str, str]
    """`limit in query` to its type."""
    body: str | None
    answers: Mapping[str, str | None]
    """The status of a success to what it carries."""


@dataclass(frozen=True, slots=True)
class Promise:
    operations: Mapping[str, Operation]
    """`GET /productOffering`."""
    shapes: Mapping[str, Shape]


def promised(source: Node) -> Promise:
    """Swagger 2.0, OpenAPI 3.0 or 3.1; only shapes that an operation can reach count."""
    reading = _Reading(source)
    operations = {name: reading.operation(node, shared) for name, node, shared in _operations(source)}
    return Promise(operations, reading.reached())


def _operations(source: Node) -> Iterator[tuple[str, Node, list[Any]]]:
    """Events are what a client serves: webhooks are the modern word for paths of a /listener."""
    events = {f"/listener/{name}": item for name, item in source.get("webhooks", {}).items()}
    for path, item in {**source["paths"], **events}.items():
        for method in _METHODS:
            if method in item:
                yield f"{method.upper()} {path.rstrip('/')}", item[method], item.get("parameters", [])


class _Reading:
    def __init__(self, source: Node) -> None:
        self._source = source
        self._schemas: Node = source.get("definitions") or source.get("components", {}).get("schemas") or {}
        self._wanted: list[str] = []
        self._shapes: dict[str, Shape] = {}

    def operation(self, node: Node, shared: list[Any]) -> Operation:
        parameters = [self._followed(one) for one in (*shared, *node.get("parameters", []))]
        body = next((one.get("schema") for one in parameters if one["in"] == "body"), None)
        if body is None:
            body = _json(self._followed(node.get("requestBody", {})))
        answers = {str(status): self._followed(answer) for status, answer in node["responses"].items()}
        return Operation(
            parameters={
                f"{one['name']} in {one['in']}": self._value(one.get("schema") or one).type.partition(" ")[0]
                for one in parameters
                if one["in"] in _PLACES
            },
            body=None if body is None else self._value(body).type,
            answers={
                status: None if (schema := _json(answer)) is None else self._value(schema).type
                for status, answer in answers.items()
                if status.startswith("2")
            },
        )

    def reached(self) -> dict[str, Shape]:
        while self._wanted:
            name = self._wanted.pop()
            if name not in self._shapes:
                shape = self._shapes[name] = Shape()
                self._collect(self._schemas.get(name, {}), shape, name)
        return self._shapes

    def _collect(self, node: Node, shape: Shape, name: str | None) -> None:
        """Add what this part of a schema says to the shape of the whole."""
        if name is not None:
            if name in shape.lineage:
                return
            shape.lineage.add(name)
        if "$ref" in node:
            target = _name(node)
            self._collect(self._schemas.get(target, {}), shape, target)
            return
        if "type" in node:
            shape.type = _type(node)
        if node.get("type") == "array":
            shape.type = self._value(node).type
        shape.enumeration |= _enumeration(node)
        shape.attributes |= {key: self._value(inner) for key, inner in node.get("properties", {}).items()}
        shape.required |= set(node.get("required", ()))
        choice = [part["then"] for part in node.get("allOf", ()) if "if" in part]
        for alternative in (*node.get("oneOf", ()), *node.get("anyOf", ()), *choice):
            shape.alternatives.add(self._value(alternative).type)
        for part in node.get("allOf", ()):
            if "if" not in part:
                self._collect(part, shape, None)

    def _value(self, node: Node) -> Value:
        if "$ref" in node:
            self._wanted.append(_name(node))
            return Value(_name(node))
        if node.get("type") == "array" or "items" in node:
            items = self._value(node.get("items", {}))
            return Value(f"array of {items.type}", items.enumeration)
        parts = [*node.get("allOf", ()), *node.get("oneOf", ()), *node.get("anyOf", ())]
        if parts:
            return Value(" or ".join(self._value(part).type for part in parts))
        if "properties" in node:
            inner = ", ".join(f"{name}: {self._value(one).type}" for name, one in sorted(node["properties"].items()))
            return Value(f"object of {inner}")
        return Value(_type(node), _enumeration(node))

    def _followed(self, node: Node) -> Node:
        """What a reference to a parameter, an answer or a body stands for."""
        if "$ref" not in node:
            return node
        found: Any = self._source
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return self._followed(found)


def _json(node: Node) -> Node | None:
    """What a body holds where it is JSON."""
    if "schema" in node:
        found: Node = node["schema"]
        return found
    for media, content in node.get("content", {}).items():
        if media.partition(";")[0] == "application/json":
            return content.get("schema")  # type: ignore[no-any-return]
    return None


def _name(node: Node) -> str:
    return str(node["$ref"]).rpartition("/")[2]


def _type(node: Node) -> str:
    types = node.get("type", "anything")
    words = [types] if isinstance(types, str) else sorted(set(types) - {"null"})
    said = " or ".join(words) + (f" ({node['format']})" if "format" in node else "")
    return f"{said} or null" if node.get("nullable") or (isinstance(types, list) and "null" in types) else said


def _enumeration(node: Node) -> frozenset[str]:
    return frozenset(str(value) for value in node.get("enum", ()) if value is not None)
