"""The messages of one operation, one way: what stands in their body and header, compiled."""

import re
from collections.abc import Mapping
from copy import copy
from typing import Any

from lxml import etree
from zeep.wsdl.messages import RpcMessage
from zeep.xsd import ComplexType, Element, Schema
from zeep.xsd.elements.indicators import All

from banyan.soap.codec import Dialect, writer
from banyan.soap.codec.reading import Readers
from banyan.soap.codec.rows import Cut, Rows, whole_text
from banyan.soap.codec.ways import local
from banyan.soap.multiref import resolved
from banyan.soap.strict import Untrusted

ENCODINGS = {
    "http://schemas.xmlsoap.org/soap/envelope/": "http://schemas.xmlsoap.org/soap/encoding/",
    "http://www.w3.org/2003/05/soap-envelope": "http://www.w3.org/2003/05/soap-encoding",
}
"""What the SOAP encoding is called in each envelope."""
TAG = re.compile(r"<[^\s/>]+")
OPENING = '<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{}">'


class Message:
    """Reads and writes one message of an operation. Raises NotCompilable when made."""

    def __init__(self, message: Any, schema: Schema, dialect: Dialect, readers: Readers, *, encoded: bool) -> None:
        """`message`: zeep's; None for a message that the operation does not have."""
        body: Element | None = None if message is None else message.body
        self._rpc = isinstance(message, RpcMessage)
        self._encoded = encoded
        self._wrapped = message is not None and not self._rpc and message._is_body_wrapped  # noqa: SLF001 - zeep's only way to ask
        self._output = message is not None and message.type == "output"
        self._read = self._write = None
        self._lists: list[Rows] = []
        self.tag: str | None = None
        """Of the element in the body, where there is one that the contract names."""
        if body is not None:
            self.tag = None if self._wrapped else body.qname.text
            self._write = writer(body, schema, dialect, typed=encoded)
            if self._rpc:
                body = _unordered(body, nillable=encoded)
            self._read = readers.whole(body)
            self._lists = [] if self._rpc or self._wrapped else readers.lists(body)
            self._parts = [element.qname.text for element in body.type._element] if self._rpc else []  # noqa: SLF001
        self._names = _names_of(message) if self._rpc else set()
        self._headers = {
            name: (element.qname.text, readers.whole(element), writer(element, schema, dialect))
            for name, element in header_parts(message)
        }

    def read(self, body: etree._Element, header: etree._Element | None) -> tuple[Any, dict[str, Any]]:
        """The value of the body, and those of the header parts that came. Raises Untrusted."""
        parts: dict[str, Any] = {}
        if header is not None:
            for name, (tag, read, _) in self._headers.items():
                found = header.find(tag)
                if found is not None:
                    parts[name] = read(found)
        return self._body(body), parts

    def cut(self, document: bytes) -> Cut | None:
        """A document with the rows of a list taken out; None where there are none that are plain enough."""
        text = whole_text(document) if self._lists else None
        if text is not None:
            for rows in self._lists:
                cut = rows.cut(text)
                if cut is not None:
                    return cut
        return None

    def _body(self, body: etree._Element) -> Any:
        if self._read is None:
            if len(body) > 1 or (len(body) and len(body[0])):
                raise Untrusted("it holds something where the contract has nothing")
            return {}
        if self._wrapped:
            return self._read(body)
        node = only(resolved(body) if self._encoded else body)
        if self._rpc:
            self._check_wrapper(node)
        elif node.tag != self.tag:
            raise Untrusted(f"it holds another element than {local(self.tag or '')}")
        return self._read(node)

    def _check_wrapper(self, node: etree._Element) -> None:
        """The wrapper of a reply is called after its operation or, to some, after its message.

        To some in no namespace, where the SOAP encoding has it that the name says nothing.
        """
        namespace, _, name = node.tag.rpartition("}")
        admitted = (str(self.tag).rpartition("}")[0], "" if self._encoded else None)
        if name not in self._names or (admitted[0] and namespace not in admitted):
            raise Untrusted(f"it holds another element than {min(self._names)}")
        if self._encoded and self._output and len(self._parts) == len(node) == 1 and not node[0].tag.startswith("{"):
            node[0].tag = self._parts[0]  # what the return value is called says nothing in this encoding
        for child in node if self._encoded or node.prefix else ():
            space, _, part = child.tag.rpartition("}")
            if space == namespace and part in self._parts:  # to some, parts are qualified as their wrapper is
                child.tag = part
        if self._encoded and namespace and node.prefix is None:
            _unqualify(node, f"{namespace}}}")
        if self._parts and len(node) and not any(child.tag in self._parts for child in node):
            raise Untrusted("it holds none of its parts")

    def write(self, envelope: str, value: Any, header: Mapping[str, Any] | None) -> bytes:
        """The whole document. Raises ValueError or TypeError for values that the contract cannot say."""
        out = [OPENING.format(envelope)]
        said = [(name, value) for name, value in (header or {}).items() if value is not None and name in self._headers]
        if said:
            out += ["<soap:Header>", *(self._headers[name][2](value) for name, value in said), "</soap:Header>"]
        inside = "" if self._write is None else self._write(value)
        if self._encoded and inside:
            inside = TAG.sub(rf'\g<0> soap:encodingStyle="{ENCODINGS[envelope]}"', inside, count=1)
        out += [inside] if self._wrapped else ["<soap:Body>", inside, "</soap:Body>"]
        return "".join((*out, "</soap:Envelope>")).encode()


def header_parts(message: Any) -> list[tuple[str, Element]]:
    """The parts of a message that stand in the header, by name."""
    if message is None or message.header is None or not message.header.type._element:  # noqa: SLF001 - zeep's only way to ask
        return []
    return [(str(name), element) for name, element in message.header.type.elements]


def only(nodes: Any) -> etree._Element:
    """The one element of a body."""
    if len(nodes) != 1:
        raise Untrusted(f"its body holds {len(nodes)} elements")
    node: etree._Element = nodes[0]
    return node


def _unqualify(wrapper: etree._Element, own: str) -> None:
    """Take the names inside the parts out of the default namespace: SOAP::Lite declares it for the wrapper alone."""
    for part in wrapper:
        for inner in part.iterdescendants(f"{own}*"):
            inner.tag = inner.tag[len(own) :]


def _unordered(body: Any, *, nillable: bool) -> Element:
    """The wrapper of an rpc message: its parts are told by their names; encoded ones may be nil or left out."""
    parts: list[Any] = []
    for element in body.type._element:  # noqa: SLF001 - zeep's only way to ask
        part = copy(element)
        if nillable:
            part.nillable, part.min_occurs = True, 0
        parts.append(part)
    return Element(body.qname, ComplexType(All(parts)))  # type: ignore[no-untyped-call]  # zeep is typed in part


def _names_of(message: Any) -> set[str]:
    operation = message.operation.name
    if message.type != "output":
        return {operation}
    names = {f"{operation}Response"}
    return names if message.abstract is None else {*names, message.abstract.name.localname}
