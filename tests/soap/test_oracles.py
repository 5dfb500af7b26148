"""The codec against strangers, for every operation of every real WSDL: libxml2 for writers, zeep for readers."""

import logging
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.wsdl.bindings.soap import SoapBinding
from zeep.wsdl.messages import RpcMessage

from banyan.soap import SoapContract
from banyan.soap.codec import Dialect
from banyan.soap.codec.reading import Readers
from banyan.soap.codec.writing import writer
from banyan.soap.loading import Broken, load
from banyan.soap.sampling import sample, sample_message
from banyan.soap.strict import Untrusted
from tests.shared import shared
from tests.soap.schemas import assemble
from tests.soap.zeep_values import read_by_zeep, substance

pytestmark = pytest.mark.slow
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
HTTP = "http://schemas.xmlsoap.org/soap/http"
SAMPLES = ((0, True), (3, True), (0, False))
"""Seed, and whether optional parts come."""

UNBUILT = {
    "xius-msp/xBus/subscriber/subscriber.wsdl": (
        "complex type 'DeviceNetworkData': The content model is not determinist."
    ),
}
"""Contracts whose schema libxml2 refuses, since it is broken at source."""

UNSAYABLE = {
    ("tmf-mtosi-4.0/Framework/IIS/wsdl/NotificationBroker/NotificationBrokerHttp.wsdl", "notify"),
    ("tmf-mtosi-4.0/Framework/IIS/wsdl/NotificationConsumer/NotificationConsumerHttp.wsdl", "notify"),
}
"""No message of these is valid: they need an abstract type for which their contract has nothing that stands in."""


REFUSED = {
    (
        "tmf-mtosi-4.0/ServiceActivation/IIS/wsdl/ServiceActivationInterface/ServiceActivationInterfaceHttp.wsdl",
        "reserve",
    ): "Unexpected element '{http://www.tmforum.org/mtop/sa/xsd/sai/v1}extensionTime'"
}
"""Operations of which zeep refuses a valid message: it wants every alternative of a choice of sequences."""


@dataclass
class Found:
    operations: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    """Written, by family."""
    valid: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    """Read as zeep reads them."""
    returned: Counter[str] = field(default_factory=Counter)
    """Envelopes that were written and read again."""
    fallbacks: set[tuple[str, str]] = field(default_factory=set)
    unbuilt: dict[str, str] = field(default_factory=dict)
    unsayable: set[tuple[str, str]] = field(default_factory=set)
    refused: dict[tuple[str, str], str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = shared("legacy/wsdl")
    logging.disable(logging.ERROR)  # zeep logs the trace of every text that it cannot read
    found = Found()
    for path in sorted(folder.rglob("*.wsdl")):
        name = path.relative_to(folder).as_posix()
        root = folder / name.partition("/")[0]
        if _over_http(path):
            try:
                loaded = load(path, root)
            except Broken:
                continue  # named in test_loading_real.py
            _look(found, name, loaded.document, path, root, tmp_path_factory.mktemp("schema"))
            _say_and_read(found, name, SoapContract(loaded), loaded.document.types)
    logging.disable(logging.NOTSET)
    return found


def _over_http(path: Path) -> bool:
    root = etree.parse(path).getroot()
    uses = (child.get("transport") for binding in root.iterfind(f"{WSDL}binding") for child in binding)
    return root.find(f"{WSDL}service") is not None and HTTP in uses


def _look(found: Found, name: str, document: Any, path: Path, root: Path, folder: Path) -> None:
    family = name.partition("/")[0]
    bindings = [binding for binding in document.bindings.values() if isinstance(binding, SoapBinding)]
    operations: list[tuple[str, Any]] = [
        (called, each) for binding in bindings for called, each in cast("Any", binding).all().items()
    ]
    found.operations[family] += len(operations)
    wrappers = [m.body for _, each in operations for m in (each.input, each.output) if isinstance(m, RpcMessage)]
    try:
        schema = assemble(path, root, folder, [element for element in wrappers if element is not None])
    except etree.XMLSchemaParseError as wrong:
        found.unbuilt[name] = str(wrong)
        schema = None
    readers = Readers(document.types, Dialect())
    for called, operation in operations:
        for element in _elements(operation):
            write, read = writer(element, document.types, Dialect()), readers.whole(element)
            for seed, full in SAMPLES:
                try:
                    value = sample(element, document.types, seed=seed, full=full)
                except ValueError:
                    found.unsayable.add((name, called))
                    continue
                text = write(value)
                where = f"{name} {called} {element.name} {seed}"
                found.messages[family] += 1
                if schema is None or schema.validate(etree.fromstring(text)):
                    found.valid[family] += schema is not None
                else:
                    found.wrong.append(f"{where}: {schema.error_log}")
                try:
                    ours = read(etree.fromstring(text))
                except Untrusted as why:
                    found.wrong.append(f"{where}: {why}")
                    continue
                try:
                    zeeps = read_by_zeep(element, document.types, document.settings, etree.fromstring(text))
                except ZeepError as wrong:
                    found.refused.setdefault((name, called), str(wrong))
                    continue
                if substance(ours) == substance(zeeps):
                    found.equal[family] += 1
                else:
                    found.wrong.append(f"{where}: {_difference(substance(ours), substance(zeeps))}")


def _say_and_read(found: Found, name: str, contract: SoapContract, schema: Any) -> None:
    """Whole envelopes: what a client writes is what a simulator reads, and the other way round."""
    found.fallbacks.update((name, called) for called in contract.fallbacks)
    for called in contract.operations:
        operation = contract._operations[called]
        for message, reply in ((operation.input, False), (operation.output, True)):
            if message is None or message.header is None or (name, called) in UNSAYABLE:
                continue
            body, header = sample_message(message, schema, seed=2)
            if reply:
                read = contract.read(called, contract.write_reply(called, body, header))
                got = [read.body, read.header]
            else:
                asked = contract.read_request(called, contract.write(called, body, header))
                got = [asked.parameters, asked.header]
            found.returned[name.partition("/")[0]] += 1
            if substance(got) != substance([body, header]):
                found.wrong.append(f"{name} {called}: {_difference(substance(got), substance([body, header]))}")


def _elements(operation: Any) -> Iterator[Any]:
    """The bodies and header parts of a request and its reply."""
    for message in (operation.input, operation.output):
        if message is not None and message.header is not None:
            if message.body is not None:
                yield message.body
            yield from (part for _, part in (message.header.type.elements if message.header.type._element else ()))


def _difference(ours: Any, zeeps: Any, path: str = "") -> str:
    if isinstance(ours, dict) and isinstance(zeeps, dict):
        for name in sorted(ours.keys() | zeeps.keys()):
            if ours.get(name) != zeeps.get(name):
                return _difference(ours.get(name), zeeps.get(name), f"{path}.{name}")
    if isinstance(ours, list) and isinstance(zeeps, list) and len(ours) == len(zeeps):
        for number, (our, zeep) in enumerate(zip(ours, zeeps, strict=True)):
            if our != zeep:
                return _difference(our, zeep, f"{path}[{number}]")
    return f"{path} is {ours!r:.60} and not {zeeps!r:.60}"


def _table(found: Found) -> str:
    rows: list[tuple[str, ...]] = [("family", "operations", "messages", "valid", "read as zeep", "sent and read")]
    for family, count in sorted(found.operations.items()):
        counts = count, found.messages[family], found.valid[family], found.equal[family], found.returned[family]
        rows.append((family, *map(str, counts)))
    return "".join(f"\n{row[0]:<18}{''.join(f'{cell:>14}' for cell in row[1:])}" for row in rows) + "\n"


def test_what_is_written_is_valid_and_read_as_zeep_reads_it(found: Found) -> None:
    sys.stdout.write(_table(found))
    assert found.wrong == []
    assert found.operations.total() == 1381
    assert (found.messages.total(), found.valid.total(), found.equal.total()) == (11328, 11142, 11327)
    assert found.returned.total() == 2757


def test_every_operation_is_compiled(found: Found) -> None:
    assert found.fallbacks == set()


def test_what_cannot_be_held_against_an_oracle_is_named(found: Found) -> None:
    assert found.unbuilt.keys() == UNBUILT.keys()
    for name, why in UNBUILT.items():
        assert why in found.unbuilt[name]
    assert found.unsayable == UNSAYABLE
    assert found.refused.keys() == REFUSED.keys()
    for key, why in REFUSED.items():
        assert found.refused[key].startswith(why)
