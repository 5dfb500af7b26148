"""A legacy system that is gone while customers order: orders are taken, wait, and go on when it is back."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.house import INVENTORY, ORDERS, House, running, wait_for
from tests.journeys import ordering

WORKS = {"jbilling": "createOrder", "mtosi": "activate"}


@contextmanager
def simulated(house: House, system: str) -> Iterator[None]:
    """What an operator does: start it again where it was."""
    soap, control = (str(urlsplit(house.endpoints[kind][system]).port) for kind in ("simulators", "controls"))
    command = [sys.executable, "-m", "gateway", "simulate", system, "--port", soap, "--control", control]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline(), "it did not start"
        try:
            yield
        finally:
            process.stdin.close()


@pytest.mark.slow
@pytest.mark.parametrize("system", ["jbilling", "mtosi"])
def test_orders_wait_for_a_system_that_is_down(tmp_path: Path, system: str) -> None:
    with running(tmp_path / "state") as house, house.app as app:
        offering, parts = ordering.bundle(app)
        people = [customer["id"] for customer in ordering.customers(app)][:3]
        os.kill(house.endpoints["pids"][system], signal.SIGKILL)
        placed = [
            ordering.place(app, ordering.order_body(person, offering, parts), f"key-{person}")["id"]
            for person in people
        ]
        read = app.get(INVENTORY)
        assert read.is_success or (read.status_code == 503 and "retry-after" in read.headers)
        wait_for("the orders to begin", lambda: {_state(app, id) for id in placed} == {"inProgress"})
        with simulated(house, system):
            orders = wait_for("the orders", lambda: ordering.all_final(app, placed))
            assert {order["state"] for order in orders} == {"completed"}
            effects = [line for line in house.ledger(system) if line["operation"] == WORKS[system]]
            assert set(Counter(line["reference"] for line in effects).values()) == {1}
            assert len(effects) == len(placed) * (1 if system == "jbilling" else len(parts))


def _state(app: httpx.Client, id: str) -> str:
    return str(app.get(f"{ORDERS}/{id}").raise_for_status().json()["state"])
