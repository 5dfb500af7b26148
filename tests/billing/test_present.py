"""The bill as the customer knows it: oracle C10, and every legacy line accounted for exactly once."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from contracts.model import Bill, BillLine, Money
from gateway.flows.billing import BillSection, sections

REALISATION: dict[str, Any] = {
    "name": "Mobile Together",
    "productId": "p",
    "currency": "EUR",
    "lines": [
        {
            "reference": "o.1.line",
            "kind": "product",
            "nativeOfferingId": "RP_MOB20",
            "name": "Line",
            "amount": Decimal("20.00"),
            "productId": "p1",
        },
        {
            "reference": "o.2.line",
            "kind": "product",
            "nativeOfferingId": "AO_D20",
            "name": "Data",
            "amount": Decimal("15.00"),
            "productId": "p2",
        },
        {
            "reference": "o.d.discount",
            "kind": "discount",
            "nativeOfferingId": None,
            "name": "15 % off",
            "amount": Decimal("-5.25"),
            "productId": None,
            "shares": [
                {"reference": "o.1.line", "amount": Decimal("-3.00")},
                {"reference": "o.2.line", "amount": Decimal("-2.25")},
            ],
        },
    ],
}


def bill(*lines: tuple[str, str, str, str | None]) -> Bill:
    """Lines as (id, description, amount, native offering id)."""
    made = tuple(BillLine(id, said, 1, Money(Decimal(amount)), offering) for id, said, amount, offering in lines)
    total = sum((line.amount for line in made), Money(Decimal(0)))
    return Bill("b", "1", "c", "a", datetime(2026, 11, 1, tzinfo=UTC), None, total, total, made)


def shown(found: list[BillSection]) -> dict[str, dict[str, str]]:
    return {section.name: {charge.name: str(charge.amount.amount) for charge in section.charges} for section in found}


C10 = bill(
    ("1", "RP_MOB20", "20.00", "RP_MOB20"),
    ("2", "AO_D20", "15.00", "AO_D20"),
    ("3", "15 % off", "-5.25", None),
    ("4", "Old television", "4.99", "AO_OLDTV"),
    ("5", "Goodwill", "-3.00", None),
)


def test_c10_the_bundle_first_then_what_is_owned_beside_it_then_the_rest() -> None:
    found = sections(C10, [REALISATION], {"RP_MOB20", "AO_D20", "AO_OLDTV"})
    assert shown(found) == {
        "Mobile Together": {"Line": "17.00", "Data": "12.75"},
        "Other products": {"Old television": "4.99"},
        "Other charges": {"Goodwill": "-3.00"},
    }
    assert [section.known for section in found] == [True, True, False]
    assert sum((section.amount.amount for section in found), Decimal(0)) == C10.total.amount


def test_the_pieces_of_each_legacy_line_add_up_to_it() -> None:
    pieces: dict[str, Decimal] = {}
    for section in sections(C10, [REALISATION], {"AO_OLDTV"}):
        for charge in section.charges:
            for line, amount in charge.pieces:
                pieces[line] = pieces.get(line, Decimal(0)) + amount.amount
    assert pieces == {line.id: line.amount.amount for line in C10.lines}


def test_a_line_that_billing_changed_is_not_taken_for_ours() -> None:
    raised = bill(("1", "RP_MOB20", "20.00", "RP_MOB20"), ("2", "AO_D20", "15.50", "AO_D20"))
    found = sections(raised, [REALISATION], {"AO_D20"})
    assert shown(found) == {"Mobile Together": {"Line": "20.00"}, "Other products": {"AO_D20": "15.50"}}


def test_a_discount_whose_part_is_not_billed_is_shown_as_itself() -> None:
    half = bill(("1", "RP_MOB20", "20.00", "RP_MOB20"), ("3", "15 % off", "-5.25", None))
    found = sections(half, [REALISATION], set())
    assert shown(found) == {"Mobile Together": {"Line": "20.00", "15 % off": "-5.25"}}


def test_the_same_bundle_twice_on_one_bill_takes_each_line_once() -> None:
    again = {**REALISATION, "name": "Second", "productId": "q"}
    lines = [
        ("1", "RP_MOB20", "20.00", "RP_MOB20"),
        ("2", "AO_D20", "15.00", "AO_D20"),
        ("3", "15 % off", "-5.25", None),
    ]
    twice = bill(*lines, *((f"{id}b", said, amount, offering) for id, said, amount, offering in lines))
    found = sections(twice, [REALISATION, again], set())
    assert [str(section.amount.amount) for section in found] == ["29.75", "29.75"]
