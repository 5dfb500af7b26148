"""The typed faults of MTOSI, and the port error that each becomes."""

from lxml import etree

from banyan import Conflict, Garbled, Happened, NotFound, PortError, Rejected, Unavailable, Unsupported
from banyan.soap import SoapFault, port_error

IN_USE, UNABLE = "objectInUse", "unableToComply"

_MEANING: dict[str, tuple[type[PortError], Happened, str]] = {
    "accessDenied": (Rejected, Happened.NO, "the OSS denies us access"),
    "capacityExceeded": (Unavailable, Happened.NO, "the OSS has no capacity left"),
    "commLoss": (Unavailable, Happened.UNKNOWN, "the OSS lost its network"),
    "entityNotFound": (NotFound, Happened.NO, "the OSS knows no such service"),
    "internalError": (Unavailable, Happened.UNKNOWN, "the OSS failed at the request"),
    "invalidInput": (Rejected, Happened.NO, "the OSS finds the request invalid"),
    "notImplemented": (Unsupported, Happened.NO, "the OSS does not implement this"),
    "notInValidState": (Conflict, Happened.NO, "the service is in the wrong state"),
    IN_USE: (Rejected, Happened.NO, "what was asked for is in use"),
    "tooManyOpenIterators": (Unavailable, Happened.NO, "the OSS reads for too many others"),
    UNABLE: (Rejected, Happened.NO, "the OSS cannot comply"),
}


def typed(fault: SoapFault, correlation: str) -> PortError:
    """By the exception in the fault's detail; without one, by the fault's code.

    A fault has no header part, but its detail may carry one: then it must answer our request.
    """
    told = [] if fault.detail is None else list(fault.detail.iter(tag=etree.Element))
    answered = {node.text for node in told if etree.QName(node).localname == "correlationId" and node.text}
    if answered - {correlation}:
        return Garbled("the fault answers another request")
    for node in told:
        kind = etree.QName(node).localname
        if kind in _MEANING:
            error, happened, sentence = _MEANING[kind]
            return error(sentence, happened=happened, code=kind)
    return port_error(fault)
