"""One price everywhere: promised, ordered, booked and billed to the cent, whatever bundle a client thinks of."""

import random
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest

from tests.house import BILLS, CUSTOMERS, INVENTORY, ORDERS, House, running, wait_for
from tests.journeys import ordering, shopping

RATES = "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate"
SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 20))]
ORDERS_EACH = 4


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("prices") / "state") as house:
        with house.app as app:
            # A list is 503 until its mirror was read once.
            lists = (CUSTOMERS, INVENTORY, BILLS)
            wait_for("the mirrors", lambda: all(app.get(path, params={"id": "-"}).is_success for path in lists))
        yield house


@pytest.mark.parametrize("seed", SEEDS)
def test_every_place_tells_the_same_total(house: House, seed: int) -> None:
    chance = random.Random(seed)
    with house.app as app:
        shelf = shopping.tariffs(app)
        people = [customer["id"] for customer in shopping.exact(app.get(CUSTOMERS))]
        expected: dict[str, Decimal] = {}
        for _ in range(ORDERS_EACH):
            wanted = [shopping.configured(app, chance, shelf) for _ in range(chance.choice((1, 1, 2)))]
            customer = chance.choice(people)
            total = sum((one.total for one in wanted), Decimal(0))
            asked = shopping.qualification(customer, wanted, chance)
            assert shopping.qualified_total(shopping.exact(app.post(shopping.QUALIFICATION, json=asked))) == total
            placed = shopping.place(app, shopping.order(customer, wanted, chance))
            assert shopping.ordered_total(placed) == total
            expected[placed["id"]] = total
        orders = wait_for("the orders", lambda: ordering.all_final(app, list(expected)))
        assert {order["id"]: order["state"] for order in orders} == dict.fromkeys(expected, "completed")
        booked = {line["reference"]: line for line in house.ledger("jbilling") if line["operation"] == "createOrder"}
        assert {id: Decimal(booked[id]["amount"]) for id in expected} == expected
        for id, total in expected.items():
            bill = wait_for(f"the bill of {id}", partial(_bill, app, id))
            assert Decimal(bill["taxIncludedAmount"]["value"]) == total
            rates = shopping.exact(app.get(RATES, params={"bill.id": bill["id"], "limit": 100}))
            assert sum((Decimal(rate["taxIncludedAmount"]["value"]) for rate in rates), Decimal(0)) == total
            assert {rate["product"]["id"] for rate in rates} <= _products(app, id)


def _products(app: httpx.Client, order: str) -> set[str]:
    query = {"productOrderItem.productOrderId": order, "limit": 100}
    return {product["id"] for product in shopping.exact(app.get(INVENTORY, params=query))}


def _bill(app: httpx.Client, order: str) -> dict[str, Any] | None:
    """The bill that shows a product of this order."""
    products = _products(app, order)
    [customer] = [
        p["id"] for p in shopping.exact(app.get(f"{ORDERS}/{order}"))["relatedParty"] if p["role"] == "customer"
    ]
    bills = shopping.exact(app.get(BILLS, params={"relatedParty.id": customer, "limit": 100}))
    for bill in bills:
        if any((section.get("product") or {}).get("id") in products for section in bill["billSection"]):
            found: dict[str, Any] = bill
            return found
    return None
