"""SOAP bindings that say why an operation cannot be called, where zeep leaves it out with a warning."""

# mypy: allow-untyped-calls
from copy import deepcopy
from typing import Any

from lxml import etree
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding, SoapBinding, SoapOperation
from zeep.wsdl.definitions import AbstractOperation, PortType

from banyan.soap.loading.missing import ZEEP, said

OPERATION = "{http://schemas.xmlsoap.org/wsdl/}operation"


class WholePortType(PortType):
    """`incomplete`: the operations that it names and that cannot be used, each with why."""

    def __init__(self, name: Any, operations: dict[str, AbstractOperation], incomplete: dict[str, str]) -> None:
        super().__init__(name, operations)
        self.incomplete = incomplete


class _WholeBinding(SoapBinding):
    """`encoded`: the operations that use the SOAP encoding in one of their messages.

    `lost`: those that cannot be called, each with why.
    """

    nsmap: dict[str, str]
    encoded: set[str]
    lost: dict[str, str]

    @classmethod
    def parse(cls, definitions: Any, xmlelement: etree._Element) -> Any:
        head: Any = (xmlelement.tag, xmlelement.attrib, xmlelement.nsmap)
        empty = etree.Element(*head)
        empty.extend(deepcopy(node) for node in xmlelement if node.tag != OPERATION)
        binding = super().parse(definitions, empty)
        binding.encoded, binding.lost = set(), {}
        for node in xmlelement.findall(OPERATION):
            name = node.get("name", "")
            if name in binding.all():
                binding.lose(f"{name}#2", "the binding names it twice; the first is taken")
                continue
            if node.xpath("boolean(*/*[local-name() = 'body' and @use = 'encoded'])"):
                binding.encoded.add(name)
            try:
                binding._operation_add(SoapOperation.parse(definitions, node, binding, nsmap=cls.nsmap))  # noqa: SLF001 - zeep has no other
            except ZEEP as wrong:
                binding.lose(name, f"its binding cannot be read: {said(wrong)}")
        return binding

    def lose(self, operation: str, why: str) -> None:
        self._operations.pop(operation, None)
        self.lost[operation] = why

    def resolve(self, definitions: Any) -> None:
        try:
            self.port_type = definitions.get("port_types", self.port_name.text)
        except IndexError:
            for name in list(self._operations):
                self.lose(name, f"its port type {self.port_name.localname} is missing")
            return
        for name, operation in list(self._operations.items()):
            if name not in self.port_type.operations:
                missing = f"the port type {self.port_type.name.localname} does not name it"
                self.lose(name, self.port_type.incomplete.get(name, missing))
                continue
            try:
                operation.resolve(definitions)
            except ZEEP as wrong:
                self.lose(name, f"its messages do not fit its binding: {said(wrong)}")


class Whole11Binding(_WholeBinding, Soap11Binding):
    """SOAP 1.1 over HTTP."""


class Whole12Binding(_WholeBinding, Soap12Binding):
    """SOAP 1.2 over HTTP."""
