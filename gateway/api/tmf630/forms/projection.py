"""One stored form for all versions of an API: moves.json (its format: moves.py) carries a body there and back."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.api.tmf630.contract import Contract
from gateway.api.tmf630.forms.moves import Moves, schema_at
from gateway.api.tmf630.forms.types import ASIDE, Kinds

__all__ = ["ASIDE", "Projection"]


class Projection:
    """Between the version a client speaks and the stored version; the identity where they are the same."""

    def __init__(self, spoken: Contract, stored: Contract) -> None:
        self._spoken = spoken
        self._stored = stored
        self._moves = Moves(spoken, stored)
        self._kinds = Kinds(spoken)
        same = {resource.type for resource in spoken.resources.values() if resource.stored not in stored.resources}
        self._alone = same if spoken is not stored else set(spoken.schemas)
        """Types that are stored as this version has them: a resource that the stored version no longer knows is."""

    def stored(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = body if type in self._alone else self._moves.of(type).into(body)
        return result

    def seeing(self, type: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """What makes a body as this version's contract has it, with the `@type` that it makes mandatory."""
        alone = type in self._alone
        return self._kinds.of(type).whole if alone else self._moves.of(type).view(exact=False).seen

    def spoken(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.seeing(type)(body)

    def editable(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        """What a patch is applied to: this version's view, from which `stored` finds back without a difference."""
        result: dict[str, Any] = body if type in self._alone else self._moves.of(type).view(exact=True).seen(body)
        return result

    def path(self, type: str, path: str) -> str:
        """A dotted path of the spoken version as the stored form has it."""
        return path if type in self._alone else self._moves.of(type).path(path)

    def alike(self, type: str, path: str, value: str) -> tuple[str, ...]:
        """The stored values that a client of this version sees as this one."""
        return (value,) if type in self._alone else self._moves.of(type).alike(path, value)

    def knows(self, type: str, path: str) -> bool:
        """Whether a resource of this type has this attribute, here or as an extension known to the stored form."""
        if self.declared(type, path) is not None:
            return True
        return type not in self._alone and schema_at(self._stored, self._moves.of(type).stored, path) is not None

    def declared(self, type: str, path: str) -> Mapping[str, Any] | None:
        """The schema of an attribute by its dotted path."""
        schema = schema_at(self._spoken, type, path)
        return None if schema is None else self._spoken.resolved(schema)

    def typed(self, type: str, body: dict[str, Any]) -> dict[str, Any]:
        """`@type` filled in wherever the contract makes it mandatory."""
        return self._kinds.of(type).whole(body)
