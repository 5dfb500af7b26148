"""How a legacy system may fail on the wire, and the port error each failure must become."""

from enum import StrEnum

from contracts.errors import Garbled, PortError, TimedOut, Unavailable


class Fault(StrEnum):
    """The kinds that a simulator's `POST /faults` takes."""

    REFUSE = "refuse"
    """503 before any work: the effect did not happen. Known where the manifest declares it."""
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
    HTTP_503 = "http-503"
    """As REFUSE, and said by a load balancer: an HTML page that does not tell when to come back."""
    SLOW_DRIP = "slow-drip"
    """The work is done, the reply comes byte by byte, each in time and all of them later than anybody waits."""
    FAULT_AS_200 = "fault-as-200"
    """A SOAP server fault instead of the work, with the status of a success."""
    EMPTY_200 = "empty-200"
    """The work is done, the reply is a success without a body."""
    LOGIN_PAGE = "login-page"
    """A login page instead of the work: well-formed XML with the status and the media type of a reply."""
    TRUNCATED = "truncated"
    """The work is done, the second half of the reply is missing."""
    WRONG_SCHEMA = "wrong-schema"
    """The work is done, the reply is in another namespace than its contract says."""
    DECIMAL_COMMA = "decimal-comma"
    """The work is done, the first decimal of the reply is written 12,50."""
    UNKNOWN_ENUMERATION = "unknown-enumeration"
    """The work is done, the first enumerated value of the reply is a word that its contract does not know."""
    MISSING_ELEMENT = "missing-element"
    """The work is done, the first required element of the reply is missing."""
    LATIN_1 = "latin-1"
    """The work is done, the reply comes in ISO 8859-1 and says so: no failure, it must be read as it is."""


BECOMES: dict[Fault, tuple[type[PortError], ...]] = {
    Fault.REFUSE: (Unavailable,),
    Fault.DELAY: (TimedOut,),
    Fault.FAULT: (Unavailable,),
    Fault.LOST_ANSWER: (TimedOut, Unavailable, Garbled),
    Fault.GARBAGE: (Garbled,),
    Fault.SWAP: (Garbled,),
    Fault.HTTP_503: (Unavailable,),
    Fault.SLOW_DRIP: (TimedOut,),
    Fault.FAULT_AS_200: (Unavailable,),
    Fault.EMPTY_200: (Garbled,),
    Fault.LOGIN_PAGE: (Garbled,),
    Fault.TRUNCATED: (Garbled,),
    Fault.WRONG_SCHEMA: (Garbled,),
    Fault.DECIMAL_COMMA: (Garbled,),
    Fault.UNKNOWN_ENUMERATION: (Garbled,),
    Fault.MISSING_ELEMENT: (Garbled,),
}
"""All but LATIN_1. `happened` is unknown after each, and no after those of REFUSED where that is declared."""

REFUSED = frozenset({Fault.REFUSE, Fault.HTTP_503})
"""Nothing was done, and the status says so in a system that declares it: 503 of others may come after the work."""
WORKLESS = REFUSED | {Fault.FAULT, Fault.FAULT_AS_200, Fault.LOGIN_PAGE}
"""Nothing was done; after some of them nobody can know it."""
SLOW = frozenset({Fault.DELAY, Fault.SLOW_DRIP})
"""Whoever meets them waits for as long as the call allows."""
VALUES = frozenset({Fault.DECIMAL_COMMA, Fault.UNKNOWN_ENUMERATION, Fault.MISSING_ELEMENT, Fault.LATIN_1})
"""They wait for the first reply that has something they can hit."""
