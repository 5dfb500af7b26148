"""A service in the network -> the stored TMF638 document."""

from typing import Any

from gateway.flows.party import as_customer
from gateway.flows.services import Provided


def service_document(provided: Provided) -> dict[str, Any]:
    service = provided.service
    specification = {"id": service.specification, "name": service.specification, "@type": "ServiceSpecificationRef"}
    body: dict[str, Any] = {
        "id": provided.id,
        "name": service.specification,
        "state": service.state,
        "isServiceEnabled": service.state == "active",
        "serviceDate": provided.since,
        "serviceSpecification": specification,
        "serviceCharacteristic": [
            {"name": name, "value": value, "valueType": "string", "@type": "StringCharacteristic"}
            for name, value in sorted(service.characteristics.items())
        ],
        "@type": "Service",
    }
    if provided.customer_id is not None:
        body["relatedParty"] = [as_customer(provided.customer_id)]
    return body
