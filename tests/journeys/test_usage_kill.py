"""Killed with -9 while usage files are read, again and again: totals exact, each threshold told once."""

import json
import random
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.house import INVENTORY, House, running, wait_for
from tests.journeys import ordering
from tests.stores import DATABASES, fresh_url

pytestmark = pytest.mark.slow
USAGE = "/tmf-api/usageManagement/v4/usage"
CONSUMPTION = "/tmf-api/usageConsumption/v4"
PACK = 20 * 10**9
ROWS = 12_000
KILLS = 4


@pytest.fixture(params=DATABASES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    async with fresh_url(request.param, tmp_path) as url:
        options = [] if request.param == "sqlite" else ["--store", url]
        with running(tmp_path / "state", *options) as house:
            yield house


@contextmanager
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An address to call back, and what was told there."""
    told: list[dict[str, Any]] = []

    class Told(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "Threshold" in event["eventType"]:
                told.append(event)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/told", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def drop(house: House, name: str, content: str) -> None:
    aside = house.drop / f"{name}.tmp"
    aside.write_text(content)
    aside.rename(house.drop / name)


def number_of(app: httpx.Client, customer: str, offering: str) -> str:
    """The number that the bundle's line was given."""
    mine = {"relatedParty.id": customer, "productOffering.id": offering}
    [product] = app.get(INVENTORY, params=mine).json()
    facts = [fact for part in product["product"] for fact in part.get("productCharacteristic", ())]
    return str(next(fact["value"] for fact in facts if fact["name"] == "msisdn"))


def records(app: httpx.Client, **query: Any) -> int:
    return int(app.get(USAGE, params={"limit": 1, **query}).headers["X-Total-Count"])


def used(app: httpx.Client, customer: str) -> list[int]:
    """How much of each data bucket TMF677 says is used."""
    asked = {"searchCriteria": {"relatedParty": [{"id": customer}]}}
    answer = app.post(f"{CONSUMPTION}/queryUsageConsumption", json=asked).raise_for_status().json()
    buckets = [bucket for each in answer["usageConsumption"] for bucket in each["bucketRefOrValue"]]
    return [bucket["bucketCounter"][0]["value"]["amount"] for bucket in buckets if bucket["usageType"] == "data"]


def test_killed_in_the_middle_of_files(house: House) -> None:
    with listener() as (callback, told):
        with house.app as app:
            app.post(f"{CONSUMPTION}/hub", json={"callback": callback}).raise_for_status()
            customer = ordering.customers(app)[0]["id"]
            offering, parts = ordering.bundle(app)
            placed = ordering.place(app, ordering.order_body(customer, offering, parts), "usage")
            wait_for("the order", lambda: ordering.all_final(app, [placed["id"]]))
            number = number_of(app, customer, offering["id"])

        start = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
        amount = PACK * 9 // 10 // ROWS
        rows = [f"k{n},{number},{start},data,{amount},bytes" for n in range(ROWS)]
        content = "\n".join(["id,msisdn,start,kind,amount,unit", *rows, "broken", rows[7]]) + "\n"
        drop(house, "first.csv", content)
        drop(house, "again.csv", content)
        drop(house, "more.csv", f"{content}more,{number},{start},data,0,bytes\n")
        for progress in sorted(random.Random(2).sample(range(ROWS), KILLS)):
            with house.app as app:
                wait_for("progress", partial(_reached, app, progress))
            house.kill()
            house.restart()

        with house.app as app:
            wait_for("the files", lambda: not [path for path in house.drop.iterdir() if path.is_file()])
            wait_for("the charge", lambda: records(app, status="rated") == ROWS + 1)
            assert records(app) == ROWS + 1
            assert used(app, customer) == [amount * ROWS]
            wait_for("the threshold", lambda: told)
            assert len({event["eventId"] for event in told}) == 1


def _reached(app: httpx.Client, progress: int) -> bool:
    return records(app) > progress
