"""How a legacy system may fail on the wire, and the port error each failure must become."""

from enum import StrEnum

from contracts.errors import Garbled, PortError, TimedOut, Unavailable


class Fault(StrEnum):
    """The kinds that a simulator's `POST /faults` takes."""

    REFUSE = "refuse"
    """503 before any work: the effect did not happen, and the adapter may know it."""
    DELAY = "delay"
    """The work is done and answered, later than anybody waits."""
    FAULT = "fault"
    """A SOAP server fault instead of the work."""
    LOST_ANSWER = "lost-answer"
    """The work is done, the connection closes without a reply."""
    GARBAGE = "garbage"
    """The work is done, the reply is an HTML page."""
    SWAP = "swap"
    """The work is done, the reply belongs to another request."""


BECOMES: dict[Fault, tuple[type[PortError], ...]] = {
    Fault.REFUSE: (Unavailable,),
    Fault.DELAY: (TimedOut,),
    Fault.FAULT: (Unavailable,),
    Fault.LOST_ANSWER: (TimedOut, Unavailable, Garbled),
    Fault.GARBAGE: (Garbled,),
    Fault.SWAP: (Garbled,),
}
