"""zeep's reading of a WSDL, made whole: every import followed by document, and nothing left out in silence."""

# mypy: allow-untyped-calls
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from lxml import etree
from zeep import Settings
from zeep.utils import qname_attr
from zeep.wsdl import Document
from zeep.wsdl.parse import parse_abstract_message, parse_abstract_operation
from zeep.wsdl.wsdl import NSMAP, Definition

from banyan.soap.loading.bindings import Whole11Binding, Whole12Binding
from banyan.soap.loading.files import STANDARD, Files
from banyan.soap.loading.missing import ZEEP, LenientSchema
from banyan.soap.loading.plain import WSDL, XSD, plain
from banyan.soap.loading.port_types import WholePortType


class WholeDocument(Document):
    """A WSDL with all that it imports, directly or not.

    `bindings`, `services`: the WSDL's own and those its services name; of an empty shell, those it imports.
    """

    types: LenientSchema
    bindings: dict[str, Any]

    def __init__(self, path: Path, files: Files) -> None:
        self.files = files
        disk: Any = _Disk(files)
        super().__init__(str(path), disk, settings=Settings(forbid_dtd=True, forbid_external=True))

    def load(self, location: str) -> None:
        self.types = LenientSchema(self.transport, self.location, self.settings, self.files)
        root = _WholeDefinition(self, self.read(location), location)
        definitions: list[Any] = list(self._definitions.values())
        self._load_types(definitions)
        for step in ("messages", "port_types", "bindings", "services"):
            for definition in definitions:
                definition.read(step)
        for step in ("port_types", "bindings", "services"):
            for definition in definitions:
                for part in getattr(definition, step).values():
                    part.resolve(definition)
        self.messages, self.port_types = _merged(definitions, "messages"), _merged(definitions, "port_types")
        self.services = root.services or _merged(definitions, "services")
        ports = [port for service in self.services.values() for port in service.ports.values()]
        named = {port.binding.name.text: port.binding for port in ports}
        self.bindings = {**root.bindings, **named} or _merged(definitions, "bindings")

    def read(self, location: str) -> etree._Element:
        return self._get_xml_document(cast("Any", location), _initial=True)

    def names(self) -> dict[tuple[str, str], str]:
        """(binding, operation) -> the operation's name in this WSDL, for all that its SOAP bindings name."""
        keys = [
            (name, operation)
            for name, binding in self.bindings.items()
            for operation in (*binding.all(), *binding.lost)
        ]
        times = Counter(operation for _, operation in keys)
        return {
            (binding, name): name if times[name] == 1 else f"{etree.QName(binding).localname}.{name}"
            for binding, name in keys
        }

    def dropped(self) -> dict[str, str]:
        """As Loaded says it."""
        names = self.names()
        return {
            names[key, operation]: why
            for key, binding in self.bindings.items()
            for operation, why in binding.lost.items()
        }

    def _load_types(self, definitions: list[Any]) -> None:
        found = [schema for definition in definitions for schema in definition.schemas()]
        documents = [self.types.create_new_document(node, place) for node, place in found]
        for document in documents:
            document.resolve()
        self.types.add_documents([], self.location)  # names the prefixes


class _Disk:
    """All that zeep asks a transport for while it loads."""

    def __init__(self, files: Files) -> None:
        self.binding_classes = (Whole11Binding, Whole12Binding)
        self._files = files
        self._written: dict[Path, bytes] = {}

    def load(self, url: str) -> bytes:
        path = self._files.declaring(url) if url in STANDARD else Path(url)
        if path is None or not path.is_absolute():
            raise self._files.broken()
        if path not in self._written:
            self._written[path] = plain(self._files, path)
        return self._written[path]


class _WholeDefinition(Definition):
    wsdl: WholeDocument

    def _load(self, doc: etree._Element) -> None:
        self._doc = doc
        self._loose: list[tuple[etree._Element, str]] = []
        self.parse_imports(doc)

    def parse_imports(self, doc: etree._Element) -> None:
        for node in doc.findall("wsdl:import", namespaces=NSMAP):
            location = node.get("location", "")
            known = next((one for one in self.wsdl._definitions.values() if one.location == location), None)  # noqa: SLF001 - zeep's only register
            if known is None:
                root = self.wsdl.read(location)
                if root.tag == f"{XSD}schema":
                    self._loose.append((root, location))
                    continue
                known = _WholeDefinition(self.wsdl, root, location)
            self.imports[known.target_namespace, location] = known

    def schemas(self) -> Iterator[tuple[etree._Element, str]]:
        """Each schema inside or imported as if it were a WSDL, and the path it was read from."""
        for node in self._doc.iterfind(f"{WSDL}types/{XSD}schema"):
            yield node, self.location
        yield from self._loose

    def read(self, step: str) -> None:
        parts = {
            "messages": self.parse_messages,
            "port_types": self.parse_ports,
            "bindings": self.parse_binding,
            "services": self.parse_service,
        }
        setattr(self, step, parts[step](self._doc))

    def get(self, name: str, key: str, _processed: object = None) -> Any:
        """Look in this document, then in all that it imports; zeep stops at the first import of its own namespace."""
        local = etree.QName(key).localname
        for wanted in (key, local):
            for definition in self._reachable():
                if wanted in getattr(definition, name):
                    return getattr(definition, name)[wanted]
        raise IndexError(f"{local} is missing")

    def parse_messages(self, doc: etree._Element) -> dict[str, Any]:
        messages = {}
        for node in doc.findall("wsdl:message", namespaces=NSMAP):
            try:
                message: Any = parse_abstract_message(self, node)
            except ZEEP as wrong:
                self._say(f"holds a message {node.get('name')} that cannot be read: {wrong}")
            else:
                messages[message.name.text] = message
        return messages

    def parse_ports(self, doc: etree._Element) -> dict[str, Any]:
        return {port.name.text: port for port in map(self._port_type, doc.findall("wsdl:portType", namespaces=NSMAP))}

    def _port_type(self, node: etree._Element) -> Any:
        name: Any = qname_attr(node, "name", self.target_namespace)
        children = node.findall("wsdl:operation", namespaces=NSMAP)
        port_type = WholePortType(name, children)
        for child in children:
            called = port_type.called(child)
            try:
                operation = parse_abstract_operation(self, child)
                why = "a message that it names is missing" if operation is None else ""
            except ZEEP as wrong:
                operation, why = None, f"its port type cannot be read: {wrong}"
            if called in port_type.operations:
                self._say(f"holds {called} twice in {name.localname}; the first is taken")
            elif operation is not None:
                port_type.operations[called] = operation
            else:
                lost = [m for m in self._messages_of(child) if not self._has(m)]
                port_type.incomplete[called] = f"its message {lost[0].localname} is missing" if lost else why
        return port_type

    def _messages_of(self, node: etree._Element) -> list[etree.QName]:
        found = [qname_attr(child, "message", self.target_namespace) for child in node if child.get("message")]
        return [name for name in found if name is not None]

    def _has(self, message: etree.QName) -> bool:
        try:
            return bool(self.get("messages", message.text))
        except IndexError:
            return False

    def _reachable(self) -> list[Definition]:
        found: list[Definition] = [self]
        for definition in found:
            found += [one for one in definition.imports.values() if one not in found]
        return found

    def _say(self, why: str) -> None:
        self.wsdl.files.say(Path(self.location), why)


def _merged(definitions: list[Any], step: str) -> dict[str, Any]:
    """What all documents hold, the first of a name winning: the WSDL itself comes first."""
    return {name: part for definition in reversed(definitions) for name, part in getattr(definition, step).items()}
