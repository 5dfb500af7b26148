"""The order items of TMF622, and where a client may say which parts it takes."""

from decimal import Decimal
from typing import Any

import pytest

from contracts.model import Money
from gateway.flows.bundles import Bundle, Group, Part, choice_of, picked
from gateway.flows.refusal import Invalid

PARTS = {
    id: Part(id, id, Money(Decimal(1)), "billing", id, lower, upper, default)
    for id, lower, upper, default in (("line", 1, 1, 1), ("small", 0, 1, 0), ("big", 0, 1, 1), ("sim", 0, None, 0))
}
BUNDLE = Bundle("bundle", "Bundle", "EUR", PARTS, (Group("data", "Data", ("small", "big"), (), 1, 1),))


def item(id: str, offering: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "action": "add", "productOffering": {"id": offering}, **more}


def choice(*items: dict[str, Any]) -> dict[str, int]:
    picks = picked(items, nested="productOrderItem", related="productOrderItemRelationship")
    assert [pick.item_id for pick in picks] == ["1"]
    return dict(choice_of(BUNDLE, picks[0]))


def test_nested_items() -> None:
    inner = [item("2", "small"), item("3", "sim", quantity=2), item("4", "sim")]
    assert choice(item("1", "bundle", productOrderItem=inner)) == {"line": 1, "small": 1, "sim": 3}


def test_related_products() -> None:
    related = [{"relationshipType": "bundles", "product": {"productOffering": {"id": "small"}}}]
    assert choice(item("1", "bundle", product={"productRelationship": related})) == {"line": 1, "small": 1}


def test_a_dependency_is_not_a_part() -> None:
    relies = [{"id": "1", "relationshipType": "reliesOn"}]
    picks = picked(
        [item("1", "line"), item("2", "small", productOrderItemRelationship=relies)],
        nested="productOrderItem",
        related="productOrderItemRelationship",
    )
    assert [pick.item_id for pick in picks] == ["1", "2"]


def test_what_is_left_out_stands_at_its_lower_limit_and_nothing_named_at_its_default() -> None:
    assert choice(item("1", "bundle")) == {"line": 1, "big": 1}
    with pytest.raises(Invalid, match="breaks a limit") as refused:
        choice(item("1", "bundle", productOrderItem=[item("2", "sim")]))
    assert refused.value.code == "choice.groupBelowLower"


@pytest.mark.parametrize(
    ("code", "items"),
    [
        ("item.duplicateId", [item("1", "bundle"), item("1", "line")]),
        ("item.offeringMissing", [{"id": "1", "action": "add"}]),
        ("item.idMissing", [item("1", "bundle", productOrderItem=[{"productOffering": {"id": "sim"}}])]),
        ("choice.bundleQuantity", [item("1", "bundle", quantity=2)]),
        ("choice.quantity", [item("1", "bundle", productOrderItem=[item("2", "sim", quantity=-1)])]),
        ("request.malformed", [item("1", "bundle", productOrderItem="x")]),
        (
            "item.unknownRelation",
            [item("1", "bundle", productOrderItemRelationship=[{"id": "9", "relationshipType": "bundles"}])],
        ),
        (
            "item.twoParents",
            [
                item("1", "bundle", productOrderItemRelationship=[{"id": "3", "relationshipType": "bundles"}]),
                item("2", "bundle", productOrderItemRelationship=[{"id": "3", "relationshipType": "bundles"}]),
                item("3", "sim"),
            ],
        ),
    ],
)
def test_items_that_mean_nothing_are_refused(code: str, items: list[dict[str, Any]]) -> None:
    with pytest.raises(Invalid) as refused:
        choice(*items)
    assert refused.value.code == code
