"""Puts elements of the SOAP encoding in the place of the references to them.

SOAP 1.1 writes href="#1" for id="1", which Axis 1 puts behind the first element of the body and PHP wherever the
element came first; SOAP 1.2 writes enc:ref="1" for enc:id="1". PHP does so in literal messages too.
"""

from copy import deepcopy
from typing import Any

from lxml import etree

from banyan.soap.codec.lineage import ENCODING12
from banyan.soap.strict import ELEMENTS, TYPE, Untrusted

ROOT = "{http://schemas.xmlsoap.org/soap/encoding/}root"
ARRAY_TYPE = "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"
ITEM_TYPE, ID, REF = (f"{{{ENCODING12}}}{name}" for name in ("itemType", "id", "ref"))
OF_PHP = b'ref="#ref'
"""What a literal message holds where PHP refers to something. In those of others it is an attribute like any other."""
_QUALIFIED = (TYPE, ARRAY_TYPE, ITEM_TYPE)
_NAMES = {"enc": ENCODING12}
_REFERS = "boolean(*/descendant::*[starts-with(@href, '#') or @enc:ref])"
_OWN = ("id", ID, ROOT)


def resolved(body: etree._Element) -> list[etree._Element]:
    """The children of a body that are not there to be referred to, with all references in them followed.

    Raises Untrusted for a reference to nothing, to itself, or to more than any reply holds.
    """
    shared = _shared(body)
    if not shared and not body.xpath(_REFERS, namespaces=_NAMES):
        return list(body)
    roots = [node for node in body if not node.get("id") or node.get(ROOT) == "1"]
    for node in shared.values():
        for inner in node.iter():
            _spell_out(inner)
    copied = 0

    def follow(node: etree._Element, above: frozenset[str]) -> None:
        nonlocal copied
        named = _referred(node)
        if named is not None:
            source = shared.get(named)
            if source is None or named in above or source in node.iterancestors():
                raise Untrusted("it refers to something that is not there, or to itself")
            above |= {named}
            node.text = source.text
            node.attrib.update({name: text for name, text in source.attrib.items() if name not in _OWN})
            node.extend(deepcopy(child) for child in source)
            copied += len(source) + 1
            if copied > ELEMENTS:
                raise Untrusted("it is larger than any reply")
        for child in node:
            follow(child, above)

    for root in roots:
        follow(root, frozenset())
    return roots


def _shared(body: etree._Element) -> dict[str, etree._Element]:
    """By name: what stands beside the message to be referred to, and what is referred to inside it."""
    wanted: Any = body.xpath("*/descendant::*/@href")
    inside: Any = body.xpath("*/descendant::*[@id]") if wanted else ()
    shared = {node.get("id"): node for node in inside if f"#{node.get('id')}" in wanted}
    shared |= {str(node.get("id")): node for node in body if node.get("id")}
    new: Any = body.xpath("*/descendant-or-self::*[@enc:id]", namespaces=_NAMES)
    return shared | {str(node.get(ID)): node for node in new}


def _referred(node: etree._Element) -> str | None:
    """What a node refers to, and no longer does then."""
    href = node.get("href", "")
    if href.startswith("#"):
        del node.attrib["href"]
        return href[1:]
    named = node.get(REF)
    if named is not None:
        del node.attrib[REF]
        return named.removeprefix("#")  # which PHP writes here too
    return None


def _spell_out(node: etree._Element) -> None:
    """Prefixes in values are told apart here, since they mean nothing in another place."""
    for name in _QUALIFIED:
        value = node.get(name)
        if value is not None:
            prefix, _, local = value.rpartition(":")
            node.set(name, f"{{{node.nsmap.get(prefix or None)}}}{local}")
