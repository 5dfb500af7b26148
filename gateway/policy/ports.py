"""How a flow reaches a legacy system: by port, wrapped by policy, found by the registry."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from contracts.ports import Adapter

P = TypeVar("P", bound=Adapter)


@dataclass(frozen=True, slots=True)
class Serving(Generic[P]):
    """A port and the system behind it."""

    system: str
    """The adapter's name."""
    port: P
    """Every call through it has a deadline, retries by declared semantics, and a span."""
    settle_s: float
    """How long after an unanswered write the legacy may still be working on it."""
    sync_every_s: float
    """How often the mirror of its nouns is refreshed."""
    offers: frozenset[str] = frozenset()
    """The optional abilities of the port (`balance.lookup`) that the system has."""


class Ports(Protocol):
    def serving(self, port: type[P], *, operator: str = "default", customer: str | None = None) -> Serving[P]:
        """Who serves this port for this operator and customer; LookupError when nobody does."""
        ...

    def all(self, port: type[P]) -> list[Serving[P]]:
        """Every system that serves this port."""
        ...
