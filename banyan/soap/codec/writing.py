"""Writers: from a value to the XML of one element, compiled once from zeep's types.

A writer is a chain of closures that append finished text; tags, prefixes and conversions are worked out beforehand.
Every namespace that a type may need is declared on the element itself; one that only a stand-in needs is added there
when the stand-in comes.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from threading import RLock
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.xsd import AnySimpleType, ComplexType, CompoundValue, Element, Schema

from banyan.soap.codec.dialect import Dialect, NotCompilable
from banyan.soap.codec.facets import derived, descends, fixed, heads, is_abstract
from banyan.soap.codec.lineage import ENCODING, XSD
from banyan.soap.codec.names import Names
from banyan.soap.codec.parts import (
    TEXT,
    XSI,
    Elements,
    Out,
    Put,
    Write,
    attributes_writer,
    block_writer,
    content_writer,
    list_of,
    named,
    parts_of,
    put_text,
    spoken,
    text_content_writer,
)
from banyan.soap.codec.shapes import Leaf, content, keys
from banyan.soap.codec.texts import Say, Unsayable, escaped, text_writer

TYPE = "@type"
INT = 2**31


def writer(element: Element, schema: Schema, dialect: Dialect, *, typed: bool = False) -> Callable[[Any], str]:
    """What writes this element, with the namespaces it needs, from a dict of its parts or from its bare value.

    `typed`: whether each element inside says its type, as those do that are written in the SOAP encoding.
    Raises NotCompilable. The writer raises ValueError for a value that the contract cannot say: the part that is
    missing, unknown or of the wrong form is named, its value is not.
    """
    known: dict[tuple[Dialect, bool], _Compiler] = schema.__dict__.setdefault("compiled_writers", {})
    if (dialect, typed) not in known:
        known[dialect, typed] = _Compiler(schema, dialect, typed=typed)
    return known[dialect, typed].root(element)


class _Type:
    """How a complex type is written, and which namespaces that takes."""

    def __init__(self, kind: Any, name: str | None) -> None:
        self.kind = kind
        self.name = name
        """With its prefix; None for one that cannot be named."""
        self.abstract = is_abstract(kind)
        self.scalar = False
        """Whether a bare value will do in place of a dict."""
        self.write: Write
        self.spaces: set[str] = set()
        self.uses: list[_Type] = []
        self.stand_ins: dict[str, _Type] = {}
        self.needs: frozenset[str] | None = None


class _Compiler:
    def __init__(self, schema: Schema, dialect: Dialect, *, typed: bool) -> None:
        self._schema = schema
        self._dialect = dialect
        self.typed = typed
        self._types: dict[int, _Type] = {}
        self._names = Names(typed=typed)
        self._lock = RLock()
        """For whoever compiles; a type that stands in is compiled when it first comes, in whatever thread."""

    def root(self, element: Element) -> Callable[[Any], str]:
        with self._lock:
            tag, around = self._names.tag(element.qname), _Type(None, None)
            put = self.put(element, around, start="", end="")
            spaces = self._needs(around)
        start, end = f"<{tag}{self._names.declared(spaces)}", f"</{tag}>"
        parts = isinstance(element.type, ComplexType)

        def write(value: Any) -> str:
            more: set[str] = set()
            out: Out = [start, more]
            put(out, {} if value is None and parts else value)
            if more:
                out[0] = f"<{tag}{self._names.declared(spaces | more)}"
            out[1] = ""
            out.append(end)
            return "".join(out)

        return write

    def put(self, element: Any, around: _Type, start: str | None = None, end: str | None = None) -> Put:
        """What writes one occurrence of an element, between these tags or its own."""
        kind: Any = getattr(element, "type", None)
        if kind is None:
            raise NotCompilable(f"{element.name} is of no type")
        if element.qname.namespace:
            around.spaces.add(element.qname.namespace)
        said = self._says(kind, around) if start is None else ""
        start = f"<{self._names.called(element)}" if start is None else start
        end = f"</{self._names.called(element)}>" if end is None else end
        if is_abstract(element):
            return self._put_member(element, around)
        if isinstance(kind, ComplexType):
            return self._put_complex(element.name, self.type(kind, around), start, end, said)
        if isinstance(kind, AnySimpleType):
            return put_text(element.name, text_writer(kind, self._dialect), f"{start}{said}>", end)
        return self._put_anything(element.name, start, end)

    def _says(self, kind: Any, around: _Type) -> str:
        """The attribute by which an element says its type; nothing for a type without a name."""
        name: Any = kind.qname if self.typed and isinstance(kind, AnySimpleType | ComplexType) else None
        try:
            known = None if name is None else self._schema.get_type(name)  # type: ignore[no-untyped-call]  # zeep is typed in part
        except ZeepError:  # a type inside an element is called after it
            return ""
        if known is None or type(known) is not type(kind):
            return ""
        around.spaces |= {XSI, name.namespace}
        return f' xsi:type="{self._names.tag(name)}"'

    def words(self, element: Any, around: _Type) -> tuple[Say, str, str] | None:
        kind: Any = getattr(element, "type", None)
        if not isinstance(kind, AnySimpleType) or is_abstract(element):
            return None
        tag = self._names.called(element)
        return text_writer(kind, self._dialect), f"<{tag}{self._says(kind, around)}>", f"</{tag}>"

    def nil(self, element: Any) -> Put:
        said = f'<{self._names.called(element)} xsi:nil="true"/>'

        def put(out: Out, _: Any) -> None:
            out[1].add(XSI)
            out.append(said)

        return put

    def default(self, element: Any) -> str | None:
        text = fixed(element) if element.default is None else element.default
        if text is None or isinstance(element.type, ComplexType):
            return None
        tag = self._names.called(element)
        return f"<{tag}>{escaped(text)}</{tag}>"

    def type(self, kind: Any, user: _Type) -> _Type:
        with self._lock:
            found = self._types.get(id(kind))
            if found is None:
                found = _Type(kind, self._names.tag(kind.qname) if kind.is_global and kind.qname is not None else None)
                self._types[id(kind)] = found
                try:
                    found.write = self._writes(found)
                except NotCompilable:
                    self._types.clear()  # others may refer to this one, and it will never be written
                    raise
        user.uses.append(found)
        return found

    def _writes(self, plan: _Type) -> Write:
        kind = plan.kind
        if kind._array_type is not None:  # noqa: SLF001 - zeep's only way to ask
            return self._array(plan)
        attributes = attributes_writer(kind, self._dialect, lambda name: self._attribute(name, plan))
        names = {TYPE, *(name for name, _ in kind.attributes)}
        inside = kind._element  # noqa: SLF001 - zeep's only way to ask
        if isinstance(inside, Element) and isinstance(inside.type, AnySimpleType):
            plan.scalar = True
            return text_content_writer(text_writer(inside.type, self._dialect), attributes, frozenset({TEXT, *names}))
        block = content(kind)
        if block is None:
            return content_writer(None, attributes, frozenset(names))
        single, listed = ([], [block.key]) if block.key else keys(block)
        return content_writer(
            block_writer(block, _Inside(self, plan)), attributes, frozenset({*names, *single, *listed})
        )

    def _array(self, plan: _Type) -> Write:
        """An array of SOAP's own encoding: a list, whose items are named `item` unless the contract names them."""
        block = content(plan.kind)
        told = block.parts[0] if block is not None and block.parts else None
        item = plan.kind._array_type.array_type or (told.element.type if isinstance(told, Leaf) else None)  # noqa: SLF001 - zeep's only way to ask
        if item is None or item.qname is None or (isinstance(item, ComplexType) and not item.is_global):
            raise NotCompilable(f"{plan.kind.name} is an array of nothing that is named")
        plan.scalar = True
        plan.spaces |= {XSI, ENCODING, item.qname.namespace}
        name = self._names.tag(item.qname)
        own = told.element if isinstance(told, Leaf) else Element(etree.QName("item"), item)  # type: ignore[no-untyped-call]  # zeep is typed in part
        start = f"<{self._names.tag(own.qname)}" + ("" if isinstance(told, Leaf) else f' xsi:type="{name}"')
        put, end = self.put(own, plan, start=start), f"</{self._names.tag(own.qname)}>"

        def write(out: Out, value: Any, start_tag: str, end_tag: str) -> None:
            items = list_of(value.get(TEXT) if isinstance(value, Mapping) else value)
            out.append(f'{start_tag} soapenc:arrayType="{name}[{len(items)}]">')
            for each in items:
                if each is None:
                    out.append(f'{start} xsi:nil="true">{end}')
                else:
                    put(out, each)
            out.append(end_tag)

        return write

    def _put_complex(self, name: str, plan: _Type, start: str, end: str, said: str) -> Put:
        whole = start + said

        def put(out: Out, given: Any) -> None:
            try:
                if type(given) is dict and TYPE not in given and not plan.abstract:
                    plan.write(out, given, whole, end)
                else:
                    self._put_typed(out, given, plan, (start, whole), end)
            except Unsayable as wrong:
                wrong.path.append(name)
                raise

        return put

    def _put_typed(self, out: Out, given: Any, plan: _Type, starts: tuple[str, str], end: str) -> None:
        """`starts`: the start tag without a type, and with the declared one where that is said."""
        other, parts = self._stand_in(plan, given)
        if other.abstract:
            raise Unsayable(f"is of an abstract type: {TYPE} must name one that stands in for it")
        start = starts[1]
        if other is not plan:
            out[1].add(XSI)
            out[1].update(self._needs(other))
            start = f'{starts[0]} xsi:type="{other.name}"'
        other.write(out, parts, start, end)

    def _stand_in(self, plan: _Type, given: Any) -> tuple[_Type, Any]:
        """The type that a value is of, and its parts."""
        if isinstance(given, CompoundValue):
            kind: Any = given._xsd_type  # noqa: SLF001 - zeep's only way to ask
            parts = parts_of(given)
            if kind is plan.kind or (kind.qname is not None and kind.qname == plan.kind.qname):
                return plan, parts
            if not descends(kind, plan.kind, self._schema):
                raise Unsayable("is of a type that cannot stand in")
            return self.type(kind, _Type(None, None)), parts
        if isinstance(given, Mapping):
            parts = given if type(given) is dict else dict(given)
            name = parts.get(TYPE)
            return plan if name is None else plan.stand_ins.get(name) or self._look_up(plan, name), parts
        if not plan.scalar:
            raise Unsayable("takes a dict of its parts")
        return plan, given

    def _look_up(self, plan: _Type, name: str) -> _Type:
        """`name`: the local name of a type, or {namespace}name where two share that."""
        fit = [
            kind
            for kind in (plan.kind, *derived(plan.kind, self._schema))
            if kind.qname is not None and name in (kind.qname.localname, kind.qname.text)
        ]
        if not fit:
            raise Unsayable(f"has no type that its {TYPE} could mean")
        try:
            found = plan if fit[0] is plan.kind else self.type(fit[0], _Type(None, None))
        except NotCompilable as why:
            raise Unsayable(f"is of a type that cannot be written: {why}") from None
        plan.stand_ins[name] = found
        return found

    def _put_member(self, head: Any, around: _Type) -> Put:
        """For an abstract element: that of its substitution group whose type a value is of."""
        own = head.type.qname.text
        members = [(member.type.qname.text, self.put(member, around)) for member in self._members(head.qname.text)]

        def put(out: Out, given: Any) -> None:
            if isinstance(given, Mapping):
                said, given = given.get(TYPE) or own, {**given, TYPE: None}
            else:
                said = getattr(given, "_xsd_type", head.type).qname.text
            fit = [member for name, member in members if said in (name, name.rpartition("}")[2])]
            if len(fit) != 1:
                raise named(head.name, f"is abstract: {TYPE} must name the type of one that stands in for it")
            fit[0](out, given)

        return put

    def _members(self, head: str) -> Iterator[Any]:
        for element in self._schema.elements:
            if isinstance(element, Element) and heads(element) == head:
                if is_abstract(element):
                    yield from self._members(element.qname.text)
                else:
                    yield element

    def _put_anything(self, name: str, start: str, end: str) -> Put:
        """For xsd:anyType: text, a number or a date with its type, a complex type that is named, or elements."""

        def put(out: Out, given: Any) -> None:
            if isinstance(given, str):
                out.append(f"{start}>{spoken(name, escaped, given)}{end}")
            elif isinstance(given, CompoundValue | Mapping):
                kind = given._xsd_type if isinstance(given, CompoundValue) else self._named(given.get(TYPE))  # noqa: SLF001 - zeep's only way to ask
                values = parts_of(given) if isinstance(given, CompoundValue) else dict(given)
                plan = self.type(kind, _Type(None, None))
                out[1].add(XSI)
                out[1].update(self._needs(plan))
                plan.write(out, values, f'{start} xsi:type="{plan.name}"', end)
            elif isinstance(given, list):
                out.append(f"{start}>")
                out.extend(etree.tostring(each, encoding="unicode", with_tail=False) for each in given)
                out.append(end)
            else:
                out[1].update((XSI, XSD))
                said = spoken(name, _ANY, given)
                out.append(f'{start} xsi:type="xsd:{_builtin(given)}">{said}{end}')

        return put

    def _named(self, name: Any) -> Any:
        kinds = (kind for kind in self._schema.types if isinstance(kind, ComplexType))
        fit = [kind for kind in kinds if name in (kind.qname.localname, kind.qname.text)]
        if len(fit) != 1:
            raise Unsayable(f"has no type that its {TYPE} could mean")
        return fit[0]

    def _attribute(self, name: Any, plan: _Type) -> str:
        if name.namespace:
            plan.spaces.add(name.namespace)
        return self._names.tag(name)

    def _needs(self, plan: _Type) -> frozenset[str]:
        """The namespaces of all that may stand below, without those that only stand-ins bring along."""
        if plan.needs is None:
            queue, seen = [plan], {id(plan)}
            for each in queue:
                new = {id(used): used for used in each.uses if id(used) not in seen}
                seen |= new.keys()
                queue += new.values()
            own = {plan.kind.qname.namespace} if plan.name is not None else set()
            plan.needs = frozenset().union(*(each.spaces for each in queue), own) - {None}
        return plan.needs


class _Inside(Elements):
    """The elements of one complex type."""

    def __init__(self, compiler: _Compiler, plan: _Type) -> None:
        self._plan = plan
        self._compiler = compiler
        self.encoded = compiler.typed

    def put(self, element: Any) -> Put:
        return self._compiler.put(element, self._plan)

    def words(self, element: Any) -> tuple[Say, str, str] | None:
        return self._compiler.words(element, self._plan)

    def nil(self, element: Any) -> Put:
        return self._compiler.nil(element)

    def default(self, element: Any) -> str | None:
        return self._compiler.default(element)


_ANY = text_writer(None, Dialect())
_BUILTINS = (
    (bool, "boolean"),
    (Decimal, "decimal"),
    (float, "double"),
    (datetime, "dateTime"),
    (date, "date"),
    (time, "time"),
)


def _builtin(given: Any) -> str:
    if isinstance(given, int) and not isinstance(given, bool):
        return "int" if -INT <= given < INT else "integer"
    return next((name for kind, name in _BUILTINS if isinstance(given, kind)), "string")
