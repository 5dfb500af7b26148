"""Our own small WSDL against the real MTOSI 4.0 files, which are read where they lie and never copied."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.mapping import name, receipt, services
from adapters.mtosi.simulator import WSDL
from banyan import Call, PortError, Window
from banyan.model import Activation
from banyan.simulate import Simulator
from banyan.soap import SoapContract
from tests.overheard import overheard
from tests.shared import shared

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
NAMES = {"wsdl": "http://schemas.xmlsoap.org/wsdl/", "soap": "http://schemas.xmlsoap.org/wsdl/soap/"}
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEADER = {"mtopHeader": {"correlationId": "c-1", "timestamp": NOW}}
ACTIVATION = "ServiceActivation/IIS/wsdl/ServiceActivationInterface/ServiceActivationInterface"
INVENTORY = "ManageServiceInventory/IIS/wsdl/ServiceInventoryRetrieval/ServiceInventoryRetrieval"


@pytest.fixture(scope="module")
def real() -> Path:
    return shared("legacy/wsdl/tmf-mtosi-4.0")


@pytest.fixture(scope="module")
def valid(real: Path) -> Callable[[etree._Element], None]:
    """Asserts that an element is valid by the real schema of its namespace."""
    schemas = {
        namespace: etree.XMLSchema(etree.parse(real / path))
        for namespace, path in {
            "http://www.tmforum.org/mtop/fmw/xsd/hdr/v1": "Framework/IIS/xsd/HeaderDefinitions.xsd",
            "http://www.tmforum.org/mtop/sa/xsd/sai/v1": (
                "ServiceActivation/IIS/xsd/ServiceActivationInterfaceMessages.xsd"
            ),
            "http://www.tmforum.org/mtop/msi/xsd/sir/v1": (
                "ManageServiceInventory/IIS/xsd/ServiceInventoryRetrievalMessages.xsd"
            ),
        }.items()
    }

    def assert_valid(node: etree._Element) -> None:
        schemas[etree.QName(node).namespace or ""].assertValid(etree.fromstring(etree.tostring(node)))

    return assert_valid


async def test_all_that_is_said_is_valid_by_the_real_schemas(
    oss: Mtosi,
    call: Call,
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    valid: Callable[[etree._Element], None],
) -> None:
    heard = overheard(simulator.contract, monkeypatch)
    line = Activation("t.1", "101", "mobile-line", None, {"colour": "red", "size": "2"})
    pack = Activation("t.2", "101", "data-pack", "t.1")
    for activation in (line, line, pack):
        await oss.activate(call, activation)
    await oss.modify(call, line)
    await oss.deactivate(call, pack)
    await oss.deactivate(call, pack)
    await oss.services(call, "101", Window())
    await oss.services(call, "nobody", Window())
    with pytest.raises(PortError):
        await oss.modify(call, Activation("t.unknown", "101", "mobile-line"))
    faults = 0
    for message in heard:
        envelope = etree.fromstring(message)
        said = [*envelope.iterfind(f"{SOAP}Header/*"), *envelope.iterfind(f"{SOAP}Body/*")]
        if said[-1].tag == f"{SOAP}Fault":
            faults += 1
            said[-1:] = list(said[-1].iterfind("detail/*"))
        else:
            assert len(said) == 2, "the header part is mandatory"
        for node in said:
            valid(node)
    assert faults == 3
    assert len(heard) > 20


@pytest.mark.parametrize("interface", [ACTIVATION, INVENTORY])
def test_operations_are_bound_as_in_the_real_files(real: Path, interface: str) -> None:
    theirs = _bound([real / f"{interface}Http.wsdl", real / f"{interface}Messages.wsdl"])
    ours = {operation: how for operation, how in _bound([WSDL]).items() if operation in theirs}
    assert ours
    assert ours == {operation: theirs[operation] for operation in ours}


def _bound(files: list[Path]) -> dict[str, dict[str, Any]]:
    trees = [etree.parse(file).getroot() for file in files]
    elements: dict[tuple[str, str], str] = {}
    for tree in trees:
        for part in tree.iterfind("wsdl:message/wsdl:part", NAMES):
            prefix, _, local = part.get("element", "").partition(":")
            message = part.getparent()
            assert message is not None
            elements[message.get("name", ""), part.get("name", "")] = f"{{{part.nsmap[prefix]}}}{local}"
    bound: dict[str, dict[str, Any]] = {}
    for operation in (node for tree in trees for node in tree.iterfind("wsdl:binding/wsdl:operation", NAMES)):
        how: dict[str, Any] = {"style": operation.xpath("string(soap:operation/@style)", namespaces=NAMES)}
        how["action"] = operation.xpath("string(soap:operation/@soapAction)", namespaces=NAMES)
        for side in ("input", "output"):
            header = operation.find(f"wsdl:{side}/soap:header", NAMES)
            body = operation.find(f"wsdl:{side}/soap:body", NAMES)
            assert header is not None
            assert body is not None
            message = header.get("message", "").rpartition(":")[2]
            how[side] = [elements[message, node] for node in (header.get("part", ""), body.get("parts", ""))]
        how["faults"] = [fault.get("name") for fault in operation.iterfind("wsdl:fault", NAMES)]
        bound[operation.get("name", "")] = how
    return bound


def _theirs(real: Path, interface: str, folder: Path) -> SoapContract:
    """The real interface in one document: its parts share a namespace, and zeep reads one document of each."""
    kinds = ("Messages", "PortType", "Http")
    parts = [file for kind in kinds if (file := real / f"{interface}{kind}.wsdl").is_file()]
    trees = [etree.parse(file).getroot() for file in parts]
    names: Any = {prefix: uri for tree in trees for prefix, uri in tree.nsmap.items()}
    whole = etree.Element(f"{{{NAMES['wsdl']}}}definitions", nsmap=names)
    whole.set("targetNamespace", trees[0].get("targetNamespace", ""))
    for file, tree in zip(parts, trees, strict=True):
        for schema in tree.iter("{http://www.w3.org/2001/XMLSchema}import"):
            schema.set("schemaLocation", (file.parent / schema.get("schemaLocation", "")).resolve().as_posix())
        whole.extend([child for child in tree if child.tag != f"{{{NAMES['wsdl']}}}import"])
    merged = folder / "merged.wsdl"
    merged.write_bytes(etree.tostring(whole))
    return SoapContract.load(merged, root=Path(merged.anchor))


def test_a_reply_built_from_the_real_activation_files_is_read(real: Path, tmp_path: Path) -> None:
    root = {"serviceRequestRef": "R-1", "productName": name("PRODUCT", "t.1")}
    created = {"sourceTime": NOW, "objectName": name("CFS", "77")}
    events = [
        {"initialResponse": {**root, "accept": True}},
        {"beginProcessingEvent": root},
        {"cfsCreation": {**root, "cfsCreationEvents": [created], "last": True}},
    ]
    sent = _theirs(real, ACTIVATION, tmp_path).write_reply("activate", {"_value_1": events}, HEADER)
    reply = SoapContract.load(WSDL).read("activate", sent)
    assert reply.header["mtopHeader"]["correlationId"] == "c-1"
    assert reply.header["mtopHeader"]["timestamp"] == NOW
    assert receipt(reply.body["_value_1"], "t.1", NOW).native_id == "77"


def test_a_reply_built_from_the_real_inventory_files_is_read(real: Path, tmp_path: Path) -> None:
    cfs = {
        "name": name("CFS", "77"),
        "hasStarted": True,
        "isMandatory": False,
        "startMode": "ANY",
        "isStateful": True,
        "adminState": "UNLOCKED",
        "serviceState": "PROVISIONED_ACTIVE",
        "operationalState": "ENABLED",
        "subscriberRef": name("SUBSCRIBER", "101"),
        "sapList": [{"name": name("SAP", "port 3")}],
        "describedByList": [{"value": "4915550001", "sscRef": name("SERVICE_SPEC_CHARACTERISTIC", "msisdn")}],
        "productRef": name("PRODUCT", "t.1"),
    }
    found = {"cfsList": {"cfs": [cfs]}, "sapList": {"sap": [{"name": name("SAP", "port 3")}]}}
    sent = _theirs(real, INVENTORY, tmp_path).write_reply("getServiceInventory", {"inventoryData": found}, HEADER)
    reply = SoapContract.load(WSDL).read("getServiceInventory", sent)
    assert [(s.id, s.reference, s.state, s.characteristics) for s in services(reply.body)] == [
        ("77", "t.1", "active", {"msisdn": "4915550001"})
    ]
