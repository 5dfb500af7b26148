"""Cross-references and remembered answers."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.call import Principal
from gateway.store import Crossref, Link, Put, Remember, Remembered, SqlStore, Stale
from tests.clock import START, FakeClock
from tests.store.making import ALL, doc, ids, only

ANNA = Crossref("customer", "anna", "default", "billing", "17", {"login": "anna1", "msisdn": "4917001"})
ANSWER = Remembered("app", "POST x", "k1", "d" * 64, 201, "test/thing", "a", {"amount": Decimal("1.10")}, START)


async def test_both_ways_and_by_key(store: SqlStore) -> None:
    await store.commit(Link(ANNA))
    assert await store.native(ALL, "customer", "anna") == ANNA
    assert await store.native(ALL, "customer", "anna", "billing") == ANNA
    assert await store.native(ALL, "customer", "anna", "oss") is None
    assert await store.ours(ALL, "customer", "billing", "17") == ANNA
    assert await store.by_key(ALL, "msisdn", "4917001") == [ANNA]
    assert await store.by_key(ALL, "login", "4917001") == []


async def test_keys_move_but_our_id_stays(store: SqlStore) -> None:
    await store.commit(Link(ANNA))
    await store.commit(Link(replace(ANNA, keys={"msisdn": "4917002"})))
    assert await store.by_key(ALL, "msisdn", "4917001") == []
    assert len(await store.by_key(ALL, "msisdn", "4917002")) == 1
    with pytest.raises(Stale):
        await store.commit(Put(doc("a")), Link(replace(ANNA, id="somebody-else")))
    assert await ids(store) == []


async def test_a_foreign_crossref_is_unknown(store: SqlStore) -> None:
    order = Crossref("order", "o1", "default", "billing", "900", {"msisdn": "4917001"})
    await store.commit(Put(doc("o1", "anna")), Link(ANNA), Link(order))
    assert len(await store.by_key(only("anna"), "msisdn", "4917001")) == 2
    assert await store.by_key(only("ben"), "msisdn", "4917001") == []
    assert await store.native(only("ben"), "order", "o1") is None
    assert await store.ours(only(), "customer", "billing", "17") is None
    assert await store.ours(Principal("x", "x", operator="other"), "customer", "billing", "17") is None


async def test_an_answer_is_kept_once_for_a_week(store: SqlStore, clock: FakeClock) -> None:
    await store.commit(Remember(ANSWER))
    with pytest.raises(Stale):
        await store.commit(Remember(replace(ANSWER, id="b")), Put(doc("b")))
    assert await ids(store) == []
    await store.commit(Remember(replace(ANSWER, client="other")))
    assert await store.remembered("app", "POST x", "k1") == ANSWER
    assert await store.remembered("third", "POST x", "k1") is None
    clock.advance(timedelta(days=7).total_seconds())
    assert await store.remembered("app", "POST x", "k1") is None
    later = replace(ANSWER, at=clock.now(), id="c")
    await store.commit(Remember(later))
    assert await store.remembered("app", "POST x", "k1") == later
