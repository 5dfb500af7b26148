"""Vouchers cannot be found out by trying: after five that failed within a quarter of an hour, no more are taken."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway.flows.refusal import Later
from gateway.store.port import Document, Put
from tests.balance.house import ANNA, SPENT, TOP_UPS, house
from tests.balance.world import MONEY, NUMBER, VOUCHER, World

MOST, WINDOW_S = 5, 15 * 60


async def guess(world: World, body: dict[str, Any] = VOUCHER) -> str:
    """How a top-up ended, with time enough between two to tell them apart."""
    id = await world.accept(body)
    await world.sent()
    world.clock.advance(1)
    return str((await world.top_up(id))["status"])


@pytest.fixture
async def locked(world: World) -> World:
    """After five vouchers that the system did not know, one second after the other."""
    world.wallet.always["redeem"] = "reject"
    assert [await guess(world) for _ in range(MOST)] == ["failed"] * MOST
    return world


async def test_the_sixth_is_not_sent_and_is_told_when_to_come_back(locked: World) -> None:
    sent = len(locked.wallet.calls)
    with pytest.raises(Later) as later:
        await locked.accept(VOUCHER)
    assert later.value.wait_s == WINDOW_S - MOST
    assert len(locked.wallet.calls) == sent
    locked.again()
    with pytest.raises(Later):
        await locked.accept(VOUCHER)


async def test_money_is_taken_all_the_same(locked: World) -> None:
    assert await guess(locked, MONEY) == "completed"


async def test_one_more_is_free_when_the_first_is_old_enough(locked: World) -> None:
    locked.clock.advance(WINDOW_S - MOST)
    await locked.accept(VOUCHER)
    with pytest.raises(Later) as later:
        await locked.accept(VOUCHER)
    assert later.value.wait_s == 1


async def test_another_customer_is_not_touched(locked: World) -> None:
    """The number is that of a customer from now on, who has not tried anything yet."""
    realisation = {"productId": "p", "name": "Bundle", "start": "2026-01-01T00:00:00.000Z"}
    body = {**realisation, "subscribers": {"msisdn": [NUMBER]}}
    await locked.store.commit(Put(Document("banyan/realisation", "p", body, owner="ben")))
    assert await guess(locked) == "failed"


@pytest.mark.parametrize("fault", ["", "down", "lost", "timeout"])
async def test_what_was_no_guess_does_not_count(world: World, fault: str) -> None:
    """It was spent, could not be sent, or was never spent."""
    for _ in range(MOST + 1):
        world.wallet.script["redeem"] = [fault]
        await world.settle(await world.accept(VOUCHER))


async def test_many_at_once_count_as_many(world: World) -> None:
    world.wallet.always["redeem"] = "reject"
    ended = await asyncio.gather(*(world.accept(VOUCHER) for _ in range(4 * MOST)), return_exceptions=True)
    await world.sent()
    assert sum(isinstance(each, str) for each in ended) == MOST
    assert sum(isinstance(each, Later) for each in ended) == 3 * MOST
    assert len(world.wallet.codes) == MOST


async def test_a_client_is_told_how_long_to_wait(tmp_path: Path) -> None:
    async with house(tmp_path) as app:
        for _ in range(MOST):
            assert (await app.top_up(None, voucher=SPENT)).status_code == 201
        answer = await app.http.post(TOP_UPS, json={"logicalResource": {"id": ANNA}, "voucher": SPENT})
        told = answer.json()
        assert (answer.status_code, told["code"], told["@type"]) == (429, "balance.guesses", "Error")
        assert 0 < int(answer.headers["Retry-After"]) <= WINDOW_S
        assert (await app.http.get(told["referenceError"])).json()["status"] == [429]
        assert (await app.top_up()).status_code == 201
