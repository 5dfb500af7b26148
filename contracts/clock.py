"""The one clock: handed to whoever needs time, so that deadlines and schedules can be tested without waiting."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back; deadlines are counted in these."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's clock. The only place that asks the operating system what time it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def rfc3339(instant: datetime) -> str:
    """An instant as every API tells it: UTC, milliseconds, Z."""
    utc = instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    parts = (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.microsecond // 1000)
    # A list says many dates: isoformat() takes twice as long, format specifiers take longer still.
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % parts  # noqa: UP031
