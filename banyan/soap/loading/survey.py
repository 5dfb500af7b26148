"""What is in a WSDL, as plain data: for `inspect`, the scaffold and whoever compares two versions."""

# mypy: allow-untyped-calls
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from zeep.wsdl.bindings.soap import Soap12Binding

from banyan.soap.loading import Loaded, Problem, load


@dataclass(frozen=True)
class OperationFacts:
    """Elements are named in Clark notation, `{namespace}name`; None where a message has no body.

    `name`: unique in the WSDL, "Binding.operation" where two bindings name it.
    `style`: "document" or "rpc". `use`: "literal" or "encoded".
    """

    name: str
    style: str
    use: str
    action: str
    input: str | None
    output: str | None
    faults: tuple[str, ...]
    headers: tuple[str, ...]
    reply_headers: tuple[str, ...]


@dataclass(frozen=True)
class BindingFacts:
    name: str
    port_type: str
    version: str
    operations: tuple[OperationFacts, ...]


@dataclass(frozen=True)
class PortFacts:
    """`address`: what the WSDL says, which is never dialled."""

    name: str
    binding: str
    address: str | None


@dataclass(frozen=True)
class ServiceFacts:
    name: str
    ports: tuple[PortFacts, ...]


@dataclass(frozen=True)
class Survey:
    """`dropped`: as in Loaded. All in the order of the WSDL."""

    file: str
    services: tuple[ServiceFacts, ...]
    bindings: tuple[BindingFacts, ...]
    problems: tuple[Problem, ...]
    dropped: Mapping[str, str]


def survey(wsdl: Path, root: Path | None = None) -> Survey:
    """Load a WSDL, which blocks, and say what is in it. Raises as `load`."""
    return told(load(wsdl, root))


def told(loaded: Loaded) -> Survey:
    """The same of a WSDL that is loaded already."""
    document: Any = loaded.document
    names = document.names()
    return Survey(
        Path(document.location).name,
        tuple(ServiceFacts(name, tuple(_ports(service))) for name, service in document.services.items()),
        tuple(_binding(binding, names) for binding in document.bindings.values()),
        loaded.problems,
        loaded.dropped,
    )


def _ports(service: Any) -> Iterator[PortFacts]:
    for name, port in service.ports.items():
        yield PortFacts(name, _short(port.binding.name.text), (port.binding_options or {}).get("address"))


def _binding(binding: Any, names: Mapping[tuple[str, str], str]) -> BindingFacts:
    qualified = binding.name.text
    operations = (
        OperationFacts(
            name=names[qualified, operation.name],
            style=operation.style,
            use="encoded" if operation.name in binding.encoded else "literal",
            action=operation.soapaction or "",
            input=_body(operation.input),
            output=_body(operation.output),
            faults=tuple(sorted(filter(None, map(_body, operation.faults.values())))),
            headers=_headers(operation.input),
            reply_headers=_headers(operation.output),
        )
        for operation in binding.all().values()
    )
    version = "1.2" if isinstance(binding, Soap12Binding) else "1.1"
    return BindingFacts(_short(qualified), _short(binding.port_name.text), version, tuple(operations))


def _body(message: Any) -> str | None:
    """The name of what stands in the body; of a fault, of what stands in its detail."""
    if message is None or message.abstract is None:
        return None
    if message.body is not None:
        return str(message.body.qname.text)
    parts = [part.element.qname.text for part in message.abstract.parts.values() if part.element is not None]
    return parts[0] if parts and message.type == "fault" else None


def _headers(message: Any) -> tuple[str, ...]:
    if message is None or message.header is None or not message.header.type._element:  # noqa: SLF001 - zeep's only way to ask
        return ()
    return tuple(element.qname.text for _, element in message.header.type.elements)


def _short(qualified: str) -> str:
    return str(etree.QName(qualified).localname)
