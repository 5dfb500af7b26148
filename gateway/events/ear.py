"""What somebody wants to hear of, by a callback or by a stream, and who may tell."""

from dataclasses import dataclass
from typing import Any, Protocol

from gateway.store.port import Event


@dataclass(frozen=True, slots=True)
class Ear:
    """`query` and `gathers` are written as clients write them; the edge alone understands them."""

    api: str
    version: str
    query: str = ""
    customers: frozenset[str] | None = None
    """Of whom it may hear; None: of everybody."""
    topic: str | None = None
    """The topic it listens to; None: to its API."""
    gathers: tuple[str, ...] = ()
    """What the topic gathers by its own queries."""

    def may_hear_of(self, owner: str | None) -> bool:
        return self.customers is None or owner is None or owner in self.customers


class Voice(Protocol):
    """Injected by the edge, which knows the contracts."""

    def hears(self, event: Event, ear: Ear) -> bool: ...

    def render(self, event: Event, ear: Ear) -> dict[str, Any]:
        """The event as this ear's version and query have it."""
        ...
