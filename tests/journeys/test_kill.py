"""kill -9 in the middle of orders: afterwards all are completed, and each ledger shows one effect per reference."""

import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.house import House, running, wait_for
from tests.journeys import ordering
from tests.stores import DATABASES, fresh_url

KILLS = 12 if os.environ.get("BANYAN_SOAK") else 3


@pytest.fixture(params=DATABASES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    async with fresh_url(request.param, tmp_path) as url:
        options = ["--store", url] if request.param == "postgresql" else []
        with running(tmp_path / "state", *options) as house:
            yield house


@pytest.mark.slow
def test_killed_in_the_middle_of_orders(house: House) -> None:
    chance = random.Random(20261122)
    with house.app as app:
        offering, parts = ordering.bundle(app)
        people = [customer["id"] for customer in ordering.customers(app)][:5]
    placed: list[str] = []
    for kill in range(KILLS):
        house.fault("jbilling", "createOrder", chance.choice(["lost-answer", "fault", "garbage"]))
        house.fault("mtosi", "activate", chance.choice(["lost-answer", "fault", "refuse"]), after=1)
        with house.app as app:
            for number, person in enumerate(people):
                order = ordering.place(app, ordering.order_body(person, offering, parts), f"{kill}-{number}")
                placed.append(order["id"])
            wait_for("some progress", lambda: _booked(house) >= chance.randrange(len(placed)))
        house.kill()
        house.restart()

    def settled() -> list[dict[str, object]] | None:
        with house.app as app:
            return ordering.all_final(app, placed)

    orders = wait_for("every order", settled, 120)
    assert Counter(order["state"] for order in orders) == {"completed": len(placed)}
    booked = Counter(line["reference"] for line in house.ledger("jbilling") if line["operation"] == "createOrder")
    assert booked == dict.fromkeys(placed, 1)
    activated = Counter(
        (line["operation"], line["reference"]) for line in house.ledger("mtosi") if line["operation"] == "activate"
    )
    assert len(activated) == 2 * len(placed)
    assert set(activated.values()) == {1}


def _booked(house: House) -> int:
    try:
        return sum(line["operation"] == "createOrder" for line in house.ledger("jbilling"))
    except httpx.HTTPError:
        return 0
