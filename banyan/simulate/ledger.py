"""What a simulated system really did: one line per effect, append-only, the judge of every fault test."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from contracts.clock import Clock

_JSON = msgspec.json.Encoder(decimal_format="number")


class Ledger:
    """In memory, and in a file when one is given."""

    def __init__(self, clock: Clock, file: Path | None = None) -> None:
        self._clock = clock
        self._file = file
        self._lines: list[dict[str, Any]] = []
        if file is not None:
            file.touch()

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
            "amount": amount,
            "traceparent": traceparent,
        }
        self._lines.append(line)
        if self._file is not None:
            with self._file.open("ab") as file:
                file.write(_JSON.encode(line) + b"\n")

    @property
    def lines(self) -> list[dict[str, Any]]:
        return list(self._lines)

    def dump(self) -> bytes:
        """One JSON line each; an amount is a number with every decimal that was said, never a float."""
        return b"".join(_JSON.encode(line) + b"\n" for line in self._lines)

    def reset(self) -> None:
        self._lines.clear()
        if self._file is not None:
            self._file.write_bytes(b"")
