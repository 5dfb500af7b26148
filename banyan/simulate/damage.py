"""Replies that are not what their contract says."""

from typing import Any

from lxml import etree

from banyan.soap import SoapContract
from banyan.soap.spoiling import Breach, spoil
from contracts.faults import Fault

PAGE = b"<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>"
LOGIN = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>Please log in</h1></body></html>'
ELSEWHERE = "urn:of-somebody-else"
_BREACHES: dict[Fault, Breach] = {
    Fault.DECIMAL_COMMA: "decimal",
    Fault.UNKNOWN_ENUMERATION: "enumeration",
    Fault.MISSING_ELEMENT: "required",
}


def damaged(contract: SoapContract, operation: str, reply: bytes, kind: Fault) -> bytes | None:
    """The reply under a fault of its content; None for other faults, and when it has nothing that could be hit."""
    match kind:
        case Fault.EMPTY_200:
            return b""
        case Fault.TRUNCATED:
            return reply[: len(reply) // 2]
        case Fault.WRONG_SCHEMA:
            return _renamed(reply)
        case Fault.LATIN_1:
            return _in_latin_1(reply)
        case Fault.DECIMAL_COMMA | Fault.UNKNOWN_ENUMERATION | Fault.MISSING_ELEMENT:
            return spoil(contract, operation, reply, _BREACHES[kind])
        case _:
            return None


def _renamed(reply: bytes) -> bytes:
    """The reply's element, and all in it that shares its namespace, in a namespace of nobody's."""
    root = etree.fromstring(reply)
    for child in root.iterfind("{*}Body/*"):
        theirs = etree.QName(child).namespace
        for node in child.iter("{*}*"):
            if etree.QName(node).namespace == theirs:
                node.tag = f"{{{ELSEWHERE}}}{etree.QName(node).localname}"
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _in_latin_1(reply: bytes) -> bytes | None:
    encoded: Any = etree.tostring(etree.fromstring(reply), xml_declaration=True, encoding="iso-8859-1")
    return None if encoded.isascii() else encoded
