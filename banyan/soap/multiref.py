"""Puts elements of the SOAP encoding in the place of the references to them: href="#id", as Axis 1 writes them."""

from copy import deepcopy

from lxml import etree

from banyan.soap.strict import ELEMENTS, TYPE, Untrusted

ROOT = "{http://schemas.xmlsoap.org/soap/encoding/}root"
ARRAY_TYPE = "{http://schemas.xmlsoap.org/soap/encoding/}arrayType"
_QUALIFIED = (TYPE, ARRAY_TYPE)


def resolved(body: etree._Element) -> list[etree._Element]:
    """The children of a body that are not there to be referred to, with all references in them followed.

    Raises Untrusted for a reference to nothing, to itself, or to more than any reply holds.
    """
    shared = {str(node.get("id")): node for node in body if node.get("id")}
    if not shared:
        return list(body)
    roots = [node for node in body if not node.get("id") or node.get(ROOT) == "1"]
    for node in shared.values():
        for inner in node.iter():
            _spell_out(inner)
    copied = 0

    def follow(node: etree._Element, above: frozenset[str]) -> None:
        nonlocal copied
        href = node.get("href", "")
        if href.startswith("#"):
            source = shared.get(href[1:])
            if source is None or href in above:
                raise Untrusted("it refers to something that is not there, or to itself")
            above |= {href}
            del node.attrib["href"]
            node.text = source.text
            node.attrib.update({name: text for name, text in source.attrib.items() if name not in ("id", ROOT)})
            node.extend(deepcopy(child) for child in source)
            copied += len(source) + 1
            if copied > ELEMENTS:
                raise Untrusted("it is larger than any reply")
        for child in node:
            follow(child, above)

    for root in roots:
        follow(root, frozenset())
    return roots


def _spell_out(node: etree._Element) -> None:
    """Prefixes in values are told apart here, since they mean nothing in another place."""
    for name in _QUALIFIED:
        value = node.get(name)
        if value is not None:
            prefix, _, local = value.rpartition(":")
            node.set(name, f"{{{node.nsmap.get(prefix or None)}}}{local}")
