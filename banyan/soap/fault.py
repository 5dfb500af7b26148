"""SOAP faults of both versions, and the port error that one becomes when its adapter knows nothing better."""

from copy import deepcopy

from lxml import etree

from contracts.errors import Happened, PortError, Rejected, Unavailable

SENDER = frozenset({"Client", "Sender", "MustUnderstand", "VersionMismatch", "DataEncodingUnknown"})
"""Faults that are not to be resent without change."""
SECURITY = frozenset(
    {
        "FailedAuthentication",
        "FailedCheck",
        "InvalidSecurity",
        "InvalidSecurityToken",
        "MessageExpired",
        "SecurityTokenUnavailable",
        "UnsupportedAlgorithm",
        "UnsupportedSecurityToken",
    }
)
"""Those of WS-Security: who we are was refused, before any work."""
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
_CODES12 = {"Client": "Sender", "Server": "Receiver"}
_CODES11 = {code: old for old, code in _CODES12.items()}
_FIVE = frozenset({"Sender", "Receiver", "MustUnderstand", "VersionMismatch", "DataEncodingUnknown"})


class SoapFault(Exception):
    """The legacy's own no. Its message may hold personal data: map it, never log it."""

    def __init__(self, code: str, message: str, detail: etree._Element | None = None) -> None:
        super().__init__(code)
        self.code = code
        """Without its prefix: Client or Server, in SOAP 1.2 Sender or Receiver; vendors add others."""
        self.message = message
        self.detail = detail


def port_error(fault: SoapFault) -> PortError:
    """The sender's fault was rejected; after a server's fault nobody knows whether the work was done."""
    if fault.code in SECURITY:
        return Rejected("the legacy system refused our credentials", code=fault.code)
    if fault.code.partition(".")[0] in SENDER:
        return Rejected("the legacy system refused the request", code=fault.code)
    return Unavailable("the legacy system failed at the request", happened=Happened.UNKNOWN, code=fault.code)


def read_fault(node: etree._Element) -> SoapFault:
    """Read a Fault element of SOAP 1.1 or 1.2; its children may lack their namespace."""
    code = _text(node, "faultcode") or _text(node, "Code", "Value")
    closer = _text(node, "Code", "Subcode", "Value").rpartition(":")[2]
    message = _text(node, "faultstring") or _text(node, "Reason", "Text")
    detail = _child(node, "detail")
    if detail is None:
        detail = _child(node, "Detail")
    return SoapFault(closer if closer in SECURITY else code.rpartition(":")[2], message, detail)


def write_fault(envelope: str, fault: SoapFault) -> bytes:
    """The whole envelope of a fault, in the form of its SOAP version."""
    root = etree.Element(f"{{{envelope}}}Envelope", nsmap={"soap": envelope})
    node = etree.SubElement(etree.SubElement(root, f"{{{envelope}}}Body"), f"{{{envelope}}}Fault")
    if envelope == SOAP12:
        _write12(node, fault)
    else:
        code = _CODES11.get(fault.code, fault.code)
        etree.SubElement(node, "faultcode").text = f"soap:{code}"
        etree.SubElement(node, "faultstring").text = fault.message
        _detail(node, "detail", fault.detail)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _write12(node: etree._Element, fault: SoapFault) -> None:
    """SOAP 1.2 knows five codes; any other is a closer word for one of them."""
    said = fault.code.partition(".")[0]
    known = _CODES12.get(said, said)
    if known not in _FIVE:
        known = "Sender" if said in SECURITY else "Receiver"
    code = etree.SubElement(node, f"{{{SOAP12}}}Code")
    etree.SubElement(code, f"{{{SOAP12}}}Value").text = f"soap:{known}"
    if fault.code not in (known, *_CODES12):
        etree.SubElement(etree.SubElement(code, f"{{{SOAP12}}}Subcode"), f"{{{SOAP12}}}Value").text = fault.code
    reason = etree.SubElement(etree.SubElement(node, f"{{{SOAP12}}}Reason"), f"{{{SOAP12}}}Text")
    reason.set("{http://www.w3.org/XML/1998/namespace}lang", "en")
    reason.text = fault.message
    _detail(node, f"{{{SOAP12}}}Detail", fault.detail)


def _detail(node: etree._Element, tag: str, told: etree._Element | None) -> None:
    """`told`: what stands in the detail, or a whole one as it was read."""
    if told is not None:
        inside = [*told] if etree.QName(told).localname in ("detail", "Detail") else [told]
        etree.SubElement(node, tag).extend(deepcopy(each) for each in inside)


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in node if etree.QName(child).localname == name), None)


def _text(node: etree._Element, *path: str) -> str:
    found: etree._Element | None = node
    for name in path:
        found = None if found is None else _child(found, name)
    return "" if found is None else (found.text or "").strip()
