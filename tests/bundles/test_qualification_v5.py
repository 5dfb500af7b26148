"""TMF679 v5: the same check as v4 under its new name, and the query for what a customer can have."""

from typing import Any

import pytest

from gateway.api.tmf630.forms.schema import Validators
from tests.bundles.conftest import CUSTOMER, QUALIFY, SERVED, V5, World
from tests.bundles.shapes import mobile

CHECK = "/tmf-api/productOfferingQualification/v5/checkProductOfferingQualification"
QUERY = "/tmf-api/productOfferingQualification/v5/queryProductOfferingQualification"
BUY = {
    "relatedParty": [
        {
            "@type": "RelatedPartyOrPartyRole",
            "role": "customer",
            "partyOrPartyRole": {"@type": "PartyRef", "id": CUSTOMER},
        }
    ]
}


def check(*offerings: str) -> dict[str, Any]:
    kind = "CheckProductOfferingQualification"
    return {
        "@type": kind,
        **BUY,
        "checkProductOfferingQualificationItem": [
            {"@type": f"{kind}Item", "productOffering": {"@type": "ProductOfferingRef", "id": id}} for id in offerings
        ],
    }


def query(**criteria: Any) -> dict[str, Any]:
    kind = "QueryProductOfferingQualification"
    return {"@type": kind, **BUY, "searchCriteria": {"@type": f"{kind}Item", "id": "1", **criteria}}


def faults(type: str, body: dict[str, Any]) -> list[str]:
    return Validators(SERVED.contract("TMF679", "v5")).faults(type, body)


async def test_a_check_of_v5_is_a_qualification_of_v4(world: World) -> None:
    ids = await world.ids()
    bundle = await world.call("POST", f"{V5}/productOffering", mobile(ids), status=201)
    made = await world.call("POST", CHECK, check(bundle["id"], ids["Insurance"]), status=201)
    assert faults("CheckProductOfferingQualification", made) == []
    first, second = made["checkProductOfferingQualificationItem"]
    assert [first["id"], second["id"], first["qualificationItemResult"]] == ["1", "2", "qualified"]
    assert [price["@type"] for price in first["product"]["productPrice"]] == ["ProductPrice"] * 2
    older = await world.call("GET", f"{QUALIFY}/{made['id']}", status=200)
    assert older["@type"] == "ProductOfferingQualification"
    assert older["productOfferingQualificationDate"] == made["creationDate"]
    assert older["productOfferingQualificationItem"][0]["productOffering"]["id"] == bundle["id"]
    assert older["relatedParty"][0]["id"] == CUSTOMER
    for path in (
        f"{QUALIFY}?productOfferingQualificationItem.productOffering.id={bundle['id']}",
        f"{CHECK}?checkProductOfferingQualificationItem.productOffering.id={bundle['id']}",
        f"{CHECK}?relatedParty.partyOrPartyRole.id={CUSTOMER}",
    ):
        assert len(await world.call("GET", path, status=200)) == 1, path


async def test_a_broken_limit_has_its_reason_in_both_versions(world: World) -> None:
    ids = await world.ids()
    asked = check(ids["Insurance"])
    asked["checkProductOfferingQualificationItem"][0]["quantity"] = 0
    made = await world.call("POST", CHECK, asked, status=201)
    reasons = made["checkProductOfferingQualificationItem"][0]["eligibilityResultReason"]
    assert {reason["@type"] for reason in reasons} == {"EligibilityResultReason"}
    older = await world.call("GET", f"{QUALIFY}/{made['id']}", status=200)
    told = older["productOfferingQualificationItem"][0]["eligibilityUnavailabilityReason"]
    assert [reason["code"] for reason in told] == [reason["code"] for reason in reasons]


async def test_a_query_answers_what_can_be_had_and_at_which_price(world: World) -> None:
    ids = await world.ids()
    retired = mobile(ids) | {"name": "Old", "lifecycleStatus": "Retired"}
    await world.call("POST", f"{V5}/productOffering", retired, status=201)
    answer = await world.call("POST", QUERY, query(), status=201)
    assert faults("QueryProductOfferingQualification", answer) == []
    assert answer["state"] == "done"
    found = {item["productOffering"]["name"]: item for item in answer["qualifiedProductOfferingItem"]}
    assert found.keys() == ids.keys()
    price = found["Insurance"]["product"]["productPrice"][0]["price"]["dutyFreeAmount"]
    assert (price["unit"], str(price["value"])) == ("EUR", "4.99")


@pytest.mark.parametrize("place", ["productOffering", "category", "product"])
async def test_a_query_keeps_to_its_criteria(world: World, place: str) -> None:
    ids = await world.ids()
    bundle = mobile(ids) | {"category": [{"@type": "CategoryRef", "id": "phones", "name": "Phones"}]}
    await world.call("POST", f"{V5}/productOffering", bundle, status=201)
    insurance = await world.offering("Insurance")
    specification = {"@type": "ProductSpecificationRef", "id": insurance["productSpecification"]["id"]}
    criteria: dict[str, tuple[dict[str, Any], str]] = {
        "productOffering": ({"@type": "ProductOfferingRef", "id": ids["Insurance"]}, "Insurance"),
        "category": ({"@type": "CategoryRef", "id": "phones"}, bundle["name"]),
        "product": ({"@type": "Product", "productSpecification": specification}, "Insurance"),
    }
    criterion, expected = criteria[place]
    answer = await world.call("POST", QUERY, query(**{place: criterion}), status=201)
    assert [item["productOffering"]["name"] for item in answer["qualifiedProductOfferingItem"]] == [expected]


async def test_a_criterion_that_nothing_is_held_against_is_refused(world: World) -> None:
    promotion = {"@type": "PromotionRef", "id": "spring"}
    refused = await world.call("POST", QUERY, query(promotion=promotion), status=400)
    assert refused["code"] == "qualification.criteria"


async def test_v5_asks_for_the_type_of_what_is_sent(world: World) -> None:
    ids = await world.ids()
    for path, body in ((CHECK, check(ids["Insurance"])), (QUERY, query())):
        await world.call("POST", path, {**body, "@type": None}, status=400)
    asked = check(ids["Insurance"])
    del asked["checkProductOfferingQualificationItem"][0]["@type"]
    assert "@type" in (await world.call("POST", CHECK, asked, status=400))["reason"]
