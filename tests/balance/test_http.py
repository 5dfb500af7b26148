"""Balances over HTTP, before a prepaid system that is asked over SOAP: read live, topped up once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from contracts.faults import Fault
from tests.balance.house import (
    ACTIONS,
    ANNA,
    BEN,
    BUCKETS,
    PREPAY,
    QUERIES,
    REPORTS,
    SPENT,
    TOP_UPS,
    TOTALS,
    VOUCHER,
    House,
    house,
)

NOBODY, OTHER, THIRD = "491555999999", "491555000004", "491555000002"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with house(tmp_path_factory.mktemp("house")) as app:
        yield app


@pytest.fixture
def app(served: House) -> House:
    """The system as it starts; what the gateway has kept of it so far is no younger than that."""
    served.system.reset()
    return served


async def listed(app: House, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = await app.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_the_buckets_of_a_subscriber_are_listed_and_read(app: House) -> None:
    buckets = await listed(app, BUCKETS, **{"logicalResource.id": ANNA})
    assert [each["usageType"] for each in buckets] == ["monetary", "data", "voice", "sms"]
    main = buckets[0]
    assert main["remainingValue"] == {"amount": 12.5, "units": "EUR"}
    assert main["logicalResource"][0]["id"] == ANNA
    assert main["validFor"]["endDateTime"].endswith("Z")
    read = await app.http.get(f"{BUCKETS}/{main['id']}")
    assert read.json() == main
    assert read.headers["X-As-Of"]
    assert [each["id"] for each in await listed(app, BUCKETS, **{"logicalResource.id": ANNA})] == [
        each["id"] for each in buckets
    ]
    data = {"logicalResource.id": ANNA, "usageType": "data"}
    assert [each["name"] for each in await listed(app, BUCKETS, **data)] == ["Data"]
    assert await listed(app, BUCKETS, **{"logicalResource.id": NOBODY}) == []
    assert (await app.http.get(f"{BUCKETS}/none")).status_code == 404


async def test_a_list_of_nobody_in_particular_says_that_it_is_not_whole(app: House) -> None:
    answer = await app.http.get(BUCKETS)
    assert answer.status_code == 200
    assert answer.headers["X-Missing-Source"] == "parlayx"
    assert app.system.received.total() == 0
    own = await app.http.post(BUCKETS, json={"usageType": "other", "name": "kept here"})
    assert own.status_code == 201
    assert [each["id"] for each in await listed(app, BUCKETS, name="kept here")] == [own.json()["id"]]
    assert (await app.http.delete(f"{BUCKETS}/{own.json()['id']}")).status_code == 204
    [main, *_] = await listed(app, BUCKETS, **{"logicalResource.id": ANNA})
    assert (await app.http.delete(f"{BUCKETS}/{main['id']}")).status_code == 409


async def test_readers_who_meet_a_subscriber_at_once_are_told_the_same(app: House) -> None:
    answers = await asyncio.gather(*(listed(app, BUCKETS, **{"logicalResource.id": THIRD}) for _ in range(8)))
    assert len(answers[0]) == 1
    assert all(answer == answers[0] for answer in answers)


async def test_totals_add_up_the_buckets(app: House) -> None:
    totals = await listed(app, TOTALS, **{"logicalResource.id": ANNA})
    buckets = await listed(app, BUCKETS, **{"logicalResource.id": ANNA})
    assert [each["totalBalance"] for each in totals] == [each["remainingValue"] for each in buckets]
    assert [each["bucket"][0]["id"] for each in totals] == [each["id"] for each in buckets]
    assert (await app.http.get(f"{TOTALS}/{totals[0]['id']}")).json() == totals[0]


async def test_a_silent_system_is_no_empty_list(app: House) -> None:
    app.fault(Fault.GARBAGE, times=12)
    assert (await app.http.get(BUCKETS, params={"logicalResource.id": OTHER})).status_code == 502


async def test_while_it_is_silent_its_last_word_is_told_as_such_but_never_after_a_top_up(app: House) -> None:
    [main, *_] = await listed(app, BUCKETS, **{"logicalResource.id": ANNA})
    app.fault(Fault.FAULT, times=12)
    for path in (f"{BUCKETS}?logicalResource.id={ANNA}", f"{BUCKETS}/{main['id']}"):
        answer = await app.http.get(path)
        assert answer.status_code == 200
        assert answer.headers["X-Missing-Source"] == "parlayx"
        assert answer.headers["X-As-Of"]
    app.system.faults.reset()
    app.fault(Fault.LOST_ANSWER, "balanceUpdate")
    app.fault(Fault.FAULT, "getBalance", times=50)
    id = (await app.top_up()).json()["id"]
    assert (await app.http.get(BUCKETS, params={"logicalResource.id": ANNA})).status_code == 503
    await app.ended(id)
    assert (await app.http.get(BUCKETS, params={"logicalResource.id": ANNA})).status_code == 503
    app.system.faults.reset()
    assert await app.money() == 22.5


async def test_a_top_up_is_made_once(app: House) -> None:
    before = await app.money()
    answer = await app.top_up(key="k-1", reason="at the kiosk")
    assert answer.status_code == 201
    accepted = answer.json()
    assert (accepted["status"], accepted["reason"]) == ("inProgress", "at the kiosk")
    done = await app.ended(accepted["id"])
    assert done["status"] == "completed"
    assert done["confirmationDate"]
    again = await app.top_up(key="k-1", reason="at the kiosk")
    assert again.json() == accepted
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await app.top_up(20, key="k-1")).status_code == 422
    assert await app.money() - before == 10
    assert app.effects() == [accepted["id"]]
    assert [each["id"] for each in await listed(app, TOP_UPS, reason="at the kiosk")] == [accepted["id"]]


@pytest.mark.slow
@pytest.mark.parametrize("operation", ["*", "balanceUpdate"])
async def test_whatever_fails_it_is_made_once(app: House, operation: str) -> None:
    """The write fails, or what was asked before it."""
    for fault in Fault:
        app.system.reset()
        app.fault(fault, operation, seconds=1)
        id = (await app.top_up()).json()["id"]
        assert (fault, (await app.ended(id, ("completed", "failed")))["status"]) == (fault, "completed")
        assert (fault, app.effects()) == (fault, [id])
        app.system.faults.reset()  # what only touches other operations
        assert await app.money() == 22.5


async def test_two_lost_answers_and_a_look_up_that_fails(app: House) -> None:
    app.fault(Fault.LOST_ANSWER, "balanceUpdate")
    app.fault(Fault.FAULT, "getHistory", after=1, times=3)
    id = (await app.top_up()).json()["id"]
    assert (await app.ended(id, ("completed", "failed")))["status"] == "completed"
    assert app.effects() == [id]


async def test_a_voucher_is_spent_and_its_code_kept_nowhere(app: House) -> None:
    answer = await app.top_up(None, voucher=VOUCHER, key="v-1")
    assert answer.status_code == 201
    done = await app.ended(answer.json()["id"])
    assert (done["status"], "voucher" in done) == ("completed", False)
    assert app.effects() == [done["id"]]
    assert await app.money() == 27.5
    spent = await app.top_up(None, voucher=SPENT)
    failed = await app.ended(spent.json()["id"])
    assert failed["status"] == "failed"
    assert failed["statusReason"]
    body = {"logicalResource": {"id": ANNA}, "voucher": SPENT}
    later = await app.http.post(TOP_UPS, json=body, headers={"Prefer": "respond-async"})
    await app.ended(later.json()["id"])
    texts = [answer.text, spent.text, later.text, str(done), str(failed)]
    files = await asyncio.to_thread(app.files)
    assert len(files) > 2
    for code in (VOUCHER, SPENT):
        assert not any(code in text for text in texts)
        assert not any(code.encode() in content for content in files)


async def test_what_the_system_refuses_has_failed_and_changed_nothing(app: House) -> None:
    before = app.effects()
    for number, amount in ((NOBODY, 10), (ANNA, 500)):
        failed = await app.ended((await app.top_up(amount, number)).json()["id"])
        assert failed["status"] == "failed"
        assert failed["statusReason"]
    assert app.effects() == before


async def test_what_cannot_be_meant_is_refused_before_anybody_is_asked(app: House) -> None:
    one = {"amount": 1, "units": "EUR"}
    wrong: list[tuple[int, dict[str, Any]]] = [
        (400, {}),
        (400, {"logicalResource": {"id": ANNA}}),
        (400, {"amount": one}),
        (400, {"logicalResource": {"id": "anna"}, "amount": one}),
        (400, {"logicalResource": {"id": ANNA}, "amount": {"units": "EUR"}}),
        (400, {"logicalResource": {"id": ANNA}, "amount": {"amount": 0, "units": "EUR"}}),
        (400, {"logicalResource": {"id": ANNA}, "amount": {"amount": -5, "units": "EUR"}}),
        (400, {"logicalResource": {"id": ANNA}, "amount": {"amount": 1.005, "units": "EUR"}}),
        (400, {"logicalResource": {"id": ANNA}, "amount": {"amount": 5, "units": "bytes"}}),
        (400, {"logicalResource": {"id": ANNA}, "voucher": " "}),
        (404, {"bucket": {"id": "none"}, "amount": one}),
        (501, {"logicalResource": {"id": ANNA}, "amount": one, "isAutoTopup": True}),
    ]
    for status, body in wrong:
        answer = await app.http.post(TOP_UPS, json=body)
        assert (answer.status_code, body) == (status, body), answer.text
    for name in ("adjustBalance", "reserveBalance", "transferBalance"):
        answer = await app.http.post(f"{PREPAY}/{name}", json={"amount": one})
        assert answer.status_code == 501, answer.text
        assert await listed(app, f"{PREPAY}/{name}") == []
    assert app.system.received.total() == 0


async def test_a_bucket_says_whose_balance_is_topped_up(app: House) -> None:
    [main, *_] = await listed(app, BUCKETS, **{"logicalResource.id": BEN})
    answer = await app.top_up(number=BEN, bucket={"id": main["id"]})
    assert (await app.ended(answer.json()["id"]))["status"] == "completed"
    two = {"bucket": {"id": main["id"]}, "logicalResource": {"id": ANNA}, "amount": {"amount": 1, "units": "EUR"}}
    assert (await app.http.post(TOP_UPS, json=two)).status_code == 400


async def test_a_top_up_that_was_made_stays_as_it_is(app: House) -> None:
    id = (await app.top_up()).json()["id"]
    await app.ended(id)
    for patch, status in (
        ({"amount": {"amount": 1, "units": "EUR"}}, 409),
        ({"status": "failed"}, 409),
        ({"reason": "a present"}, 200),
    ):
        assert (await app.http.patch(f"{TOP_UPS}/{id}", json=patch)).status_code == status
    body = (await app.http.get(f"{TOP_UPS}/{id}")).json()
    assert (body["amount"]["amount"], body["status"], body["reason"]) == (10, "completed", "a present")
    assert (await app.http.delete(f"{TOP_UPS}/{id}")).status_code == 204
    app.fault(Fault.LOST_ANSWER, "balanceUpdate")
    app.fault(Fault.FAULT, "getHistory", after=1, times=50)
    open_ = (await app.top_up()).json()["id"]
    assert (await app.http.delete(f"{TOP_UPS}/{open_}")).status_code == 409
    app.system.faults.reset()
    assert (await app.ended(open_, ("completed", "failed")))["status"] == "completed"


async def test_the_history_is_told_in_its_range(app: House) -> None:
    await app.ended((await app.top_up()).json()["id"])
    moves = await listed(app, ACTIONS, **{"logicalResource.id": ANNA})
    assert [each["reason"] for each in moves] == ["topup", "charge", "charge", "topup"]
    assert [each["amount"]["amount"] for each in moves] == [20, -7.5, -500_000_000, 10]
    assert [each["confirmationDate"] for each in moves] == sorted(each["confirmationDate"] for each in moves)
    assert (await app.http.get(f"{ACTIONS}/{moves[1]['id']}")).json() == moves[1]
    since = {"logicalResource.id": ANNA, "confirmationDate.gt": moves[0]["confirmationDate"]}
    assert [each["id"] for each in await listed(app, ACTIONS, **since)] == [each["id"] for each in moves[1:]]
    until = {"logicalResource.id": ANNA, "confirmationDate.lte": moves[1]["confirmationDate"]}
    assert [each["id"] for each in await listed(app, ACTIONS, **until)] == [each["id"] for each in moves[:2]]
    app.fault(Fault.GARBAGE, times=12)
    assert (await app.http.get(ACTIONS, params={"logicalResource.id": ANNA})).status_code == 502


async def test_what_is_left_stands_beside_what_was_used(app: House) -> None:
    await app.owns("ben", BEN)
    for criteria in (
        {"logicalResource": [{"id": ANNA}]},
        {"relatedParty": [{"id": "ben", "@referredType": "Customer"}]},
    ):
        answer = await app.http.post(QUERIES, json={"searchCriteria": criteria})
        assert answer.status_code == 201, answer.text
        [prepaid] = [each for each in answer.json()["usageConsumption"] if each["name"] == "Prepaid balance"]
        number = prepaid["logicalResource"][0]["id"]
        buckets = await listed(app, BUCKETS, **{"logicalResource.id": number})
        assert [each["id"] for each in prepaid["bucketRefOrValue"]] == [each["id"] for each in buckets]
        assert prepaid["bucketRefOrValue"][0]["remainingValue"] == buckets[0]["remainingValue"]
    body = {"@type": "UsageConsumptionReport", "logicalResource": [{"@type": "LogicalResourceRef", "id": ANNA}]}
    report = await app.http.post(REPORTS, json=body)
    assert report.status_code == 201, report.text
    assert len(report.json()["bucket"]) == 4
    assert (
        await app.http.post(QUERIES, json={"searchCriteria": {"logicalResource": [{"id": NOBODY}]}})
    ).status_code == 404


async def test_consumption_is_told_without_a_silent_prepaid_system_and_says_so(app: House) -> None:
    await app.owns("ben", BEN)
    app.fault(Fault.FAULT, times=50)
    named = {"searchCriteria": {"relatedParty": [{"id": "ben", "@referredType": "Customer"}]}}
    answer = await app.http.post(QUERIES, json=named)
    assert answer.status_code == 201
    assert answer.headers["X-Missing-Source"] == "parlayx"
    assert (
        await app.http.post(QUERIES, json={"searchCriteria": {"logicalResource": [{"id": ANNA}]}})
    ).status_code == 503


async def test_who_sees_one_customer_sees_and_tops_up_his_numbers_only(tmp_path: Path) -> None:
    async with house(tmp_path, customers=frozenset({"anna"})) as app:
        await app.owns("anna", ANNA)
        await app.owns("ben", BEN)
        own = await listed(app, BUCKETS)
        assert len(own) == 4
        assert own == await listed(app, BUCKETS, **{"relatedParty.id": "anna"})
        assert own[0]["relatedParty"][0]["id"] == "anna"
        assert (await app.ended((await app.top_up()).json()["id"]))["status"] == "completed"
        asked = app.system.received.total()
        for number in (BEN, NOBODY):
            for path in (BUCKETS, TOTALS, ACTIONS):
                assert await listed(app, path, **{"logicalResource.id": number}) == []
            assert (await app.top_up(number=number)).status_code == 404
        assert app.system.received.total() == asked
    [traces] = await asyncio.to_thread(app.files, "traces.db")
    assert b"balance.topup" in traces
    assert not any(number.encode() in traces for number in (ANNA, BEN, NOBODY))


async def test_without_such_a_system_it_is_a_document_store(tmp_path: Path) -> None:
    async with house(tmp_path, adapters={}) as app:
        made = await app.top_up(status="completed")
        assert (made.status_code, made.json()["status"]) == (201, "completed")
        adjusted = await app.http.post(f"{PREPAY}/adjustBalance", json={"amount": {"amount": 1, "units": "EUR"}})
        assert adjusted.status_code == 201
        assert await listed(app, BUCKETS, **{"logicalResource.id": ANNA}) == []
        asked = {"searchCriteria": {"logicalResource": [{"id": ANNA}]}}
        assert (await app.http.post(QUERIES, json=asked)).status_code == 404
        assert app.system.received.total() == 0
