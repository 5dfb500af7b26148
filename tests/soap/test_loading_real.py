"""Every real WSDL at hand with a SOAP service over HTTP: what loads, what can be called, what is broken at source."""

import socket
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from banyan.soap.loading import Broken, Loaded, load
from banyan.soap.loading.files import SHARED
from tests.shared import shared

pytestmark = pytest.mark.slow
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
HTTP = "http://schemas.xmlsoap.org/soap/http"
MRI = "ManageResourceInventory/IIS"
RP = "ResourceProvisioning/IIS"

UNUSABLE = {
    "cableassurance/CableAssurance.wsdl": (
        "names {http://www.nds.com/wsdl/CableAssurance}LocalSystemT, which nobody declares"
    ),
    "cableassurance/java/CableAssurance.wsdl": (
        "names {http://www.nds.com/wsdl/CableAssurance}LocalSystemT, which nobody declares"
    ),
    f"tmf-mtosi-4.0/{MRI}/wsdl/MultiLayerSNPPLinkRetrieval/MultiLayerSNPPLinkRetrievalHttp.wsdl": (
        "by another namespace than http://www.tmforum.org/mtop/mri/xsd/mlsnpplinkr/v1, which it declares"
    ),
    f"tmf-mtosi-4.0/{RP}/wsdl/CallControl/CallControlHttp.wsdl": "the port type ConnectionControl does not name it",
}
"""Not one operation is left: file -> why."""

DROPPED = {
    (f"tmf-mtosi-4.0/{MRI}/wsdl/CallConnRetrieval/CallConnRetrievalHttp.wsdl", "getCall"): (
        "its messages need {http://www.tmforum.org/mtop/mri/xsd/callconr/v1}getCallResponse, which nobody declares"
    ),
}

SLIPS = {
    f"{MRI}/wsdl/CallConnRetrieval/CallConnRetrievalMessages.wsdl": "names {http://www.tmforum.org/mtop/mri/xsd/callconr/",
    f"{MRI}/xsd/EquipmentInventoryRetrievalMessages.xsd": "imports ../../../NetworkResourceFulfillment/IIS/xsd/eq.xsd,",
    f"{RP}/wsdl/CommonResourceProvisioning/CommonResourceProvisioningPortType.wsdl": "imports .\\CommonResource",
    f"{RP}/xsd/FlowDomainControlMessages.xsd": "imports ../../../NetworkResourceFulfillment/IIS/xsd/",
}
"""Wrong letter case, a backslash, a missing element: file -> how each of its problems begins."""


@dataclass
class Real:
    loaded: dict[str, Loaded]
    unusable: dict[str, str]
    named: Counter[str]
    """Operations named in the bindings of each file."""


@pytest.fixture(scope="module")
def real() -> Real:
    folder = shared("legacy/wsdl")
    found = Real({}, {}, Counter())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _refused)
        patch.setattr(socket, "getaddrinfo", _refused)
        for path in sorted(folder.rglob("*.wsdl")):
            name = path.relative_to(folder).as_posix()
            bindings = _over_http(path)
            if not bindings:
                continue
            found.named[name] = sum(len(binding.findall(f"{WSDL}operation")) for binding in bindings)
            try:
                found.loaded[name] = load(path, folder / name.partition("/")[0])
            except Broken as broken:
                found.unusable[name] = str(broken)
    return found


def _refused(*_: object) -> None:
    raise AssertionError("the network was asked")


def _over_http(path: Path) -> list[etree._Element]:
    """The SOAP bindings of a WSDL that also has a service."""
    root = etree.parse(path).getroot()
    if root.find(f"{WSDL}service") is None:
        return []
    return [node for node in root.iterfind(f"{WSDL}binding") if any(child.get("transport") == HTTP for child in node)]


def _operations(loaded: Loaded) -> list[Any]:
    bindings: Any = loaded.document.bindings.values()
    return [operation for binding in bindings for operation in binding.all().values()]


def test_all_but_four_load_and_those_are_broken_at_source(real: Real) -> None:
    assert len(real.named) == 142
    assert len(real.loaded) == 138
    assert real.unusable.keys() == UNUSABLE.keys()
    for file, why in UNUSABLE.items():
        assert why in real.unusable[file]


def test_every_operation_named_can_be_called_or_is_said_to_be_dropped(real: Real) -> None:
    assert real.named.total() == 1401
    for file, loaded in real.loaded.items():
        assert len(_operations(loaded)) + len(loaded.dropped) == real.named[file], file
    assert sum(real.named[file] for file in real.unusable) == 19
    assert sum(len(_operations(loaded)) for loaded in real.loaded.values()) == 1381
    dropped = {(file, name): why for file, loaded in real.loaded.items() for name, why in loaded.dropped.items()}
    assert dropped == DROPPED


def test_an_operation_that_can_be_called_has_all_its_messages(real: Real) -> None:
    for file, loaded in real.loaded.items():
        for operation in _operations(loaded):
            assert operation.input.envelope is not None, (file, operation.name)
            if operation.abstract.output_message is not None and operation.abstract.output_message.parts:
                assert operation.output.body is not None, (file, operation.name)


def test_slips_are_named_by_their_file(real: Real) -> None:
    said = {problem for loaded in real.loaded.values() for problem in loaded.problems}
    assert {problem.file for problem in said} == SLIPS.keys()
    assert all(problem.why.startswith(SLIPS[problem.file]) for problem in said)
    assert len(said) == 7


def test_nothing_that_is_said_shows_a_path_of_this_machine(real: Real) -> None:
    said = [str(problem) for loaded in real.loaded.values() for problem in loaded.problems]
    assert not [text for text in (*said, *real.unusable.values()) if str(Path.home()) in text or "/legacy/wsdl" in text]


def test_the_shared_soap_encoding_declares_what_the_original_declares(real: Real) -> None:
    assert real.loaded
    original = _declared(shared("legacy/wsdl/_w3c/soap-encoding.xsd"))
    assert len(original) > 80
    assert _declared(SHARED / "soap-encoding.xsd") >= original


def _declared(schema: Path) -> set[tuple[str, str]]:
    """What a schema declares, by kind and name; whether a type is simple or complex is told as one."""
    return {
        (etree.QName(node).localname.removeprefix("simple").removeprefix("complex"), name)
        for node in etree.parse(schema).getroot().iterchildren(etree.Element)
        if (name := node.get("name"))
    }
