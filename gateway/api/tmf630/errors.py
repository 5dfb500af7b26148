"""Every way to say no, as one TM Forum error body."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from contracts.errors import (
    Conflict,
    Garbled,
    NotFound,
    PortError,
    Rejected,
    TimedOut,
    Unavailable,
    Unsupported,
)
from gateway.api.tmf630.catalogue import PATH
from gateway.flows.refusal import Clash, Invalid, Refusal, Unknown
from gateway.store.port import Stale, Unreachable

RETRY_AFTER_S = 5
"""What a client is asked to wait when the legacy named no time."""

_REFUSALS: Mapping[type[Refusal], HTTPStatus] = {
    Invalid: HTTPStatus.BAD_REQUEST,
    Unknown: HTTPStatus.NOT_FOUND,
    Clash: HTTPStatus.CONFLICT,
}
_PORT_ERRORS: Mapping[type[PortError], tuple[HTTPStatus, str, str]] = {
    NotFound: (HTTPStatus.NOT_FOUND, "resource.unknown", "no such resource"),
    Rejected: (HTTPStatus.UNPROCESSABLE_ENTITY, "backend.rejected", "a business rule behind this resource refused it"),
    Conflict: (HTTPStatus.CONFLICT, "backend.conflict", "the state behind this resource does not allow it now"),
    Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "backend.unavailable", "what serves this resource is down"),
    TimedOut: (HTTPStatus.GATEWAY_TIMEOUT, "backend.timeout", "what serves this resource did not answer in time"),
    Garbled: (HTTPStatus.BAD_GATEWAY, "backend.garbled", "what serves this resource gave an answer not to be trusted"),
    Unsupported: (HTTPStatus.NOT_IMPLEMENTED, "backend.unsupported", "what serves this resource cannot do this"),
}
_WAIT = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}


@dataclass
class Refused(Exception):
    """An answer with an error body."""

    status: HTTPStatus
    code: str
    reason: str
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    page: str | None = None
    """The code whose page explains it, where it has another system's code."""

    def body(self, origin: str = "") -> dict[str, str]:
        """`origin` is the address the client asked; its page about the error is there as well."""
        message = {"message": self.message} if self.message else {}
        return {
            "@type": "Error",
            "code": self.code,
            "reason": self.reason,
            **message,
            "status": str(self.status.value),
            "referenceError": f"{origin}{PATH}/{self.page or self.code}",
        }


def malformed(code: str, reason: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, code, reason)


def told(error: Exception) -> Refused | None:
    """What to answer to this error; None when it is a bug of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Refusal):
        status = next((status for kind, status in _REFUSALS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)
        return Refused(status, error.code, error.reason, error.message)
    if isinstance(error, Stale):
        return Refused(HTTPStatus.CONFLICT, "resource.changed", "somebody else changed this resource at the same time")
    wait = {"Retry-After": str(RETRY_AFTER_S)}
    if isinstance(error, TimeoutError):
        return Refused(HTTPStatus.GATEWAY_TIMEOUT, "request.timeout", "no answer in time", headers=wait)
    if isinstance(error, Unreachable):
        return Refused(HTTPStatus.SERVICE_UNAVAILABLE, "store.unreachable", "the store does not answer", headers=wait)
    return _from_port(error) if isinstance(error, PortError) else None


def _from_port(error: PortError) -> Refused | None:
    for kind, (status, code, reason) in _PORT_ERRORS.items():
        if isinstance(error, kind):
            wait = {"Retry-After": str(math.ceil(error.retry_after or RETRY_AFTER_S))} if status in _WAIT else {}
            # What cannot be done is said in words of ours; other errors may quote the system.
            message = str(error) if kind is Unsupported else None
            return Refused(status, error.code or code, reason, message, headers=wait, page=code)
    return None
