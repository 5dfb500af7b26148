"""The price of a choice: the oracles B and C of the domain specification, and what must hold for every bundle."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import Money
from gateway.flows.bundles import Bundle, Discount, Group, Part, Priced, price


def bundle(
    prices: list[str], *discounts: Discount, currency: str = "EUR", groups: tuple[Group, ...] = ()
) -> tuple[Bundle, dict[str, int]]:
    parts = {
        str(n): Part(str(n), f"part {n}", Money(Decimal(amount), currency), "billing", str(n), 0, 9, 1)
        for n, amount in enumerate(prices)
    }
    return Bundle("b", "bundle", currency, parts, groups, discounts), dict.fromkeys(parts, 1)


def percent(figure: str, id: str = "p", **more: object) -> Discount:
    return Discount(id, id, percentage=Decimal(figure), **more)  # type: ignore[arg-type]


def amount(figure: str, id: str = "a", currency: str = "EUR", **more: object) -> Discount:
    return Discount(id, id, amount=Money(Decimal(figure), currency), **more)  # type: ignore[arg-type]


def shares(priced: Priced, id: str) -> list[str]:
    zero = Money(Decimal(0), priced.total.currency)
    return [str(line.shares.get(id, zero).amount) for line in priced.lines]


def nets(priced: Priced) -> list[str]:
    return [str(line.net.amount) for line in priced.lines]


def test_b1_c1_percentage_of_the_sum_shared_by_largest_remainder() -> None:
    priced = price(*bundle(["20.00", "15.00"], percent("15")))
    assert str(priced.alterations[0].amount.amount) == "-5.25"
    assert shares(priced, "p") == ["-3.00", "-2.25"]
    assert nets(priced) == ["17.00", "12.75"]
    assert priced.total == Money(Decimal("29.75"))


def test_b2_rounded_once_on_the_sum() -> None:
    priced = price(*bundle(["3.33", "3.33", "3.33"], percent("10")))
    assert shares(priced, "p") == ["-0.34", "-0.33", "-0.33"]
    assert priced.total == Money(Decimal("8.99"))


def test_b3_priorities_cascade_on_the_running_sum() -> None:
    def total(first: int, second: int, third: int) -> str:
        discounts = percent("20", "x", priority=first), percent("10", "y", priority=second)
        return str(price(*bundle(["50.00"], *discounts, amount("5.00", priority=third))).total.amount)

    assert total(1, 2, 3) == "31.00"
    assert total(2, 3, 1) == "32.40"
    assert total(0, 0, 0) == "31.00"


def test_b5_an_amount_never_takes_more_than_there_is() -> None:
    priced = price(*bundle(["8.00"], amount("10.00"), percent("10", priority=1)))
    assert priced.total == Money(Decimal("0.00"))
    assert [str(altered.amount.amount) for altered in priced.alterations] == ["-8.00"]


def test_b11_yen_have_no_minor_unit() -> None:
    priced = price(*bundle(["980", "1480", "500"], percent("7"), currency="JPY"))
    assert shares(priced, "p") == ["-69", "-103", "-35"]
    assert priced.total == Money(Decimal(2753), "JPY")


def test_b12_dinars_have_three_digits() -> None:
    priced = price(*bundle(["4.750", "2.125"], percent("12.5"), currency="KWD"))
    assert shares(priced, "p") == ["-0.593", "-0.266"]
    assert priced.total == Money(Decimal("6.016"), "KWD")


def test_b13_an_amount_over_lines_of_which_one_is_free() -> None:
    priced = price(*bundle(["19.99", "9.99", "4.99", "0.00", "4.99"], amount("10.00")))
    assert shares(priced, "a") == ["-5.00", "-2.50", "-1.25", "0", "-1.25"]
    assert nets(priced) == ["14.99", "7.49", "3.74", "0.00", "3.74"]
    assert priced.total == Money(Decimal("29.96"))


@pytest.mark.parametrize(
    ("unrounded", "rounded"), [("2.345", "2.35"), ("2.335", "2.34"), ("2.3449", "2.34"), ("0.005", "0.01")]
)
def test_b14_lines_are_rounded_half_up(unrounded: str, rounded: str) -> None:
    assert str(price(*bundle([unrounded])).total.amount) == rounded


def test_a_line_is_price_times_quantity_rounded_once() -> None:
    made, _ = bundle(["2.495"])
    assert str(price(made, {"0": 3}).lines[0].amount.amount) == "7.49"


def test_a_discount_needs_every_part_and_group_it_names() -> None:
    extras = Group("extras", "Extras", ("1", "2"))
    made, _ = bundle(["20.00", "10.00", "10.00"], percent("50", needs=("0", "extras")), groups=(extras,))
    assert str(price(made, {"0": 1, "2": 1}).total.amount) == "15.00"
    assert str(price(made, {"0": 1}).total.amount) == "20.00"
    assert str(price(made, {"1": 1, "2": 1}).total.amount) == "20.00"


def test_an_inner_bundles_discount_alters_its_parts_only() -> None:
    made, choice = bundle(["20.00", "10.00"], percent("50", over=frozenset({"1"})))
    assert nets(price(made, choice)) == ["20.00", "5.00"]


discounts = st.lists(st.tuples(st.booleans(), st.decimals("0", "100", places=3), st.integers(0, 3)), max_size=4).map(
    lambda drawn: [
        percent(str(figure), f"d{n}", priority=priority) if share else amount(str(figure), f"d{n}", priority=priority)
        for n, (share, figure, priority) in enumerate(drawn)
    ]
)
prices = st.lists(st.decimals("0", "500", places=3).map(str), min_size=1, max_size=8)


@given(prices, discounts, st.data())
def test_shares_add_up_and_nothing_turns_negative(drawn: list[str], given: list[Discount], data: st.DataObject) -> None:
    made, choice = bundle(drawn, *given)
    choice = {id: data.draw(st.integers(0, 9)) for id in choice}
    priced = price(made, choice)
    zero = Money(Decimal(0))
    for altered in priced.alterations:
        share = sum((line.shares.get(altered.discount.id, zero) for line in priced.lines), zero)
        assert share.amount == altered.amount.amount < 0
    assert all(line.net.amount >= 0 for line in priced.lines)
    listed = sum((line.amount for line in priced.lines), zero)
    assert priced.total.amount == sum((altered.amount for altered in priced.alterations), listed).amount
