"""What a port asks of an adapter, read from the port itself."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast, get_args, get_type_hints

import contracts.model
from contracts.model import Receipt
from contracts.ports import PORTS

SOAP_PORTS = tuple(name for name in PORTS if name != "UsageFilePort")
"""Usage arrives as files: no WSDL serves that port."""


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    annotation: str
    kind: Any

    @property
    def noun(self) -> type | None:
        return self.kind if is_dataclass(self.kind) and isinstance(self.kind, type) else None

    @property
    def window(self) -> bool:
        return self.annotation == "Window"

    def leaves(self) -> Iterator[tuple[str, str, Any]]:
        """(word, expression, type) of each simple value that it brings."""
        if self.window:
            return
        if self.noun is None:
            yield self.name, self.name, self.kind
            return
        hints = get_type_hints(self.noun)
        for field in fields(self.noun):
            yield field.name, f"{self.name}.{field.name}", hints[field.name]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a port."""

    port: str
    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    """As it is written: `Slice[Bill]`."""
    noun: type | None
    """The dataclass that it gives back, alone or in a list."""
    many: bool
    semantics: str
    """read, repeatable or once."""
    capability: str | None
    doc: str

    @property
    def key(self) -> Parameter | None:
        """The id that it asks by, when it asks by one."""
        return next((each for each in self.parameters if each.kind is str), None)

    @property
    def receipt(self) -> bool:
        return self.noun is Receipt

    @property
    def maybe(self) -> bool:
        """Whether None is an answer."""
        return self.returns.endswith("| None")

    @property
    def words(self) -> set[str]:
        """Names that its signature needs, to be imported."""
        return set(
            re.findall(
                r"[A-Z]\w+|\b(?:datetime|date)\b", " ".join([self.returns, *(p.annotation for p in self.parameters)])
            )
        )


def methods(ports: tuple[str, ...] | list[str]) -> list[Method]:
    """Every method of these ports, in their order; those of every adapter (probe, aclose) are left out."""
    return [method for port in ports for method in _of(port)]


def _of(port: str) -> Iterator[Method]:
    for name, function in vars(PORTS[port]).items():
        semantics = getattr(function, "__semantics__", None)
        if semantics is None:
            continue
        signature = inspect.signature(function)
        hints = get_type_hints(function)
        parameters = tuple(
            Parameter(each.name, _written(hints[each.name]), hints[each.name])
            for each in list(signature.parameters.values())[2:]
        )
        returned = hints["return"]
        nouns = [
            each for each in _inside(returned) if is_dataclass(each) and each.__module__.startswith("contracts.model")
        ]
        written = _written(returned)
        yield Method(
            port,
            name,
            parameters,
            written,
            cast("type", nouns[0]) if nouns else None,
            written.startswith(("list[", "Slice[")),
            semantics,
            getattr(function, "__capability__", None),
            " ".join((function.__doc__ or "").split()),
        )


def _inside(kind: Any) -> Iterator[Any]:
    origin = getattr(kind, "__origin__", None)
    if origin is None and not get_args(kind):
        yield kind
    for each in get_args(kind):
        yield from _inside(each)


def _written(kind: Any) -> str:
    if kind is type(None):
        return "None"
    return re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", inspect.formatannotation(kind))


def in_model(word: str) -> bool:
    return word in contracts.model.__all__
