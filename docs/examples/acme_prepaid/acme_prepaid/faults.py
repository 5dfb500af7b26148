"""What the faults of Acme Prepaid mean: which port error each becomes.

NotFound: it knows no such thing. Rejected: a rule of its own said no. Conflict: its state forbids it now.
Unavailable: it failed, and nobody knows whether the work was done.
"""

from banyan import Happened, NotFound, PortError, Unavailable
from banyan.soap import SoapFault
from banyan.soap import port_error as untyped
from lxml import etree

MISSING = ("not found", "no such", "does not exist")
"""What it says when it does not know an id. Look at a real fault, and leave what fits. No word that a failure inside
may use too, such as "unknown": NotFound says that nothing was done, and a write is then sent again.
"""
CODES: dict[str, type[PortError]] = {}
"""Its own error codes, from a fault's detail: {"SVC0004": NotFound}."""
DECLARED: dict[str, type[PortError]] = {
    "SubscriberUnknown": NotFound,  # guessed
}
"""The exceptions that the WSDL declares, by the element in a fault's detail."""


def port_error(fault: SoapFault) -> PortError:
    told = [] if fault.detail is None else list(fault.detail.iter(tag=etree.Element))
    said = [(node.text or "").strip() for node in told]
    code = next((text for text in said if text in CODES), None)
    if code is not None:
        return _made(CODES[code], code)
    if any(words in text.lower() for text in (fault.message, *said) for words in MISSING):
        return _made(NotFound, fault.code)
    declared = next((name for node in told if (name := etree.QName(node).localname) in DECLARED), None)
    return untyped(fault) if declared is None else _made(DECLARED[declared], declared)


def _made(error: type[PortError], code: str) -> PortError:
    happened = Happened.UNKNOWN if issubclass(error, Unavailable) else Happened.NO
    return error("acme_prepaid refused the request", happened=happened, code=code)
