"""Documents: what is put comes back exactly, to whom it belongs, or not at all."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.page import Condition, Window
from gateway.store import Document, Drop, Emit, Put, SqlStore, Stale
from gateway.store.encoding import to_json
from tests.clock import START
from tests.store.making import ALL, doc, event, fill, ids, only


async def test_decimals_come_back_with_every_digit(store: SqlStore) -> None:
    body: dict[str, Any] = {
        "amount": Decimal("12.10"),
        "rate": Decimal("0.0000000000000000001"),
        "size": 9_007_199_254_740_993,
    }
    await store.commit(Put(doc("a", **body)))
    read = await store.get(ALL, "test/thing", "a")
    assert read is not None
    assert to_json(read.body) == '{"id":"a","amount":12.10,"rate":1E-19,"size":9007199254740993}'
    assert read.body == {"id": "a", **body}


async def test_everything_about_a_document_comes_back(store: SqlStore) -> None:
    whole = Document("test/thing", "a", {"x": [None, True]}, owner="c1", source="legacy", as_of=START)
    await store.commit(Put(whole))
    assert await store.get(ALL, "test/thing", "a") == replace(whole, revision=1)


async def test_two_principals_see_only_their_own(store: SqlStore) -> None:
    await fill(store, doc("a", "anna", n=1), doc("b", "ben", n=1), doc("c", None, n=1))
    for principal, seen in (
        (only("anna"), ["a", "c"]),
        (only("ben"), ["b", "c"]),
        (only(), ["c"]),
        (ALL, ["a", "b", "c"]),
    ):
        assert await ids(store, principal=principal) == seen
        assert await ids(store, Condition("n", "eq", ("1",)), principal=principal) == seen
        for id in ("a", "b", "c"):
            read = await store.get(principal, "test/thing", id)
            assert (read is not None) == (id in seen)


async def test_a_revision_that_moved_on_is_stale(store: SqlStore) -> None:
    await store.commit(Put(doc("a", n=1), expect=0))
    with pytest.raises(Stale):
        await store.commit(Put(doc("a", n=2), expect=0))
    await store.commit(Put(doc("a", n=2), expect=1))
    with pytest.raises(Stale):
        await store.commit(Put(doc("a", n=3), expect=1))
    with pytest.raises(Stale):
        await store.commit(Drop("test/thing", "a", expect=1))
    assert await ids(store, Condition("n", "eq", ("2",))) == ["a"]
    await store.commit(Put(doc("a", n=4)))
    await store.commit(Drop("test/thing", "a", expect=3))
    assert await ids(store) == []
    assert await ids(store, Condition("n", "eq", ("4",))) == []


async def test_stale_rolls_everything_back(store: SqlStore) -> None:
    await store.commit(Put(doc("a"), expect=0))
    with pytest.raises(Stale):
        await store.commit(Put(doc("b")), Emit(event("e1")), Put(doc("a"), expect=7))
    assert await ids(store) == ["a"]
    assert await store.database.rows("SELECT id FROM outbox") == []


async def test_a_stale_commit_harms_no_neighbour_of_its_group(store: SqlStore) -> None:
    await store.commit(Put(doc("taken"), expect=0))
    commits = [
        store.commit(Put(doc(f"d{n:02}")), Put(doc("taken"), expect=0 if n % 3 == 0 else None)) for n in range(30)
    ]
    outcomes = await asyncio.gather(*commits, return_exceptions=True)
    assert [isinstance(outcome, Stale) for outcome in outcomes] == [n % 3 == 0 for n in range(30)]
    assert sorted(await ids(store)) == sorted([*(f"d{n:02}" for n in range(30) if n % 3), "taken"])


async def test_one_of_many_wins_a_revision(store: SqlStore) -> None:
    await store.commit(Put(doc("a"), expect=0))
    rivals = [store.commit(Put(doc("a", n=n), expect=1)) for n in range(8)]
    outcomes = await asyncio.gather(*rivals, return_exceptions=True)
    assert [outcome is None for outcome in outcomes].count(True) == 1


async def test_pages_count_everything_and_keep_the_first_written_order(store: SqlStore) -> None:
    await fill(store, *(doc(id) for id in ("c", "a", "d", "b")))
    await store.commit(Put(doc("c", n=2)))
    page = await store.find(ALL, "test/thing", Window(offset=1, limit=2))
    assert ([item.id for item in page.items], page.total) == (["a", "d"], 4)
    beyond = await store.find(ALL, "test/thing", Window(offset=10**30, limit=10**30))
    assert (beyond.items, beyond.total) == ([], 4)


async def test_a_list_is_as_old_as_its_oldest_mirror(store: SqlStore) -> None:
    await fill(store, replace(doc("a"), as_of=START), replace(doc("b"), as_of=START - timedelta(hours=1)), doc("c"))
    found = await store.find(ALL, "test/thing", Window(limit=1))
    assert found.as_of == START - timedelta(hours=1)


async def test_nul_and_long_texts_do_no_harm(store: SqlStore) -> None:
    long = "x" * 50_000
    long_path: dict[str, Any] = {long: 1}
    await fill(store, doc("a", note="a\0b", text=long + "1"), doc("b", text=long + "2", **long_path))
    assert await store.get(ALL, "test/thing", "no\0id") is None
    assert await ids(store, Condition("note", "eq", ("a\0b",))) == ["a"]
    assert await ids(store, Condition("text", "eq", (long + "2",))) == ["b"]
    assert await ids(store, Condition(long, "eq", ("1",))) == ["b"]
