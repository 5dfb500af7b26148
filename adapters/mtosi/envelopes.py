"""What the simulated system writes into its messages, and how it reads what it is asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from adapters.mtosi.mapping import (
    ACCESS_POINT,
    CFS,
    CHARACTERISTIC,
    FINAL,
    HEADER,
    PRODUCT,
    SERVICE_CHARACTERISTIC,
    SPECIFICATION,
    SUBSCRIBER,
    TEMPLATE,
    name,
    value_of,
)
from adapters.mtosi.network import ACTIVE, Refusal, Running
from banyan.simulate import Request
from banyan.soap import SoapFault

Tree = dict[str, Any]

MTOP = "http://www.tmforum.org/mtop"
GEN, HDR, MSG = f"{MTOP}/fmw/xsd/gen/v1", f"{MTOP}/fmw/xsd/hdr/v1", f"{MTOP}/fmw/xsd/msg/v1"
SAI, SIR = f"{MTOP}/sa/xsd/sai/v1", f"{MTOP}/msi/xsd/sir/v1"
_FIELDS = {PRODUCT: "reference", SUBSCRIBER: "customer_id", CFS: "native_id"}


def asked(basic: Mapping[str, Any]) -> Running:
    """The service that an activate or modify request describes; its native id is not known yet."""
    info = basic["productInfo"]
    subscribers, access = basic.get("subscriberRefList") or (), basic.get("sapRefList") or ()
    pairs = info.get("_value_1") or ()
    return Running(
        native_id="",
        reference=value_of(info["productName"], PRODUCT) or "",
        customer_id=next((value for each in subscribers if (value := value_of(each, SUBSCRIBER))), ""),
        specification=value_of(info.get("productSpecificationName"), SPECIFICATION) or "",
        parent=next((value for each in access if (value := value_of(each, ACCESS_POINT))), None),
        characteristics={
            key: pair["productCharacteristicValue"]
            for pair in pairs
            if (key := value_of(pair["productSpecCharacteristicRef"], CHARACTERISTIC))
        },
    )


def sought(named: Mapping[str, Any]) -> tuple[str, str]:
    """Which field of a service a distinguished name asks for, and its value."""
    first = named["rdn"][0]
    if first["type"] not in _FIELDS:
        raise Refusal("invalidInput", f"nothing is named by {first['type']}")
    return _FIELDS[first["type"]], first["value"]


def demand_header(request: Request) -> None:
    if not request.header.get(HEADER):
        raise Refusal("invalidInput", "the header part is missing")


def header(operation: str, request: Mapping[str, Any], now: datetime, **more: Any) -> Tree:
    return {
        "activityName": operation,
        "msgName": f"{operation}Response",
        "msgType": "RESPONSE",
        "senderURI": request.get("destinationURI"),
        "destinationURI": request.get("senderURI"),
        "activityStatus": "SUCCESS",
        "correlationId": request.get("correlationId"),
        "communicationPattern": request.get("communicationPattern"),
        "communicationStyle": request.get("communicationStyle"),
        "timestamp": now,
        **more,
    }


def accepted(number: str, service: Running) -> Tree:
    named = name(PRODUCT, service.reference)
    return {"initialResponse": {"serviceRequestRef": number, "productName": named, "accept": True}}


def event(kind: str, number: str, service: Running, now: datetime) -> Tree:
    return {
        kind: {
            "serviceRequestRef": number,
            "productName": name(PRODUCT, service.reference),
            "vendorExtensions": {"_value_1": [_pairs(service.characteristics)]},
            FINAL[kind]: [{"sourceTime": now, "objectType": CFS, "objectName": name(CFS, service.native_id)}],
            "last": True,
        }
    }


def cfs(service: Running) -> Tree:
    access = service.parent or service.reference
    active = service.state == ACTIVE
    return {
        "name": name(CFS, service.native_id),
        "hasStarted": active,
        "isMandatory": True,
        "startMode": "AUTOMATICALLY_BY_MANAGEMENT_ENVIRONMENT",
        "isStateful": True,
        "adminState": "UNLOCKED" if active else "LOCKED",
        "serviceState": service.state,
        "operationalState": "ENABLED" if active else "DISABLED",
        "serviceTemplateRef": name(TEMPLATE, service.specification),
        "subscriberRef": name(SUBSCRIBER, service.customer_id),
        "sapList": [{"name": name(ACCESS_POINT, access)}],
        "describedByList": [
            {"value": value, "sscRef": name(SERVICE_CHARACTERISTIC, key)}
            for key, value in sorted(service.characteristics.items())
        ],
        "productRef": name(PRODUCT, service.reference),
    }


def fault(request: Request, refused: Refusal, now: datetime) -> SoapFault:
    """The typed fault: which exception, why, and in the vendor extensions what stands in the way."""
    inventory = request.operation.startswith("getServiceInventory")
    detail = etree.Element(f"{{{SIR if inventory else SAI}}}{request.operation}Exception")
    holder = detail if inventory else etree.SubElement(detail, f"{{{SAI}}}basicFailureEvent")
    failure = etree.SubElement(holder, f"{{{MSG}}}{refused.kind}")
    signed = etree.SubElement(failure, f"{{{HDR}}}header")
    etree.SubElement(signed, f"{{{HDR}}}activityName").text = request.operation
    etree.SubElement(signed, f"{{{HDR}}}msgType").text = "ERROR"
    etree.SubElement(signed, f"{{{HDR}}}activityStatus").text = "FAILURE"
    asked_by = (request.header.get(HEADER) or {}).get("correlationId")
    if asked_by:
        etree.SubElement(signed, f"{{{HDR}}}correlationId").text = asked_by
    etree.SubElement(signed, f"{{{HDR}}}timestamp").text = now.isoformat()
    etree.SubElement(failure, f"{{{MSG}}}reason").text = str(refused)
    etree.SubElement(failure, f"{{{MSG}}}vendorExtensions").append(_pairs(refused.about))
    return SoapFault("Server", refused.kind, detail)


def _pairs(values: Mapping[str, str]) -> etree._Element:
    listed = etree.Element(f"{{{GEN}}}nvsList")
    for key, value in sorted(values.items()):
        pair = etree.SubElement(listed, f"{{{GEN}}}nvs")
        etree.SubElement(pair, f"{{{GEN}}}name").text = key
        etree.SubElement(pair, f"{{{GEN}}}value").text = value
    return listed
