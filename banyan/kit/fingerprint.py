"""Which recording answers a request: the same question has the same fingerprint, whenever and in whatever order."""

import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Any

from lxml import etree

VOLATILE = frozenset(
    {
        "created",
        "expires",
        "nonce",
        "messageid",
        "relatesto",
        "timestamp",
        "correlationid",
        "conversationid",
        "requestid",
        "transactionid",
    }
)
"""Local names, in lower case, of what is different in every request and asks nothing."""
_ID = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}Id"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def fingerprint(method: str, path: str, action: str, body: str, volatile: Collection[str] = VOLATILE) -> str:
    """`path`: below the endpoint. `body`: redacted."""
    return hashlib.sha256(question(method, path, action, body, volatile).encode()).hexdigest()[:16]


def question(method: str, path: str, action: str, body: str, volatile: Collection[str] = VOLATILE) -> str:
    """What is hashed, an element a line; prefixes, the order of attributes and space between elements do not count."""
    root = _parsed(body)
    content = [json.dumps(body)] if root is None else _lines(root, volatile, "")
    return "\n".join([method, path.strip("/"), action.strip('"'), *content])


def volatile_values(body: str, volatile: Collection[str] = VOLATILE) -> Iterator[str]:
    """What stands in the volatile places, in the order of the document."""
    root = _parsed(body)
    for node in () if root is None else root.iter("{*}*"):
        if etree.QName(node).localname.lower() in volatile:
            yield (node.text or "").strip()


def _parsed(body: str) -> etree._Element | None:
    try:
        return etree.fromstring(
            body.encode(), etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
        )
    except etree.XMLSyntaxError:
        return None


def _lines(node: etree._Element, volatile: Collection[str], indent: str) -> Iterator[str]:
    blank = etree.QName(node).localname.lower() in volatile
    told = sorted((str(name), _value(node, name, text)) for name, text in node.attrib.items() if name != _ID)
    kept = [pair for pair in told if etree.QName(pair[0]).localname.lower() not in volatile]
    text = "" if blank else (node.text or "").strip()
    yield f"{indent}{node.tag} {json.dumps([text, *kept], ensure_ascii=False)}"
    for child in () if blank else node.iterchildren("{*}*"):
        yield from _lines(child, volatile, indent + " ")


def _value(node: etree._Element, name: Any, text: Any) -> str:
    """A type is named with a prefix, which is the writer's choice."""
    if name != _TYPE:
        return str(text)
    prefix, _, local = str(text).rpartition(":")
    return f"{{{node.nsmap.get(prefix or None, '')}}}{local}"
