"""What a contract names and nobody declares: the operations that need it are left out, the rest loads."""

# mypy: allow-untyped-calls
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import LookupError as NotDeclared
from zeep.exceptions import NamespaceError
from zeep.utils import as_qname
from zeep.xsd import Attribute, AttributeGroup, ComplexType, Element, Group, Sequence
from zeep.xsd.types.collection import ListType, UnionType
from zeep.xsd.types.simple import AnySimpleType

from banyan.soap.codec.facets import Schema
from banyan.soap.loading.files import SOAP_ENCODING, Files

ZEEP = (ZeepError, ValueError, TypeError, LookupError, AttributeError, AssertionError, NotImplementedError)
"""What zeep raises where a contract surprises it."""


def said(wrong: Exception) -> str:
    """What an exception says, or its name when it says nothing."""
    return str(wrong.args[0] if len(wrong.args) == 1 else wrong) or type(wrong).__name__


class _Unknown(AnySimpleType):
    """Stands where something undeclared is named; `qname` is that name."""


class _UnknownType(ComplexType):
    """Whatever is made of it, by extension or restriction, keeps an attribute of an unknown type."""

    base_class = _Unknown

    def __init__(self, qname: etree.QName) -> None:
        super().__init__(attributes=[Attribute(qname, _Unknown(qname))], qname=qname, is_global=True)


class LenientSchema(Schema):
    """A schema that puts a mark where something is missing while it is read, and is zeep's own afterwards."""

    def __init__(self, transport: Any, location: str, settings: Any, files: Files) -> None:
        self.missing: dict[str, etree.QName] | None = {}
        self._files = files
        super().__init__(None, transport, location, settings)

    def create_new_document(self, node: Any, url: Any, base_url: Any = None, target_namespace: Any = None) -> Any:
        """Many contracts use the SOAP encoding without importing it, others import it without using it.

        Of a document that cannot be read to its end, what comes first is kept.
        """
        known = url == SOAP_ENCODING or self.documents.has_schema_document_for_ns(SOAP_ENCODING)
        if not known and any(SOAP_ENCODING in (*child.nsmap.values(), child.get("namespace")) for child in node.iter()):
            self.add_document_by_url(SOAP_ENCODING)
        try:
            return super().create_new_document(node, url, base_url, target_namespace)
        except ZEEP as wrong:
            self._files.say(Path(url), f"can only be read in part: {self._files.without_paths(wrong)}")
            return next(one for one in reversed(list(self.documents)) if one._location == url)  # noqa: SLF001 - zeep's only mark

    def get_type(self, qname: Any, fail_silently: bool = False) -> Any:
        try:
            return super().get_type(qname, fail_silently)
        except (NotDeclared, NamespaceError):
            return _UnknownType(self._miss(qname))

    def get_element(self, qname: Any) -> Any:
        try:
            return super().get_element(qname)
        except (NotDeclared, NamespaceError):
            name = self._miss(qname)
            return Element(name, _UnknownType(name))

    def get_group(self, qname: Any) -> Any:
        try:
            return super().get_group(qname)
        except (NotDeclared, NamespaceError):
            name = self._miss(qname)
            return Group(name, Sequence([Element(name, _UnknownType(name))]))

    def get_attribute(self, qname: Any) -> Any:
        try:
            return super().get_attribute(qname)
        except (NotDeclared, NamespaceError):
            name = self._miss(qname)
            return Attribute(name, _Unknown(name))

    def get_attribute_group(self, qname: Any) -> Any:
        try:
            return super().get_attribute_group(qname)
        except (NotDeclared, NamespaceError):
            name = self._miss(qname)
            return AttributeGroup(name, [Attribute(name, _Unknown(name))])

    def _miss(self, qname: Any) -> etree.QName:
        """Call in an except clause: raises on when the contract is already read."""
        if self.missing is None:
            raise  # noqa: PLE0704 - see above
        name: etree.QName = self._create_qname(qname)
        self.missing[name.text] = name
        return name


def mark_incomplete(types: LenientSchema, bindings: Iterable[Any], files: Files) -> None:
    """Take out the operations whose messages need something undeclared, and name the files that ask for it."""
    missing, types.missing = types.missing or {}, None
    if not missing:
        return
    others = {each.qname.text for each in (*types.types, *types.elements) if each.qname is not None}
    for path, tree in list(files.trees.items()):
        for name in sorted(_names(tree) & missing.keys()) if tree is not None else ():
            other = "is a type where an element is meant, or an element where a type is"
            files.say(path, f"names {name}, which {other if name in others else 'nobody declares'}")
    known: dict[int, str | None] = {}
    for binding in bindings:
        for name, operation in list(binding.all().items()):
            for message in (operation.input, operation.output, *operation.faults.values()):
                for element in (message.body, message.header) if message else ():
                    lack = _lack(element.type, known) if element is not None else None
                    if lack is not None:
                        binding.lose(name, f"its messages need {lack}, which nobody declares")


def _lack(kind: Any, known: dict[int, str | None]) -> str | None:
    """The first undeclared name that a type needs, at any depth."""
    if id(kind) not in known:
        known[id(kind)] = None
        if isinstance(kind, _Unknown):
            known[id(kind)] = kind.qname.text
        else:
            found = (_lack(child, known) for child in _children(kind))
            known[id(kind)] = next((lack for lack in found if lack is not None), None)
    return known[id(kind)]


def _children(kind: Any) -> Iterator[Any]:
    if isinstance(kind, ComplexType):
        yield from (element.type for _, element in kind.elements if isinstance(element, Element))
        yield from (attribute.type for _, attribute in kind.attributes if hasattr(attribute, "type"))
    elif isinstance(kind, ListType):
        yield kind.item_type
    elif isinstance(kind, UnionType):
        yield from kind.item_types


def _names(tree: etree._Element) -> set[str]:
    """Every name that a document refers to, in Clark notation."""
    found = set()
    for node in tree.iter(etree.Element):
        for attribute in ("type", "ref", "base", "element", "itemType"):
            value = node.get(attribute)
            if value:
                try:
                    found.add(as_qname(value, node.nsmap).text)
                except ZEEP:
                    continue
    return found
