"""The two typed faults of every Parlay X operation, and the port error that each becomes by its message id."""

from lxml import etree

from banyan import Happened, NotFound, PortError, Rejected, Unavailable
from banyan.soap import SoapFault
from banyan.soap import port_error as untyped

SUBSCRIBER = "endUserIdentifier"
INVALID = frozenset({"SVC0002", "SVC0003", "SVC0004"})
"""A value that cannot be used; the first variable names the part that holds it."""
REFUSED = frozenset({"SVC0005", "SVC0250", "SVC0251"})
"""A reference that was used before, a subscriber who did not prove to be one, an unknown voucher."""


def port_error(fault: SoapFault) -> PortError:
    """What else a service exception says, as SVC0001 does, leaves open whether the work was done."""
    exception = _typed(fault)
    if exception is None:
        return untyped(fault)
    kind, code, variables = exception
    if code in INVALID and variables[:1] == [SUBSCRIBER]:
        return NotFound("parlayx knows no such subscriber", code=code)
    if kind == "PolicyException":
        return Rejected("a policy of parlayx forbids it", code=code)
    if code in INVALID | REFUSED:
        return Rejected("parlayx refused the request", code=code)
    return Unavailable("parlayx failed at the request", happened=Happened.UNKNOWN, code=code)


def _typed(fault: SoapFault) -> tuple[str, str, list[str]] | None:
    """The exception's name, message id and variables; some stacks put their own entries beside it."""
    for node in fault.detail if fault.detail is not None else ():
        name = etree.QName(node).localname
        said = [(etree.QName(child).localname, (child.text or "").strip()) for child in node]
        code = next((text for part, text in said if part == "messageId"), "")
        if name in ("ServiceException", "PolicyException") and code:
            return name, code, [text for part, text in said if part == "variables"]
    return None
