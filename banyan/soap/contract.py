"""One WSDL: writes requests and reads replies for a client, and the other way round for a simulator."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.wsdl.bindings.soap import SoapBinding
from zeep.xsd import ComplexType, Element, Schema

from banyan.soap.codec import Dialect
from banyan.soap.codec.texts import Unsayable
from banyan.soap.fault import SoapFault, read_fault, write_fault
from banyan.soap.loading import Loaded, load
from banyan.soap.message import Reply, SoapRequest
from banyan.soap.multiref import OF_PHP, resolved
from banyan.soap.operation import Operation, Workshop
from banyan.soap.strict import Untrusted, parse
from contracts.errors import Garbled, Rejected

ENVELOPES = {"http://schemas.xmlsoap.org/soap/envelope/": "1.1", "http://www.w3.org/2003/05/soap-envelope": "1.2"}
_DIALECT = Dialect()


class SoapContract:
    """Does not change once it is loaded; safe to use from any number of tasks and threads.

    `problems`, `dropped`: as in Loaded. `version`: "1.1" or "1.2", of the first SOAP binding.
    """

    def __init__(self, loaded: Loaded, dialect: Dialect = _DIALECT, port: str | None = None) -> None:
        document: Any = loaded.document
        self.problems = loaded.problems
        self.dropped = loaded.dropped
        self._dialect = dialect
        self._types: Schema = document.types
        bindings = _bindings(document, port)
        workshop = Workshop(document.types, dialect)
        times = Counter(name for binding in bindings for name in binding.all())
        self._operations: dict[str, Operation] = {
            name if times[name] == 1 else f"{binding.name.localname}.{name}": Operation(operation, workshop)
            for binding in bindings
            for name, operation in binding.all().items()
        }
        first = bindings[0]
        self._envelope: str = first.nsmap["soap-env"]
        self.version = ENVELOPES[self._envelope]
        self._inputs: dict[tuple[str, str], str] = {}
        for name, operation in self._operations.items():
            body = operation.input.body if operation.input else None
            if body is not None:
                self._inputs.setdefault((operation.envelope, body.qname.text), name)

    @classmethod
    def load(
        cls, wsdl: Path, root: Path | None = None, *, dialect: Dialect = _DIALECT, port: str | None = None
    ) -> "SoapContract":
        """Read the WSDL and what it imports from below `root` (its own folder). Blocks: not for a running loop.

        `port`: the one port of a service whose operations are wanted. Raises as `banyan.soap.loading.load`.
        """
        return cls(load(wsdl, root), dialect, port)

    @property
    def operations(self) -> list[str]:
        """Those that can be called; one that two bindings have is called "Binding.operation" in both."""
        return sorted(self._operations)

    @property
    def fallbacks(self) -> Mapping[str, str]:
        """Operation -> why it is not compiled, and zeep reads and writes it. Compiles all that is not yet."""
        return {name: why for name in self.operations if (why := self._operations[name].fallback) is not None}

    def http_headers(self, operation: str) -> dict[str, str]:
        return self._operations[operation].http_headers

    def one_way(self, operation: str) -> bool:
        """Whether nothing is answered to this operation but that it was taken over."""
        return self._operations[operation].one_way

    def output(self, operation: str) -> tuple[Element | None, Schema]:
        """The element in the body of a reply, as zeep holds it, and the schema that it belongs to."""
        message = self._operations[operation].output
        return None if message is None else message.body, self._types

    def takes(self, operation: str) -> frozenset[str]:
        """The names of the parts in the body of a request."""
        message = self._operations[operation].input
        kind = None if message is None or message.body is None else message.body.type
        return frozenset(str(name) for name, _ in kind.elements) if isinstance(kind, ComplexType) else frozenset()

    def typed(self, qualified: str, /, **values: Any) -> Any:
        """A value of a named type, `{namespace}name`, where the contract only asks for its base."""
        types: Any = self._types
        return types.get_type(qualified)(**values)

    def write(self, operation: str, parameters: Mapping[str, Any], header: Mapping[str, Any] | None = None) -> bytes:
        """Raises Rejected when the values cannot be said in this contract, before anything is sent."""
        asked = self._operations[operation]
        try:
            return asked.request.write(asked.envelope, parameters, header)
        except Unsayable as wrong:
            raise Rejected(f"{operation} cannot take these values: {wrong}") from None
        except (ZeepError, ValueError, TypeError):
            raise Rejected(f"{operation} cannot take these values") from None

    def write_reply(self, operation: str, value: Any, header: Mapping[str, Any] | None = None) -> bytes:
        """`value`: the children of the output element by name, or its value when it has none."""
        asked = self._operations[operation]
        return asked.reply.write(asked.envelope, value, header)

    def write_fault(self, fault: SoapFault) -> bytes:
        return write_fault(self._envelope, fault)

    def read(self, operation: str, reply: bytes) -> Reply:
        """Raises SoapFault for a fault, whatever its HTTP status was, and Garbled for anything but the expected."""
        asked = self._operations[operation]
        try:
            return self._listed(asked, reply) or self._told(asked, reply)
        except Untrusted as wrong:
            # Not "from wrong": what stumbled over a value may quote it, and a traceback would print that.
            raise Garbled(f"the reply to {operation} cannot be trusted: {wrong}") from None

    def _listed(self, asked: Operation, reply: bytes) -> Reply | None:
        """What a list of plain records says; None where it takes the full reading to tell."""
        cut = asked.reply.cut(reply)
        if cut is None:
            return None
        body = cut.known()
        if body is not None:
            return Reply(body)
        try:
            told = self._told(asked, cut.sample)
        except (Untrusted, SoapFault):
            return None
        body = cut.complete(told.body, alone=not told.header)
        return None if body is None else Reply(body, told.header)

    def _told(self, asked: Operation, reply: bytes) -> Reply:
        envelope, body, header = self._open(reply, {asked.envelope})
        # Behind a fault may stand what its detail refers to, and nothing else.
        if len(body) and body[0].tag == f"{{{envelope}}}Fault" and all(each.get("id") for each in list(body)[1:]):
            raise read_fault(body[0])
        if OF_PHP in reply and not asked.encoded:
            resolved(body)
        return Reply(*asked.reply.read(body, header))

    def read_request(self, operation: str | None, request: bytes) -> SoapRequest:
        """Tells the operation by the request's element when it is not given. Raises SoapFault with code Client."""
        spoken = {each.envelope for each in self._operations.values()}
        try:
            envelope, body, header = self._open(request, spoken)
            name = operation or self._operation_of(envelope, body)
            parameters, headers = self._operations[name].request.read(body, header)
        except Untrusted as wrong:
            raise SoapFault("Client", f"the request cannot be read: {wrong}") from None
        return SoapRequest(name, parameters, headers)

    def _operation_of(self, envelope: str, body: etree._Element) -> str:
        if not len(body):
            raise Untrusted("its body is empty")
        tags = [(spoken, body[0].tag) for spoken in (envelope, *ENVELOPES)]
        name = next((self._inputs[tag] for tag in tags if tag in self._inputs), None)
        if name is None:
            raise Untrusted("no operation takes this element")
        return name

    def _open(self, document: bytes, spoken: set[str]) -> tuple[str, etree._Element, etree._Element | None]:
        """The namespace of the envelope, its body and its header."""
        root = parse(document, self._dialect.depth)
        envelope, _, name = root.tag[1:].rpartition("}")
        if name != "Envelope" or envelope not in (ENVELOPES if self._dialect.envelope == "either" else spoken):
            raise Untrusted(_no_envelope(envelope if name == "Envelope" else "", spoken))
        bodies = list(root.iterchildren(f"{{{envelope}}}Body"))
        if len(bodies) != 1:
            raise Untrusted(f"it has {len(bodies)} bodies")
        return envelope, bodies[0], next(root.iterchildren(f"{{{envelope}}}Header"), None)


def _no_envelope(found: str, spoken: set[str]) -> str:
    told = f"its root is no SOAP {' or '.join(sorted(ENVELOPES[each] for each in spoken))} envelope"
    other = ENVELOPES.get(found)
    return told if other is None else f'{told} but one of {other}, which [backend] envelope = "either" would take'


def _bindings(document: Any, port: str | None) -> list[Any]:
    """The SOAP bindings of a WSDL, or the one of a port."""
    if port is not None:
        ports = {name: each.binding for service in document.services.values() for name, each in service.ports.items()}
        if not isinstance(ports.get(port), SoapBinding):
            raise ValueError(f"{Path(document.location).name} has no SOAP port {port}")
        return [ports[port]]
    bindings = [each for each in document.bindings.values() if isinstance(each, SoapBinding)]
    if not bindings:
        raise ValueError(f"{Path(document.location).name} binds nothing to SOAP")
    return bindings
