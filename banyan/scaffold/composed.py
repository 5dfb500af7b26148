"""What the files of an adapter are composed to: functions of mapping.py, methods of adapter.py, and what they need."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from banyan.scaffold.asked import Method
from banyan.scaffold.requests import Asked
from banyan.soap.survey import Operation

MAPPING = frozenset({"todo", "needed", "money", "aware", "number", "only", "found", "known"})


@dataclass(slots=True)
class Function:
    """One function of mapping.py."""

    name: str
    parameters: str
    returns: str
    doc: str
    body: list[str]


@dataclass(slots=True)
class PortMethod:
    """One method of the adapter."""

    name: str
    signature: str
    returns: str
    body: list[str]
    doc: str = ""


@dataclass(slots=True)
class Composed:
    functions: list[Function] = field(default_factory=list)
    methods: list[PortMethod] = field(default_factory=list)
    mapping_names: set[str] = field(default_factory=set)
    model_names: set[str] = field(default_factory=set)
    datetime_names: set[str] = field(default_factory=set)
    adapter_words: set[str] = field(default_factory=set)
    currency: bool = False
    clock: bool = False
    common: str = ""
    """The expression of the parts that every request has."""
    header: str = ""
    """The expression of the header."""
    says: dict[str, str] = field(default_factory=dict)
    """What the simulator says in those parts of a reply that tell how it went."""
    missing: dict[str, object] = field(default_factory=dict)
    """The body of a simulated reply about an id that nobody has, where replies tell how it went."""
    missing_header: dict[str, object] = field(default_factory=dict)
    refuses: bool = False
    login: Operation | None = None
    tables: dict[str, str] = field(default_factory=dict)
    """By name, the tables of words of mapping.py."""
    fed: dict[str, dict[str, str]] = field(default_factory=dict)
    """By method and attribute of what it gives, the part that feeds it."""
    keys: dict[str, Asked] = field(default_factory=dict)
    """By method: how its operation is asked."""

    @property
    def configured(self) -> bool:
        """Whether the adapter must keep its configuration."""
        return "self._config" in self.common + self.header

    def sent(self, operation: Operation, request: str) -> str:
        """The call of an operation."""
        header = f", {self.header}" if self.header and operation.headers else ""
        if self.common:
            request = f"{{**{self.common}, **{request}}}"
        return f'await self._soap.call(call, "{operation.name}", {request}{header})'

    def need(self, names: set[str] | frozenset[str]) -> None:
        self.currency |= "CURRENCY" in names
        self.mapping_names |= names & MAPPING


def attributes(noun: type) -> set[str]:
    return set(getattr(noun, "__dataclass_fields__", {}))


def parameters_of(parameters: Sequence[object], first: str = "") -> str:
    said = [f"{getattr(each, 'name', '')}: {getattr(each, 'annotation', '')}" for each in parameters]
    return ", ".join([first, *said] if first else said)


def signature(method: Method) -> str:
    return ", ".join(["self", "call: Call", *(f"{each.name}: {each.annotation}" for each in method.parameters)])
