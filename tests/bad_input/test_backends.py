"""Reads while the legacy is down or answers nonsense: the mirror with its true age, or an error; never nothing."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from banyan.simulate.faults import parse
from tests.house import ACCOUNTS, BILLS, CATALOG, CUSTOMERS, INDIVIDUALS, INVENTORY, ORGANIZATIONS, SERVICES
from tests.whole import Whole, whole

RATES = "/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate"
OFFERINGS = f"{CATALOG}/v4/productOffering"
BILLED = (CUSTOMERS, INDIVIDUALS, ORGANIZATIONS, ACCOUNTS, BILLS, RATES, INVENTORY, OFFERINGS)
"""What billing masters."""
MIRRORED = (*BILLED, SERVICES)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole(tmp_path) as house:
        yield house


def fail(house: Whole, kind: str) -> None:
    every = parse({"operation": "*", "kind": kind, "times": 10_000}, house.billing.operations)
    house.billing.faults.arm(every)


@pytest.mark.parametrize("kind", [pytest.param("garbage", marks=pytest.mark.slow), "swap", "lost-answer"])
async def test_an_answer_not_to_be_trusted_leaves_the_mirror_as_it_was(house: Whole, kind: str) -> None:
    one = {path: (await house.http.get(path)).json()[0] for path in BILLED}
    fail(house, kind)
    aged: dict[str, list[datetime]] = {path: [] for path in BILLED}
    for _ in range(2):
        for path, shown in one.items():
            listed = await house.http.get(path)
            read = await house.http.get(f"{path}/{shown['id']}")
            assert (listed.status_code, read.status_code) == (200, 200)
            assert shown in listed.json()
            assert read.json() == shown
            aged[path].append(datetime.fromisoformat(read.headers["X-As-Of"]))
            assert datetime.fromisoformat(listed.headers["X-As-Of"]) <= aged[path][-1]
            if path not in (RATES, OFFERINGS):  # these are not read through
                assert read.headers["X-Missing-Source"] == "jbilling", path

        heard = sum(house.billing.received.values())

        async def asked_again(count: int = heard) -> bool:
            return sum(house.billing.received.values()) > count

        if kind == "garbage":
            await house.until(asked_again)
    assert all(first == second for first, second in aged.values()), "nobody confirmed anything"
    for path in BILLED:

        async def told(path: str = path) -> bool:
            return (await house.http.get(path)).headers.get("X-Missing-Source") == "jbilling"

        await house.until(told)
    assert "X-Missing-Source" not in (await house.http.get(SERVICES)).headers
    house.billing.faults.reset()

    async def answered() -> bool:
        lists = [await house.http.get(path) for path in BILLED]
        return not any("X-Missing-Source" in each.headers for each in lists)

    await house.until(answered)


async def test_a_legacy_that_was_never_read_is_not_an_empty_one(tmp_path: Path) -> None:
    async with whole(tmp_path, ready=False, down=True) as house:
        for path in MIRRORED:
            for asked in (path, f"{path}?id=x", f"{path}/unknown"):
                answer = await house.http.get(asked)
                assert answer.status_code == 503, (asked, answer.text)
                assert answer.headers["Retry-After"]
                assert answer.json()["code"] == "backend.unavailable"
        house.billing.faults.reset()

        async def there() -> bool:
            answers = [await house.http.get(path) for path in MIRRORED]
            unknown = [(await house.http.get(f"{path}/unknown")).status_code for path in MIRRORED]
            return unknown == [404] * len(MIRRORED) and all(answer.json() for answer in answers)

        await house.until(there)
