"""What a simulated system really did: one line per effect, append-only, the judge of every fault test."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from contracts.clock import Clock


class Ledger:
    """In memory, and in a file when one is given."""

    def __init__(self, clock: Clock, file: Path | None = None) -> None:
        self._clock = clock
        self._file = file
        self._lines: list[dict[str, Any]] = []

    def write(
        self,
        operation: str,
        *,
        reference: str | None,
        native_id: str | None,
        amount: Decimal | None = None,
        traceparent: str | None = None,
    ) -> None:
        """Enter one effect. `reference` is the gateway's, `native_id` the system's own."""
        line = {
            "time": self._clock.now().isoformat(),
            "operation": operation,
            "reference": reference,
            "nativeId": native_id,
            "amount": None if amount is None else str(amount),
            "traceparent": traceparent,
        }
        self._lines.append(line)
        if self._file is not None:
            with self._file.open("a") as file:
                file.write(json.dumps(line) + "\n")

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(self._lines)

    def dump(self) -> str:
        return "".join(json.dumps(line) + "\n" for line in self._lines)

    def reset(self) -> None:
        self._lines.clear()
        if self._file is not None:
            self._file.write_bytes(b"")
