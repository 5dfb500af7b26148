"""One operation as it goes over the wire: sample XML, the plain value, and what the mapping makes of it."""

import importlib
import inspect
import pprint
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from banyan.mapping import Unmapped
from banyan.scaffold.located import Located
from banyan.soap import SoapContract
from banyan.soap.sampled import sampled_reply, sampled_request
from contracts.clock import SystemClock
from contracts.errors import PortError


class NoOperation(Exception):
    """The WSDL has no such operation; says which are like it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Both directions of an operation."""

    request: str
    request_value: str
    reply: str
    reply_value: str
    ours: tuple[tuple[str, str], ...] = ()
    """By function of mapping.py, what it makes of the reply, or why it cannot."""


def show(operation: str, wsdl: Path, root: Path, adapter: Located | None = None, *, seed: int = 0) -> Shown:
    """Sample an operation of a WSDL. Raises NoOperation."""
    contract = SoapContract.load(wsdl, root)
    if operation not in contract.operations:
        alike = [each for each in contract.operations if operation.lower() in each.lower()]
        named = ", ".join(alike or contract.operations)
        raise NoOperation(
            f"{wsdl.name} has no operation {operation}; {'did you mean' if alike else 'there are'} {named}"
        )
    asked, answered = sampled_request(contract, operation, seed=seed), sampled_reply(contract, operation, seed=seed)
    reply = contract.write_reply(operation, answered.body, answered.header or None)
    value = contract.read(operation, reply).body
    return Shown(
        _pretty(contract.write(operation, asked.body, asked.header or None)),
        _plain(asked.body),
        _pretty(reply),
        _plain(value),
        tuple(_mapped(adapter, operation, value)) if adapter is not None else (),
    )


def _mapped(adapter: Located, operation: str, value: Any) -> Iterator[tuple[str, str]]:
    """The functions that adapter.py hands this operation's reply, tried on the sample."""
    adapter.importable()
    mapping = importlib.import_module(f"{adapter.package}.mapping")
    source = (adapter.folder / "adapter.py").read_text(encoding="utf-8")
    for name, function in inspect.getmembers(mapping, inspect.isfunction):
        if not name.endswith("_reply") or not _serves(source, operation, name):
            continue
        try:
            yield name, _plain(function(*_arguments(function, value)))
        except Unmapped as missing:
            yield name, f"to map: {missing}"
        except (PortError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            yield name, f"{type(error).__name__}: {error}"


def _serves(source: str, operation: str, name: str) -> bool:
    at = source.find(f"mapping.{name}(")
    return at >= 0 and f'"{operation}"' in source[source.rfind("async def", 0, at) : at]


def _arguments(function: Any, value: Any) -> Iterator[Any]:
    for name, parameter in inspect.signature(function).parameters.items():
        kind = parameter.annotation
        if name == "body":
            yield value
        elif name == "at":
            yield SystemClock().now()
        else:
            yield "sample" if kind is str else None


def _pretty(document: bytes) -> str:
    root = etree.fromstring(document)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def _plain(value: Any) -> str:
    return pprint.pformat(value, width=100, sort_dicts=False)
