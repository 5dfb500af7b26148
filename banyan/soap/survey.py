"""What a WSDL offers, as plain facts: its operations, and the parts of what they take and give."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from zeep.wsdl.bindings.soap import SoapBinding
from zeep.xsd import All, Choice, ComplexType, Element, UnionType

from banyan.soap.codec.facets import NONE, Facets, facets
from banyan.soap.contract import SoapContract
from banyan.soap.loading import Broken, Problem, load
from banyan.soap.vendor import XSD, Documents

DEPTH = 8
"""How deep parts are told; a type that holds itself would go on for ever."""


Place = Literal["sequence", "all", "choice"]


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a value."""

    name: str
    """Its key in the plain value."""
    kind: str
    """The XML Schema type of a simple part (string, decimal, dateTime), else the name of its complex type."""
    required: bool = True
    repeats: bool = False
    nillable: bool = False
    attribute: bool = False
    namespace: str = ""
    values: tuple[str, ...] = ()
    """An enumeration's."""
    parts: tuple["Part", ...] = ()
    complex: bool = False
    tag: str = ""
    """Its local name on the wire; empty is that of an attribute."""
    type: str = ""
    """A named complex type, as `{namespace}name`."""
    place: Place = "sequence"
    """What it stands in directly; an attribute's place means nothing either, as in xsd:all."""
    most: int | None = 1
    """How often it may come; None is without a limit."""
    limits: Facets = NONE

    @property
    def told(self) -> str:
        """As people write it: `amount: decimal`, `status: ACTIVE | CLOSED`, `lines: OrderLine[]`."""
        kind = " | ".join(self.values[:6]) + (" | ..." if len(self.values) > 6 else "") if self.values else self.kind  # noqa: PLR2004
        return f"{'@' if self.attribute else ''}{self.name}: {kind}{'[]' if self.repeats else ''}" + (
            "" if self.required else "?"
        )

    def leaves(self, path: tuple["Part", ...] = ()) -> Iterator[tuple["Part", ...]]:
        """The simple parts below, each as the path that leads to it."""
        for part in self.parts:
            if part.complex:
                yield from part.leaves((*path, part))
            else:
                yield (*path, part)


NOTHING = Part("", "nothing", complex=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it is bound to SOAP."""

    name: str
    """As the client calls it."""
    binding: str
    version: str
    style: str
    action: str
    asks: Part
    answers: Part
    headers: tuple[Part, ...] = ()
    tells: tuple[Part, ...] = ()
    """The parts of a reply's header."""
    faults: Mapping[str, Part] = field(default_factory=dict)

    @property
    def local(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Survey:
    """All that is known of a WSDL before anybody calls it."""

    documents: Documents
    services: tuple[str, ...]
    operations: Mapping[str, Operation]
    problems: tuple[Problem, ...]
    dropped: Mapping[str, str]
    kinds: Mapping[str, Part] = field(default_factory=dict)
    """Every named complex type, by `{namespace}name`."""
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By complex type, those that may stand in for it by xsi:type."""

    @cached_property
    def types(self) -> Mapping[str, Part]:
        """The complex types that operations give back, by name."""
        found: dict[str, Part] = {}

        def enter(part: Part) -> None:
            if part.complex and part.parts and part.kind not in found:
                found[part.kind] = part
                for inner in part.parts:
                    enter(inner)

        for operation in self.operations.values():
            enter(operation.answers)
        return found


def survey(documents: Documents) -> Survey:
    """Load and tell. Raises banyan.soap.loading.Broken when nothing of it can be used. Blocks."""
    loaded = load(documents.wsdl, documents.root)
    shapes = _Shapes()
    bindings: list[Any] = [each for each in loaded.document.bindings.values() if isinstance(each, SoapBinding)]
    if not bindings:
        others = sorted(documents.wsdl.parent.glob("*.wsdl"))
        beside = [path.name for path in others if _names_soap(path) and path != documents.wsdl]
        hint = f"; beside it {', '.join(beside[:5])} may" if beside else ""
        raise Broken((Problem(documents.main.as_posix(), f"binds nothing to SOAP over HTTP{hint}"),))
    named = [name for binding in bindings for name in binding.all()]
    operations = {}
    for binding in bindings:
        encoded = getattr(binding, "encoded", ())
        version = "1.2" if "12" in type(binding).__name__ else "1.1"
        for name, bound in binding.all().items():
            full = f"{binding.name.localname}.{name}" if named.count(name) > 1 else name
            operations[full] = Operation(
                full,
                binding.name.localname,
                version,
                bound.style or "document",
                bound.soapaction or "",
                shapes.message(bound.input),
                _nillable(shapes.message(bound.output)) if bound.name in encoded else shapes.message(bound.output),
                tuple(shapes.headers(bound.input)),
                tuple(shapes.headers(bound.output)),
                {str(key): shapes.fault(fault) for key, fault in bound.faults.items()},
            )
    services = tuple(
        f"{service.name}.{port.name}"
        for service in loaded.document.services.values()
        for port in service.ports.values()
    )
    schema = loaded.document.types
    kinds = {str(kind.qname): shapes.named(kind) for kind in schema.types if _is_named(kind)}
    return Survey(documents, services, operations, loaded.problems, loaded.dropped, kinds, _derived(schema))


def _names_soap(path: Path) -> bool:
    return path.is_file() and b"xmlsoap.org/soap/http" in path.read_bytes()


class _Shapes:
    """zeep's types as parts."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Part, ...]] = {}

    def message(self, message: Any) -> Part:
        body = None if message is None else message.body
        return NOTHING if body is None else self.part(body, DEPTH)

    def headers(self, message: Any) -> Iterator[Part]:
        header = None if message is None else message.header
        if header is not None and isinstance(header.type, ComplexType) and header.type._element is not None:  # noqa: SLF001 - zeep's only way to ask
            for name, element in header.type.elements:
                yield replace(self.part(element, DEPTH), name=str(name), required=True)

    def fault(self, fault: Any) -> Part:
        parts = list(fault.abstract.parts.values()) if fault.abstract is not None else []
        element = parts[0].element if parts else None
        return NOTHING if element is None else self.part(element, DEPTH)

    def named(self, kind: Any) -> Part:
        return Part(kind.qname.localname, kind.qname.localname, parts=self._inside(kind, DEPTH), complex=True)

    def part(
        self, element: Any, depth: int, *, required: bool = True, repeats: bool = False, place: Place = "sequence"
    ) -> Part:
        kind, listed = _items(element.type)
        complex_ = isinstance(kind, ComplexType)
        return Part(
            name=str(element.attr_name or element.name),
            kind=_name(kind, element),
            required=required and element.min_occurs != 0,
            repeats=repeats or element.accepts_multiple or listed,
            nillable=bool(element.nillable) or listed,
            namespace=element.qname.namespace or "" if element.qname is not None else "",
            values=_values(kind),
            parts=self._inside(kind, depth - 1) if complex_ and depth else (),
            complex=complex_,
            tag=str(element.name),
            type=str(kind.qname) if _is_named(kind) else "",
            place=place,
            most=None if repeats or listed or not isinstance(element.max_occurs, int) else element.max_occurs,
            limits=NONE if complex_ else facets(kind),
        )

    def _inside(self, kind: Any, depth: int) -> tuple[Part, ...]:
        key = (id(kind), depth)
        if key not in self._known:
            inside = [part for _, inner in kind.elements_nested for part in self._particles(inner, depth)]
            inside += [
                Part(
                    str(attribute.attr_name or name),
                    _name(attribute.type, attribute),
                    bool(attribute.required),
                    attribute=True,
                    values=_values(attribute.type),
                    place="all",
                    limits=facets(attribute.type),
                )
                for name, attribute in kind.attributes
                if hasattr(attribute, "required")
            ]
            self._known[key] = tuple(inside)
        return self._known[key]

    def _particles(
        self, node: Any, depth: int, *, required: bool = True, repeats: bool = False, within: Place = "sequence"
    ) -> Iterator[Part]:
        if isinstance(node, Element):
            yield self.part(node, depth, required=required, repeats=repeats, place=within)
            return
        if not hasattr(node, "child") and not hasattr(node, "__iter__"):
            yield Part("_value_1", "any", required=False, repeats=node.accepts_multiple)
            return
        required = required and node.min_occurs != 0 and not isinstance(node, Choice)
        repeats = repeats or node.accepts_multiple
        place: Place = "all" if isinstance(node, All) else "choice" if isinstance(node, Choice) else "sequence"
        for child in [node.child] if hasattr(node, "child") else list(node):
            yield from self._particles(child, depth, required=required, repeats=repeats, within=place)


def _is_named(kind: Any) -> bool:
    return isinstance(kind, ComplexType) and kind.is_global and kind.qname is not None


def _base(kind: Any) -> Any:
    return getattr(kind, "told_base", None)


def _derived(schema: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for kind in filter(_is_named, schema.types):
        base, seen = _base(kind), set[str]()
        while base is not None and base.text not in seen:
            seen.add(base.text)
            found.setdefault(base.text, {})[kind.qname.text] = None
            base = _base(schema.get_type(base))
    return {base: tuple(names) for base, names in found.items()}


def _nillable(answers: Part) -> Part:
    """Any part of an encoded reply may be nil or left out."""
    return replace(answers, parts=tuple(replace(part, nillable=True) for part in answers.parts))


def _items(kind: Any) -> tuple[Any, bool]:
    """What an array of the SOAP encoding holds, for that is how it is read: as a list. Else the type itself."""
    array = getattr(kind, "_array_type", None)
    items = None if array is None else array.array_type
    return (kind, False) if items is None else (items, True)


def _name(kind: Any, element: Any) -> str:
    if isinstance(kind, ComplexType):
        return str(kind.qname.localname) if kind.qname is not None else str(element.name)
    for each in type(kind).__mro__:
        qname = getattr(each, "_default_qname", None)
        if qname is not None and qname.namespace == XSD:
            return str(qname.localname)
    return "string"


def _values(kind: Any) -> tuple[str, ...]:
    """All that a simple type admits where it lists that; a union does when each of its members does."""
    if not isinstance(kind, UnionType):
        return facets(kind).enumeration
    members = [_values(member) for member in kind.item_types]
    return tuple(dict.fromkeys(value for values in members for value in values)) if all(members) else ()


def fallbacks(seen: Survey) -> dict[str, str]:
    """The operations that are not compiled: zeep reads and writes them, and why."""
    return dict(SoapContract.load(seen.documents.wsdl, seen.documents.root).fallbacks)
