"""What an HTTP exchange proves: nothing sent, refused before work, an answer worth reading, or nobody knows."""

import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus

import httpx

from banyan.wire.transport import Cut, NoHttp
from contracts.clock import Clock
from contracts.errors import Garbled, Happened, PortError, Rejected, TimedOut, Unavailable

XML = ("text/xml", "application/soap+xml", "application/xml")
SOAP_STATUS = frozenset({200, 400, 500})
"""400 because some SOAP 1.2 stacks send a sender's fault with it."""
ACCEPTED = frozenset({200, 202, 204})
"""How a one-way operation is taken over, with nothing more to say."""
STRANGERS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
OVERLOADED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
LONGEST_WAIT_S = 86_400
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_NO_HTTP = (NoHttp, httpx.RemoteProtocolError, httpx.DecodingError)
_HANDSHAKE = re.compile("CERTIFICATE|UNKNOWN_CA|HANDSHAKE|ACCESS_DENIED")
_USUAL = re.compile(rb"(?:<\?xml[^<>]{0,99}\?>)?<(?:[^\s<>/:!?]{1,100}:)?Envelope[\s/>]")
_ROOT = re.compile(rb"<(?:[^\s<>/:]{1,100}:)?Envelope[\s/>]")


def of_failure(system: str, failure: Exception, *, sent: bool) -> PortError:
    """The port error for an exchange without a whole reply. `sent`: whether a byte of the request may have left."""
    if not sent or _never_sent(failure):
        return Unavailable(f"{system} cannot be reached", happened=Happened.NO)
    if isinstance(failure, httpx.TimeoutException):
        return TimedOut(f"{system} did not answer in time")
    if isinstance(failure, _NO_HTTP):
        return Garbled(f"{system} answered with something that is not HTTP")
    if isinstance(failure, Cut):
        return Garbled(f"the reply of {system} ends early")
    return Unavailable(f"the connection to {system} broke before it answered", happened=Happened.UNKNOWN)


def _never_sent(failure: Exception) -> bool:
    if isinstance(failure, _BEFORE_SENDING):
        return True
    # With TLS 1.3 our certificate is refused after the first bytes went out, which nobody has deciphered then.
    cause = failure.__cause__ or failure.__context__
    return isinstance(cause, ssl.SSLError) and bool(_HANDSHAKE.search(cause.reason or ""))


def of_answer(  # noqa: PLR0911 - one return per row of the table
    system: str,
    refused: frozenset[int],
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    clock: Clock,
    *,
    one_way: bool = False,
) -> PortError | None:
    """The port error for a reply that the SOAP layer must not see; None when it is an envelope to be read.

    `one_way`: the operation has no answer, so that an empty body says that it was accepted.
    """
    if status in STRANGERS:
        return Rejected(f"{system} refused our credentials", code=str(status))
    if status in refused:
        wait = _retry_after(headers, clock)
        return Unavailable(f"{system} refuses work for now", happened=Happened.NO, code=str(status), retry_after=wait)
    if status in OVERLOADED:
        wait = _retry_after(headers, clock)
        return Unavailable(f"{system} is overloaded", happened=Happened.UNKNOWN, code=str(status), retry_after=wait)
    empty = not body or body.isspace()
    if one_way and empty and status in ACCEPTED:
        return None
    if status not in SOAP_STATUS:
        return Garbled(f"{system} answered with status {status}", code=str(status))
    if empty:
        return Garbled(f"{system} answered with an empty body", code=str(status))
    if _media_type(headers.get("content-type", "")) not in XML:
        return Garbled(f"{system} answered with something that is not SOAP", code=str(status))
    if not is_envelope(body):
        return Garbled(f"{system} answered with XML that is no envelope", code=str(status))
    return None


@lru_cache(maxsize=256)
def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def is_envelope(document: bytes) -> bool:
    """Whether the first element is called Envelope; a document type is in no SOAP message.

    Of UTF-16 the answer is left to the parser.
    """
    if _USUAL.match(document):
        return True
    if document[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"):
        return True
    at = 3 if document.startswith(b"\xef\xbb\xbf") else 0
    while True:
        at = document.find(b"<", at)
        if at < 0:
            return False
        if document.startswith(b"<!--", at):
            at = document.find(b"-->", at)
        elif document.startswith(b"<?", at):
            at = document.find(b"?>", at)
        else:
            return _ROOT.match(document, at) is not None
        if at < 0:
            return False


def _retry_after(headers: Mapping[str, str], clock: Clock) -> float | None:
    """In seconds, or None: it comes as a number of them or as an HTTP date, and as nonsense."""
    value = headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        seconds = float(value)
    else:
        try:
            seconds = _seconds(parsedate_to_datetime(value), clock)
        except (ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if seconds <= LONGEST_WAIT_S else None


def _seconds(until: datetime, clock: Clock) -> float:
    return (until.astimezone(UTC) - clock.now()).total_seconds()
