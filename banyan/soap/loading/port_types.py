"""Port types, whose operations may share a name: the first has it, the others are called by their inputs."""

# mypy: allow-untyped-calls
from typing import Any

from lxml import etree
from zeep.wsdl.definitions import PortType

TWICE = "the binding names it twice; the first is taken"


class WholePortType(PortType):
    """`incomplete`: the operations that it names and that cannot be used, each with why.

    `_inputs`: operation -> input -> what it is called here. An input whose name an operation has is told by a number:
    `Ask#2`.
    """

    def __init__(self, name: Any, operations: list[etree._Element]) -> None:
        super().__init__(name, {})
        self.incomplete: dict[str, str] = {}
        self._inputs: dict[str, dict[str, str]] = {}
        names = {each.get("name", "") for each in operations}
        for each in operations:
            called, given = each.get("name", ""), _input(each)
            inputs = self._inputs.setdefault(called, {})
            if given not in inputs:
                numbered = f"{called}#{len(inputs) + 1}"
                inputs[given] = called if not inputs else numbered if not given or given in names else given
                names.add(inputs[given])

    def called(self, operation: etree._Element) -> str:
        """One of its own operations; the same for two that nothing tells apart."""
        return self._inputs[operation.get("name", "")][_input(operation)]

    def find(self, name: str, given: str | None, number: int) -> str:
        """What a binding means by this name: told by the input where it says that, else by the order.

        Raises LookupError with what is wrong.
        """
        inputs = self._inputs.get(name, {})
        if len(inputs) > 1 and given is not None:
            if given not in inputs:
                raise LookupError(f"the port type has no {name} whose input is {given}")
            return inputs[given]
        if number >= max(len(inputs), 1):
            raise LookupError(TWICE)
        return [*inputs.values(), name][number]


def _input(operation: etree._Element) -> str:
    """The name of an operation's input, else that of its message."""
    node = next(operation.iterchildren("{*}input"), None)
    return "" if node is None else node.get("name") or node.get("message", "").rpartition(":")[2]
