"""Bad input 24 and 25 where the operator wants validation to be strict: what the contract does not know is refused."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.api.tmf630.kernel import Limits
from tests.edge import Build, speaking_to

V4 = "/tmf-api/productCatalogManagement/v4/category"
V5 = "/tmf-api/productCatalogManagement/v5/category"
NAMED = {"name": "n"}
NEWER = {"name": "n", "@type": "Category", "lifecycleStatus": "Active", "lastUpdate": "2026-01-01T00:00:00Z"}
ELSEWHERE = {"@schemaLocation": "http://203.0.113.1/never-fetched.json"}


@pytest.fixture
async def strict(build: Build) -> AsyncIterator[httpx.AsyncClient]:
    async with speaking_to(build(limits=Limits(strict=True))) as client:
        yield client


@pytest.mark.parametrize(("url", "body"), [(V4, NAMED), (V5, NEWER)])
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"colour": "red"}, "colour is unknown"),
        ({"o'd <d": "red"}, "an attribute is unknown"),
        ({"validFor": {"until": "x"}}, "validFor.until is unknown"),
        ({"productOffering": [{"id": "o", "@type": "ProductOfferingRef", "size": 1}]}, "ng[0].size is unknown"),
        ({"@aside": {"id": "x"}}, "@aside is unknown"),
    ],
)
async def test_bad_input_24_an_unknown_attribute_is_refused_by_name(
    strict: httpx.AsyncClient, client: httpx.AsyncClient, url: str, body: dict[str, Any], more: Any, said: str
) -> None:
    refused = await strict.post(url, json={**body, **more})
    assert refused.status_code == 400
    assert said in refused.json()["reason"]
    assert "o'd" not in refused.text
    assert (await client.post(url, json={**body, **more})).status_code == 201


@pytest.mark.parametrize(("url", "body"), [(V4, NAMED), (V5, NEWER)])
async def test_bad_input_24_an_extension_that_says_so_is_taken(
    strict: httpx.AsyncClient, url: str, body: dict[str, Any]
) -> None:
    for more in (ELSEWHERE, {"@type": "Shelf", "@baseType": "Category"}):
        created = await strict.post(url, json={**body, "colour": "red", **more})
        assert (created.status_code, created.json().get("colour")) == (201, "red"), created.text
    assert (await strict.post(url, json=body)).status_code == 201


async def test_bad_input_24_a_patch_is_held_to_it_as_well(strict: httpx.AsyncClient) -> None:
    href = (await strict.post(V4, json=NAMED)).json()["href"]
    refused = await strict.patch(href, json={"colour": "red"})
    assert (refused.status_code, refused.json()["reason"]) == (400, "colour is unknown to the contract")
    assert (await strict.patch(href, json={"description": "d"})).status_code == 200


async def test_bad_input_25_an_unknown_type_is_refused(strict: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    for body in ({**NAMED, "@type": "Stranger9"}, {**NAMED, "@type": "Stranger9", "@baseType": "Stranger8"}):
        refused = await strict.post(V4, json=body)
        assert (refused.status_code, refused.json()["reason"]) == (400, "@type is unknown to the contract")
        assert "Stranger" not in refused.text
        assert (await client.post(V4, json=body)).status_code == 201
    assert (await strict.post(V5, json={**NEWER, "@type": "Stranger9"})).status_code == 400
