"""What the cases of the edge have in common: where they are sent, and what a refusal looks like."""

import httpx

OFFERINGS = "/tmf-api/productCatalogManagement/v4/productOffering"

OFFERINGS_V5 = "/tmf-api/productCatalogManagement/v5/productOffering"

HUB = "/tmf-api/productCatalogManagement/v4/hub"

JSON = {"Content-Type": "application/json"}


def refused(answer: httpx.Response, status: int, *said: str) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["@type"] == "Error"
    assert body["status"] == str(status)
    assert body["code"]
    for word in said:
        assert word in body["reason"], body
