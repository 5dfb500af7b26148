"""What an HTTP exchange proves: nothing sent, refused before work, an answer worth reading, or nobody knows."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import httpx

from contracts.errors import Garbled, Happened, PortError, Rejected, TimedOut, Unavailable

XML = ("text/xml", "application/soap+xml", "application/xml")
SOAP_STATUS = frozenset({200, 400, 500})
"""400 because some SOAP 1.2 stacks send a sender's fault with it."""
LONGEST_WAIT_S = 86_400


def of_failure(system: str, failure: httpx.HTTPError) -> PortError:
    """The port error for an exchange that brought no reply."""
    if _never_sent(failure):
        return Unavailable(f"{system} cannot be reached", happened=Happened.NO)
    if isinstance(failure, httpx.TimeoutException) and _slow(failure):
        return TimedOut(f"{system} did not answer in time")
    if isinstance(failure, httpx.DecodingError):
        return Garbled(f"{system} sent a reply that cannot be unpacked")
    return Unavailable(f"the connection to {system} broke before it answered", happened=Happened.UNKNOWN)


def _never_sent(failure: httpx.HTTPError) -> bool:
    if isinstance(failure, httpx.UnsupportedProtocol):
        return True
    # httpx-aiohttp maps every ClientConnectionError to ConnectTimeout, a reset after sending too: ask the cause.
    cause = failure.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def _slow(failure: httpx.HTTPError) -> bool:
    cause = failure.__cause__
    return not isinstance(cause, aiohttp.ClientError) or isinstance(cause, aiohttp.ServerTimeoutError)


def of_answer(  # noqa: PLR0911 - one return per row of the table
    system: str, refused: frozenset[int], status: int, headers: httpx.Headers, body: bytes, now: datetime
) -> PortError | None:
    """The port error for a reply that the SOAP layer must not see; None when it is an envelope to be read."""
    if status in (401, 403):
        return Rejected(f"{system} refused our credentials", code=str(status))
    if status in refused:
        return Unavailable(
            f"{system} refuses work for now", happened=Happened.NO, retry_after=_retry_after(headers, now)
        )
    if status in (429, 503):
        return Unavailable(
            f"{system} is overloaded",
            happened=Happened.UNKNOWN,
            code=str(status),
            retry_after=_retry_after(headers, now),
        )
    if status not in SOAP_STATUS:
        return Garbled(f"{system} answered with status {status}", code=str(status))
    if not body.strip():
        return Garbled(f"{system} answered with an empty body", code=str(status))
    if headers.get("content-type", "").partition(";")[0].strip().lower() not in XML:
        return Garbled(f"{system} answered with something that is not SOAP", code=str(status))
    if status != httpx.codes.OK and b"Envelope" not in body[:2000]:
        return Garbled(f"{system} answered with status {status} and no envelope", code=str(status))
    return None


def _retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """In seconds, or None: it comes as a number of them or as an HTTP date, and as nonsense."""
    value: str = headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        seconds = float(value)
    else:
        try:
            seconds = (parsedate_to_datetime(value).astimezone(UTC) - now).total_seconds()
        except (ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if seconds <= LONGEST_WAIT_S else None
