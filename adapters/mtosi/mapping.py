"""What an MTOSI system says, in our words: ours on the left, theirs on the right."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from banyan import Garbled, Rejected
from banyan.mapping import known, needed
from banyan.model import Activation, OrderState, Receipt, Service, WorkState

Tree = dict[str, Any]

HEADER = "mtopHeader"
PRODUCT, SPECIFICATION, CHARACTERISTIC = "PRODUCT", "PRODUCT_SPECIFICATION", "PRODUCT_SPEC_CHARACTERISTIC"
SUBSCRIBER, ACCESS_POINT, CFS = "SUBSCRIBER", "SAP", "CFS"
TEMPLATE, SERVICE_CHARACTERISTIC = "SERVICE_TEMPLATE", "SERVICE_SPEC_CHARACTERISTIC"

STATES = {
    "PLANNING_FEASIBILITY_CHECK": "reserved",
    "PLANNING_DESIGNED": "reserved",
    "RESERVED": "reserved",
    "PROVISIONED_INACTIVE": "inactive",
    "PROVISIONED_ACTIVE": "active",
    "TERMINATED": "terminated",
}
WORK = {
    "reserved": WorkState.RUNNING,
    "active": WorkState.DONE,
    "inactive": WorkState.CANCELLED,
    "terminated": WorkState.CANCELLED,
}
FINAL = {
    "cfsCreation": "cfsCreationEvents",
    "cfsStateChange": "serviceStateChangeList",
    "cfsAvcChange": "serviceAttributeValueChangeList",
}
VALIDITY = timedelta(days=1)


def name(kind: str, value: str) -> Tree:
    return {"rdn": [{"type": kind, "value": value}]}


def value_of(named: Mapping[str, Any] | None, kind: str) -> str | None:
    """The value under this kind in a distinguished name, or None."""
    parts: Iterable[Mapping[str, str]] = (named or {}).get("rdn") or ()
    return next((part["value"] for part in parts if part["type"] == kind), None)


def product(activation: Activation) -> Tree:
    """The product instance is named by our reference: this is what makes a repeat recognisable."""
    request: Tree = {
        "productInfo": {
            "productName": name(PRODUCT, activation.reference),
            "productSpecificationName": name(SPECIFICATION, activation.service),
            "_value_1": [
                {"productSpecCharacteristicRef": name(CHARACTERISTIC, key), "productCharacteristicValue": value}
                for key, value in sorted(activation.characteristics.items())
            ],
        },
        "subscriberRefList": [name(SUBSCRIBER, activation.customer_id)],
    }
    if activation.parent:
        request["sapRefList"] = [name(ACCESS_POINT, activation.parent)]
    return request


def order(reference: str, now: datetime) -> Tree:
    return {
        "requestedCompletionDate": now,
        "priority": 4,
        "purchaseOrder": reference,
        "validFor": now + VALIDITY,
    }


def scope(kind: str, value: str) -> Tree:
    return {"_value_1": [{"scope": {"baseInstance": [name(kind, value)]}, "selection": "FULL"}]}


def service(cfs: Mapping[str, Any]) -> Service:
    described = cfs.get("describedByList") or ()
    return Service(
        id=needed(value_of(cfs.get("name"), CFS), "name"),
        reference=value_of(cfs.get("productRef"), PRODUCT),
        customer_id=value_of(cfs.get("subscriberRef"), SUBSCRIBER) or "",
        specification=value_of(cfs.get("serviceTemplateRef"), TEMPLATE) or "",
        state=known(STATES, cfs["serviceState"], "serviceState"),
        characteristics={
            key: each["value"] for each in described if (key := value_of(each["sscRef"], SERVICE_CHARACTERISTIC))
        },
    )


def services(body: Mapping[str, Any]) -> list[Service]:
    listed = ((body.get("inventoryData") or {}).get("cfsList") or {}).get("cfs") or ()
    return [service(cfs) for cfs in listed]


def receipt(events: Iterable[Mapping[str, Any]], reference: str, accepted: datetime) -> Receipt:
    """What the events of one reply say of the product named by our reference."""
    done: Receipt | None = None
    for kind, event in ((kind, event) for each in events for kind, event in each.items() if event is not None):
        if "cfsName" in event:
            raise Rejected("the OSS could not bring the service into the state asked for", code=kind)
        if value_of(event["productName"], PRODUCT) != reference:
            raise Garbled("the reply speaks of another service")
        if event.get("accept") is False:
            raise Rejected("the OSS did not accept the request", code=kind)
        if kind in FINAL:
            native = needed(value_of((event[FINAL[kind]][0] or {}).get("objectName"), CFS), "objectName")
            done = Receipt(reference, native, accepted, facts(event.get("vendorExtensions")))
    if done is None:
        raise Garbled("the reply does not tell the outcome")
    return done


def facts(extensions: Mapping[str, Any] | None) -> dict[str, str]:
    """The name-value pairs of the vendor extensions, where the OSS puts what it decided."""
    # A wildcard holds anything: other vendors' elements, and pairs that nobody has checked.
    lists = [each for each in (extensions or {}).get("_value_1") or () if isinstance(each, dict) and "nvs" in each]
    pairs = [(pair["name"], pair["value"]) for each in lists for pair in each["nvs"] or () if pair]
    return {key: value for key, value in pairs if isinstance(key, str) and isinstance(value, str)}


def work(found: Service, reference: str) -> OrderState:
    return OrderState(reference, found.id, WORK[found.state], found.state, dict(found.characteristics))
