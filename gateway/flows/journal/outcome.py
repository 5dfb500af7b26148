"""How one try at a step ended, in words of what comes next."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Done:
    native_id: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotReached:
    """The system is down or busy, and nothing happened: wait, then go on as before."""

    why: str
    wait_s: float | None = None
    """When to come back, where the system or policy said so."""


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Sent, and nobody knows what became of it: ask later."""

    why: str


@dataclass(frozen=True, slots=True)
class NeverArrived:
    """The legacy knows nothing of it, and would by now: send it again under the same reference."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The legacy said no: the work fails, and what was done for it before is undone."""

    why: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """A human must look."""

    why: str


Outcome = Done | NotReached | InDoubt | NeverArrived | Refused | Stuck
