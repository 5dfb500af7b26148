"""SOAP bindings that say why an operation cannot be called, where zeep leaves it out with a warning."""

# mypy: allow-untyped-calls
from collections import Counter
from copy import deepcopy
from itertools import count
from typing import Any

from lxml import etree
from zeep.wsdl.bindings.soap import Soap11Binding, Soap12Binding, SoapBinding, SoapOperation

from banyan.soap.loading.missing import ZEEP, said
from banyan.soap.loading.port_types import TWICE

OPERATION = "{http://schemas.xmlsoap.org/wsdl/}operation"


class _WholeOperation(SoapOperation):
    """`called`: as the port type finds it. `given`: the name of its input."""

    called: str
    given: str | None

    def resolve(self, definitions: Any) -> None:
        """As zeep does, but by what it is called: its name is what an rpc message is wrapped in."""
        self.abstract = self.binding.port_type.operations[self.called]
        for name, fault in self.faults.items():
            if name in self.abstract.fault_messages:
                fault.resolve(definitions, self.abstract.fault_messages[name])
        if self.output:
            self.output.resolve(definitions, self.abstract.output_message)
        if self.input:
            self.input.resolve(definitions, self.abstract.input_message)


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
            if node.xpath("boolean(*/*[local-name() = 'body' and @use = 'encoded'])"):
                binding.encoded.add(name)
            try:
                operation = _WholeOperation.parse(definitions, node, binding, nsmap=cls.nsmap)
            except ZEEP as wrong:
                binding.lose(binding.free(name), f"its binding cannot be read: {said(wrong)}")
            else:
                operation.given = next((each.get("name") for each in node.iterchildren("{*}input")), None)
                binding._operations[binding.free(name)] = operation  # noqa: SLF001 - zeep adds by name alone
        return binding

    def free(self, name: str) -> str:
        """The name, with a number for the second and further ones that have it."""
        known = {*self._operations, *self.lost}
        return name if name not in known else next(each for n in count(2) if (each := f"{name}#{n}") not in known)

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
        self._call()
        for name, operation in list(self._operations.items()):
            if name not in self.port_type.operations:
                missing = f"the port type {self.port_type.name.localname} does not name it"
                self.lose(name, self.port_type.incomplete.get(name, missing))
                continue
            try:
                operation.resolve(definitions)
            except ZEEP as wrong:
                self.lose(name, f"its messages do not fit its binding: {said(wrong)}")

    def _call(self) -> None:
        bound, self._operations = self._operations, {}
        port_type: Any = self.port_type
        times: Counter[str] = Counter()
        for name, operation in bound.items():
            try:
                operation.called = port_type.find(operation.name, operation.given, times[operation.name])
            except LookupError as wrong:
                self.lose(name, said(wrong))
                continue
            times[operation.name] += 1
            if operation.called in self._operations:
                self.lose(name, TWICE)
            else:
                self._operations[operation.called] = operation


class Whole11Binding(_WholeBinding, Soap11Binding):
    """SOAP 1.1 over HTTP."""


class Whole12Binding(_WholeBinding, Soap12Binding):
    """SOAP 1.2 over HTTP."""
