"""What travels with every port call: who asks, until when, under which key."""

from collections.abc import Callable
from typing import Any, TypeVar

from contracts.errors import Unsupported
from contracts.noun import noun

F = TypeVar("F", bound=Callable[..., Any])


@noun
class Principal:
    """Who asks: the subject, the customers that subject may see, and on whose behalf."""

    subject: str
    client: str
    operator: str
    customers: frozenset[str] | None = None
    """Our customer ids; None means all (the embedded default)."""
    scopes: frozenset[str] = frozenset()
    acting_for: str | None = None

    def may_see(self, owner: str | None) -> bool:
        """Whether a noun with this owner (None: nobody's, such as a tariff) may be shown to this principal."""
        return owner is None or self.customers is None or owner in self.customers


@noun
class Call:
    """Travels with every port call; the trace travels by OpenTelemetry context."""

    deadline: float
    """Monotonic seconds of the injected clock after which nobody is waiting; never stored."""
    operator: str
    principal: Principal
    epoch: int = 0
    """Under which routing decision this call was made."""
    key: str | None = None
    """Our stable reference; every write carries one."""
    attempt: int = 0
    """How often this call was sent before; set by policy, shown on the wire's span."""


def read(method: F) -> F:
    """Mark a port method as a read: retried, cached, hedged."""
    method.__semantics__ = "read"  # type: ignore[attr-defined]
    return method


def write(*, repeatable: bool) -> Callable[[F], F]:
    """Mark a port method as a write; only a repeatable one may be sent again without asking the legacy first."""

    def mark(method: F) -> F:
        method.__semantics__ = "repeatable" if repeatable else "once"  # type: ignore[attr-defined]
        return method

    return mark


def optional(capability: str) -> Callable[[F], F]:
    """Mark a port method that a system may lack; its default body raises `Unsupported`."""

    def mark(method: F) -> F:
        method.__capability__ = capability  # type: ignore[attr-defined]
        return method

    return mark


def unsupported(capability: str) -> Unsupported:
    error = Unsupported(f"this system does not offer {capability}")
    error.capability = capability
    return error
