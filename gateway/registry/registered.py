"""An adapter that is loaded and ready: its instance and the facts policy needs."""

from dataclasses import dataclass

from contracts.ports import Adapter


@dataclass(frozen=True, slots=True)
class Registered:
    name: str
    title: str
    adapter: Adapter
    ports: tuple[type[Adapter], ...]
    concurrency: int
    timeout_s: float
    settle_s: float
    """How long after an unanswered write the legacy may still be working on it."""
    sync_every_s: float
