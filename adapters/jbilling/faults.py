"""What jBilling's untyped faults mean: it has one kind of fault, and only its text tells why."""

from banyan import Happened, NotFound, PortError, Rejected, Unavailable
from banyan.soap import SoapFault

MISSING = ("No row with the given identifier", "Could not find")
REFUSED = ("validation", "Validation", "SessionInternalError: ")


def port_error(fault: SoapFault) -> PortError:
    if any(words in fault.message for words in MISSING):
        return NotFound("jbilling knows no such thing", code=fault.code)
    if any(words in fault.message for words in REFUSED) or fault.code == "Client":
        return Rejected("jbilling refused the request", code=fault.code)
    return Unavailable("jbilling failed at the request", happened=Happened.UNKNOWN, code=fault.code)
