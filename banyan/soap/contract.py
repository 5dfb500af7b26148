"""One WSDL: writes requests and reads replies for a client, and the other way round for a simulator."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.wsdl.bindings.soap import Soap12Binding, SoapBinding
from zeep.xsd import CompoundValue, Element
from zeep.xsd.context import XmlParserContext

from banyan.soap.fault import SoapFault, read_fault, write_fault
from banyan.soap.loading import load
from banyan.soap.message import Reply, SoapRequest
from banyan.soap.strict import Untrusted, check, parse, particles
from contracts.errors import Garbled, Rejected


class SoapContract:
    """Immutable once loaded; safe to use from any number of tasks."""

    def __init__(self, document: Any) -> None:
        bindings: list[Any] = [b for b in document.bindings.values() if isinstance(b, SoapBinding)]
        if not bindings:
            raise ValueError(f"{Path(document.location).name} binds nothing to SOAP")
        self._types = document.types
        self._settings = document.settings
        self._envelope: str = bindings[0].nsmap["soap-env"]
        self.version = "1.2" if isinstance(bindings[0], Soap12Binding) else "1.1"
        self._operations = {name: op for binding in bindings for name, op in binding.all().items()}
        self._inputs: dict[str, str] = {
            op.input.body.qname.text: name for name, op in self._operations.items() if op.input.body
        }

    @classmethod
    def load(cls, wsdl: Path, root: Path | None = None) -> "SoapContract":
        """Read the WSDL and what it imports from below `root` (its own folder). Blocks: not for a running loop."""
        return cls(load(wsdl, root).document)

    @property
    def operations(self) -> list[str]:
        return sorted(self._operations)

    def http_headers(self, operation: str) -> dict[str, str]:
        action = self._operations[operation].soapaction or ""
        if self.version == "1.2":
            return {"content-type": f'application/soap+xml; charset=utf-8; action="{action}"'}
        return {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}

    def one_way(self, operation: str) -> bool:
        """Whether nothing is answered to this operation but that it was taken over."""
        return self._operations[operation].output is None

    def typed(self, qualified: str, /, **values: Any) -> Any:
        """A value of a named type, `{namespace}name`, where the contract only asks for its base."""
        return self._types.get_type(qualified)(**values)

    def write(self, operation: str, parameters: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> bytes:
        """Raises Rejected when the values cannot be said in this contract, before anything is sent."""
        try:
            return self._write(self._operations[operation].input, parameters, header)
        except (ZeepError, ValueError, TypeError):
            raise Rejected(f"{operation} cannot take these values") from None

    def write_reply(self, operation: str, value: Any, header: Mapping[str, Any] | None = None) -> bytes:
        """`value`: the children of the output element by name, or its value when it has none."""
        return self._write(self._operations[operation].output, value, header)

    def write_fault(self, fault: SoapFault) -> bytes:
        return write_fault(self._envelope, fault)

    def read(self, operation: str, reply: bytes) -> Reply:
        """Raises SoapFault for a fault, whatever its HTTP status was, and Garbled for anything but the expected."""
        try:
            body, header = self._open(reply)
            node = _only_child(body)
            if node.tag == f"{{{self._envelope}}}Fault":
                raise read_fault(node)
            return Reply(*self._decode(self._operations[operation].output, node, header))
        except Untrusted as wrong:
            # Not "from wrong": what stumbled over a value may quote it, and a traceback would print that.
            raise Garbled(f"the reply to {operation} cannot be trusted: {wrong}") from None

    def read_request(self, operation: str | None, request: bytes) -> SoapRequest:
        """Tells the operation by the request's element when it is not given. Raises SoapFault with code Client."""
        try:
            body, header = self._open(request)
            node = _only_child(body)
            name = operation or self._operation_of(node)
            parameters, headers = self._decode(self._operations[name].input, node, header)
        except Untrusted as wrong:
            raise SoapFault("Client", f"the request cannot be read: {wrong}") from None
        return SoapRequest(name, parameters, headers)

    def _operation_of(self, node: etree._Element) -> str:
        name = self._inputs.get(node.tag)
        if name is None:
            raise Untrusted("no operation takes this element")
        return name

    def _write(self, message: Any, value: Any, header: Mapping[str, Any] | None) -> bytes:
        root = etree.Element(f"{{{self._envelope}}}Envelope", nsmap={"soap": self._envelope})
        if header:
            node = etree.SubElement(root, f"{{{self._envelope}}}Header")
            for name, element in message.header.type.elements:
                if header.get(name) is not None:
                    element.render(node, element(**header[name]))
        body = etree.SubElement(root, f"{{{self._envelope}}}Body")
        element = message.body
        element.render(body, element(**value) if isinstance(value, Mapping) else element(value))
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    def _open(self, document: bytes) -> tuple[etree._Element, etree._Element | None]:
        root = parse(document)
        if root.tag != f"{{{self._envelope}}}Envelope":
            raise Untrusted(f"its root is no SOAP {self.version} envelope")
        bodies = root.findall(f"{{{self._envelope}}}Body")
        if len(bodies) != 1:
            raise Untrusted(f"it has {len(bodies)} bodies")
        return bodies[0], root.find(f"{{{self._envelope}}}Header")

    def _decode(self, message: Any, node: etree._Element, header: etree._Element | None) -> tuple[Any, dict[str, Any]]:
        element = message.body
        if node.tag != element.qname.text:
            raise Untrusted(f"it holds another element than {element.name}")
        body = self._value(node, element)
        parts = {}
        for name, part in message.header.type.elements if message.header.type._element else ():  # noqa: SLF001 - zeep's only way to ask
            found = None if header is None else header.find(part.qname.text)
            if found is not None:
                parts[name] = self._value(found, part)
        return body, parts

    def _context(self) -> Any:
        return XmlParserContext(settings=self._settings)  # type: ignore[no-untyped-call]  # zeep is typed in part

    def _value(self, node: etree._Element, element: Any) -> Any:
        try:
            check(node, element, self._types)
            plain = _plain(element.parse(node, self._types, context=self._context()), element.type)
        except (ZeepError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError):
            raise Untrusted(f"{element.name} cannot be decoded") from None
        return {} if plain is None and hasattr(element.type, "elements") else plain


def _only_child(body: etree._Element) -> etree._Element:
    if len(body) != 1:
        raise Untrusted(f"its body holds {len(body)} elements")
    return body[0]


@lru_cache(maxsize=4096)
def _types(kind: Any) -> dict[str, Any]:
    return {str(child.attr_name): child.type for child, _ in particles(kind) if isinstance(child, Element)}


def _plain(value: Any, declared: Any) -> Any:
    """Dicts and lists for zeep's values; `@type` names a type that stood in for the declared one."""
    if isinstance(value, list):
        return [_plain(item, declared) for item in value]
    if isinstance(value, dict):  # one round of a repeated group; `declared` are then the types around it
        return {name: _plain(item, declared.get(name, declared)) for name, item in value.items()}
    if not isinstance(value, CompoundValue):
        return value
    kind = value._xsd_type  # noqa: SLF001 - zeep's only way to ask
    types = _types(kind)
    # A repeated group that does not come is a dict of nothings to zeep, and an empty list to us.
    groups = {name: [] if isinstance(value[name], dict) else value[name] for name in value}
    plain = {name: _plain(item, types.get(name, types)) for name, item in groups.items()}
    if declared is not None and not isinstance(declared, dict) and kind is not declared and kind.qname is not None:
        plain["@type"] = kind.qname.localname
    return plain
