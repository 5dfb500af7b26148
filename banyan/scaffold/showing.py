"""One operation as it goes over the wire: sample XML, the plain value, and what the mapping makes of it."""

import importlib
import inspect
import pprint
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lxml import etree

from banyan.mapping import Unmapped
from banyan.scaffold.located import Located
from banyan.soap import SoapContract
from banyan.soap.message import Reply
from banyan.soap.sampled import sampled_reply, sampled_request
from contracts.clock import SystemClock
from contracts.errors import PortError
from contracts.model import Activation, LineKind, Money, Order, OrderLine, TopUp


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
    """By function of mapping.py, what it asks for or makes of the reply, or why it cannot."""


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
    read = contract.read(operation, reply)
    return Shown(
        _pretty(contract.write(operation, asked.body, asked.header or None)),
        _plain(asked.body),
        _pretty(reply),
        _plain(read.body if not read.header else {"body": read.body, "header": read.header}),
        tuple(_mapped(adapter, operation, read)) if adapter is not None else (),
    )


def _mapped(adapter: Located, operation: str, reply: Reply) -> Iterator[tuple[str, str]]:
    """What the functions for this operation ask it for, and what those that adapter.py hands its reply make of it."""
    adapter.importable()
    mapping = importlib.import_module(f"{adapter.package}.mapping")
    settled = vars(mapping).get("settled")
    if settled is not None:  # a sampled code is none that the system has for success
        vars(mapping)["settled"] = lambda *_: None
    source = (adapter.folder / "adapter.py").read_text(encoding="utf-8")
    functions = [
        each for each in inspect.getmembers(mapping, inspect.isfunction) if _serves(source, operation, each[0])
    ]
    for name, function in sorted(functions, key=lambda each: each[0].endswith("_reply")):
        if not name.endswith(("_request", "_reply")):
            continue
        try:
            yield name, _plain(function(*_arguments(function, reply)))
        except Unmapped as missing:
            yield name, f"to map: {missing}"
        except (PortError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            yield name, f"{type(error).__name__}: {error}"
    if settled is not None:
        vars(mapping)["settled"] = settled


def _serves(source: str, operation: str, name: str) -> bool:
    at = source.find(f"mapping.{name}(")
    return at >= 0 and f'"{operation}"' in source[source.rfind("async def", 0, at) : at]


def _arguments(function: Any, reply: Reply) -> Iterator[Any]:
    now = SystemClock().now()
    line = OrderLine("1", LineKind.PRODUCT, "301", "a tariff", 1, Money(Decimal("10.00")))
    amount = {"voucher": "good"} if function.__name__.startswith("redeem") else {"amount": Money(Decimal("10.00"))}
    samples = {
        str: "101",
        datetime: now,
        Order: Order("sample", "101", (line,), now),
        TopUp: TopUp("sample", "4915550001", **amount),
        Activation: Activation("sample", "101", "601", characteristics={"colour": "blue"}),
    }
    for name, parameter in inspect.signature(function).parameters.items():
        yield getattr(reply, name) if name in ("body", "header") else samples.get(parameter.annotation)


def _pretty(document: bytes) -> str:
    root = etree.fromstring(document)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def _plain(value: Any) -> str:
    return pprint.pformat(_named(value), width=100, sort_dicts=False)


def _named(value: Any) -> Any:
    """Nouns as what pprint can lay out; it takes them for dataclasses, and they are lighter."""
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: _named(getattr(value, field.name)) for field in fields(value)}
        return type(type(value).__name__, (SimpleNamespace,), {})(**told)
    return type(value)(map(_named, value)) if isinstance(value, list | tuple) else value
