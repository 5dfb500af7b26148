"""What a suite needs to do to the system behind an adapter: arm faults and read what really happened."""

from typing import Any, Protocol

from contracts.faults import Fault


class Control(Protocol):
    async def ledger(self) -> list[dict[str, Any]]:
        """One line per effect since the start or the last reset: operation, reference, nativeId, amount."""
        ...

    async def fault(
        self, operation: str, kind: Fault, *, times: int = 1, after: int = 0, seconds: float | None = None
    ) -> None: ...

    async def reset(self) -> None: ...
