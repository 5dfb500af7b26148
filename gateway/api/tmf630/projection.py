"""One stored form for all versions of an API: moves (data, no code) carry a body to it and back."""

from collections.abc import Mapping
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.contract.dialect import named

ASIDE = "@aside"
"""Where a stored object keeps attributes that only an older version knows."""


class Projection:
    """Between the version a client speaks and the stored version; the identity where they are the same."""

    def __init__(self, spoken: Contract, stored: Contract) -> None:
        self._spoken = spoken
        self._stored = stored
        self._moves: Mapping[str, Any] = spoken.moves.get("types", {})
        self._same = spoken is stored

    def stored(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = body if self._same else self._into(type, body)
        return result

    def spoken(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body as this version's contract has it, with the `@type` that it makes mandatory."""
        result: dict[str, Any] = self._typed(type, body) if self._same else self._back(type, body)
        return result

    def editable(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a patch is applied to: this version's view, from which `stored` finds back without a difference."""
        result: dict[str, Any] = body if self._same else self._back(type, body)
        return result

    def path(self, type: str, path: str) -> str:
        """A dotted path of the spoken version as the stored form has it."""
        if self._same:
            return path
        first, _, rest = path.partition(".")
        inner = self._inner(self._spoken.attributes(type).get(first, {}))
        moved: str = self._moves.get(type, {}).get("move", {}).get(first, first)
        return f"{moved}.{self.path(inner, rest) if inner else rest}" if rest else moved

    def knows(self, type: str, path: str) -> bool:
        """Whether a resource of this type has this attribute, here or as an extension known to the stored form."""
        return self.declared(type, path) is not None or (
            not self._same and _declared(self._stored, self._moved_type(type), path) is not None
        )

    def declared(self, type: str, path: str) -> Mapping[str, Any] | None:
        """The schema of an attribute by its dotted path."""
        return _declared(self._spoken, type, path)

    def _moved_type(self, type: str) -> str:
        moved: str = self._moves.get(type, {}).get("as", type)
        return moved

    def _into(self, type: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._into(type, item) for item in value]
        if not isinstance(value, dict):
            return value
        moves = self._moves.get(type, {})
        aside = {name: value[name] for name in moves.get("aside", ()) if name in value}
        attributes = self._spoken.attributes(type)
        result = {name: inner for name, inner in value.items() if name not in aside and name != ASIDE}
        for name, written in list(result.items()):
            inner = self._inner(attributes.get(name, {}))
            path: str = moves.get("move", {}).get(name, name)
            del result[name]
            _put(result, path.split("."), self._into(inner, written) if inner else written)
        if "@type" in result and result["@type"] == type:
            result["@type"] = self._moved_type(type)
        return {**result, ASIDE: aside} if aside else result

    def _back(self, type: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._back(type, item) for item in value]
        if not isinstance(value, dict):
            return value
        moves = self._moves.get(type, {})
        result = _copied({name: inner for name, inner in value.items() if name != ASIDE})
        for name, schema in self._spoken.attributes(type).items():
            path = moves.get("move", {}).get(name, name)
            found, moved = _take(result, path.split("."))
            if found:
                inner = self._inner(schema)
                result[name] = self._back(inner, moved) if inner else moved
        if result.get("@type") == self._moved_type(type) and "@type" in value:
            result["@type"] = type
        aside = value.get(ASIDE)
        return {**result, **aside} if isinstance(aside, dict) else result

    def _typed(self, type: str, value: Any) -> Any:
        """`@type` filled in wherever the contract makes it mandatory."""
        if isinstance(value, list):
            return [self._typed(type, item) for item in value]
        if not isinstance(value, dict):
            return value
        result = {name: inner for name, inner in value.items() if name != ASIDE}
        if "@type" in self._spoken.mandatory(type):
            result.setdefault("@type", self._spoken.types.get(type, type))
        attributes = self._spoken.attributes(type)
        for name, shown in result.items():
            inner = self._inner(attributes.get(name, {})) if isinstance(shown, dict | list) else None
            if inner:
                result[name] = self._typed(inner, shown)
        return result

    def _inner(self, schema: Mapping[str, Any]) -> str | None:
        return named(schema) or named(schema.get("items", {}))


def _declared(contract: Contract, type: str, path: str) -> Mapping[str, Any] | None:
    schema: Mapping[str, Any] = contract.schemas.get(type, {})
    for step in path.split("."):
        schema = contract.resolved(schema)
        schema = contract.resolved(schema["items"]) if "items" in schema else schema
        attributes = contract.properties(schema)
        if not attributes and schema.get("type", "object") == "object":
            return {}
        if step not in attributes:
            return None
        schema = attributes[step]
    return contract.resolved(schema)


def _put(target: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        inner = target.get(step)
        target[step] = target = dict(inner) if isinstance(inner, dict) else {}
    target[steps[-1]] = value


def _take(target: dict[str, Any], steps: list[str]) -> tuple[bool, Any]:
    """Remove and return what stands at a path, with the wrapping that is then empty."""
    first, rest = steps[0], steps[1:]
    if first not in target:
        return False, None
    if not rest:
        return True, target.pop(first)
    inner = target[first]
    if not isinstance(inner, dict):
        return False, None
    found, value = _take(inner, rest)
    if found and not inner:
        del target[first]
    return found, value


def _copied(value: Any) -> Any:
    return {name: _copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value
