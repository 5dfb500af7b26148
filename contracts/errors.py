"""What may come out of a port, named by what the caller may do next.

* PortError
  + NotFound      the legacy knows no such thing                       -> 404
  + Rejected      a business rule of the legacy said no                -> 422
  + Conflict      the legacy's state contradicts the request           -> 409
  + Unavailable   the system could not be reached, or refused for now  -> 503
  + TimedOut      no answer before the deadline; nobody knows          -> 504
  + Garbled       an answer that cannot be trusted; always alarmed     -> 502
  + Unsupported   this system has no such ability                      -> 501

Anything else that escapes an adapter is a bug.
"""

from enum import StrEnum


class Happened(StrEnum):
    """Whether a failed call may have had its effect; set by banyan/wire from how far the bytes got."""

    NO = "no"
    """Never sent, or refused before work."""
    UNKNOWN = "unknown"


class PortError(Exception):
    """The base: a sentence without personal data, and whether the work may have happened."""

    default = Happened.NO

    def __init__(
        self,
        message: str,
        *,
        happened: Happened | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.happened = self.default if happened is None else happened
        self.code = code
        """The legacy's own error code, where it has one."""
        self.retry_after = retry_after
        """Seconds the legacy asked us to wait."""


class NotFound(PortError): ...


class Rejected(PortError): ...


class Conflict(PortError): ...


class Unavailable(PortError): ...


class TimedOut(PortError):
    default = Happened.UNKNOWN


class Garbled(PortError):
    default = Happened.UNKNOWN


class Unsupported(PortError):
    capability: str | None = None
    """The optional ability that is missing, as manifests name it."""
