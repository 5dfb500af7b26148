"""Filters: every operator against every type of value, out of the index."""

from decimal import Decimal

import pytest

from contracts.page import Condition, Window
from gateway.store import OPERATORS, SqlStore
from gateway.store.documents import query
from tests.store.making import ALL, doc, fill, ids

NUMBERS = {"a": 2, "b": Decimal("10.0"), "c": Decimal("9.99"), "d": -3}
INSTANTS = {
    "a": "2026-03-01T10:00:00Z",
    "b": "2026-03-01T10:00:00+02:00",
    "c": "2026-03-01T12:00:00.000+02:00",
    "d": "2025-12-31T23:59:59.5Z",
}
TEXTS = {"a": "apple", "b": "Apple", "c": "007", "d": "7"}

CASES = [
    (NUMBERS, "eq", "10", "b"),
    (NUMBERS, "eq", "10.00", "b"),
    (NUMBERS, "gt", "9.99", "b"),
    (NUMBERS, "gte", "9.99", "bc"),
    (NUMBERS, "lt", "2", "d"),
    (NUMBERS, "lte", "2.0", "ad"),
    (NUMBERS, "eq", "1e1", "b"),
    (NUMBERS, "eq", "ten", ""),
    (INSTANTS, "eq", "2026-03-01T10:00:00+00:00", "ac"),
    (INSTANTS, "gt", "2026-03-01T09:00:00Z", "ac"),
    (INSTANTS, "gte", "2026-03-01T08:00:00Z", "abc"),
    (INSTANTS, "lt", "2026-03-01T10:00:00Z", "bd"),
    (INSTANTS, "lte", "2025-12-31T23:59:59.500Z", "d"),
    (INSTANTS, "gt", "2026", "abc"),
    (TEXTS, "eq", "apple", "a"),
    (TEXTS, "eq", "007", "c"),
    (TEXTS, "eq", "7", "d"),
    (TEXTS, "eq", "7.0", ""),
    (TEXTS, "gt", "B", "a"),
    (TEXTS, "lte", "Apple", "bcd"),
    (TEXTS, "gte", "apple", "a"),
    (TEXTS, "lt", "1", "c"),
    (TEXTS, "regex", "^[aA]pple$", "ab"),
    (TEXTS, "regex", "7", "cd"),
    (NUMBERS, "regex", "^-", "d"),
    (INSTANTS, "regex", r"\+02:00$", "bc"),
    (TEXTS, "eq", "%", ""),
    (TEXTS, "eq", "' OR 1=1 --", ""),
]


@pytest.mark.parametrize(("values", "operator", "wanted", "found"), CASES)
async def test_an_operator_on_a_type(
    store: SqlStore, values: dict[str, object], operator: str, wanted: str, found: str
) -> None:
    await fill(store, *(doc(id, value=value) for id, value in values.items()))
    assert await ids(store, Condition("value", operator, (wanted,))) == list(found)


def test_every_operator_is_tried() -> None:
    assert {case[1] for case in CASES} == set(OPERATORS)


async def test_booleans_are_true_and_false(store: SqlStore) -> None:
    await fill(store, doc("a", isBundle=True), doc("b", isBundle=False), doc("c", isBundle=None), doc("d"))
    assert await ids(store, Condition("isBundle", "eq", ("true",))) == ["a"]
    assert await ids(store, Condition("isBundle", "eq", ("true", "false"))) == ["a", "b"]


async def test_a_path_reaches_into_arrays(store: SqlStore) -> None:
    parties = [{"id": "p1", "role": "customer"}, {"id": "p2", "role": "seller"}]
    await fill(store, doc("a", relatedParty=parties), doc("b", relatedParty=parties[:1]), doc("c"))
    assert await ids(store, Condition("relatedParty.id", "eq", ("p2",))) == ["a"]
    assert await ids(store, Condition("relatedParty.id", "eq", ("p1", "p2"))) == ["a", "b"]
    assert await ids(store, Condition("relatedParty", "eq", ("p1",))) == []


async def test_conditions_hold_together_and_alternatives_apart(store: SqlStore) -> None:
    await fill(store, doc("a", n=1, s="x"), doc("b", n=2, s="x"), doc("c", n=2, s="y"))
    assert await ids(store, Condition("n", "eq", ("2",)), Condition("s", "eq", ("x", "z"))) == ["b"]
    assert await ids(store, Condition("n", "eq", ())) == []


async def test_alternatives_of_different_attributes(store: SqlStore) -> None:
    await fill(store, doc("a", n=1, s="x"), doc("b", n=2, s="y"), doc("c", n=3, s="z"))
    either = Condition("n", "eq", ("1",), otherwise=(Condition("s", "regex", ("^z",)),))
    assert await ids(store, either) == ["a", "c"]
    assert await ids(store, either, Condition("n", "gt", ("1",))) == ["c"]


async def test_a_pattern_reads_long_texts_to_their_end(store: SqlStore) -> None:
    await fill(store, doc("a", s="x" * 400 + "end"), doc("b", parts=[{"s": "x" * 400 + "end"}]), doc("c", s="x" * 400))
    assert await ids(store, Condition("s", "regex", ("end$",))) == ["a"]
    assert await ids(store, Condition("parts.s", "regex", ("^x+end$",))) == ["b"]
    assert await ids(store, Condition("s", "regex", ("x$",))) == ["c"]


async def test_what_is_kept_is_counted_sorted_and_paged(store: SqlStore) -> None:
    await fill(store, *(doc(f"{n:03}", n=n) for n in range(450)))
    window = Window(offset=2, limit=3, sort=("-n",), keeps=lambda document: document.body["n"] % 100 < 50)
    found = await store.find(ALL, "test/thing", window)
    assert ([item.id for item in found.items], found.total) == (["447", "446", "445"], 250)


async def test_neighbouring_numbers_of_one_float_differ(store: SqlStore) -> None:
    await fill(store, doc("a", n=9_007_199_254_740_992), doc("b", n=9_007_199_254_740_993))
    assert await ids(store, Condition("n", "eq", ("9007199254740993",))) == ["b"]


async def test_sorting(store: SqlStore) -> None:
    await fill(store, doc("a", n=10, s="x"), doc("b", n=9, s="y"), doc("c", s="x"), doc("d", n=Decimal("9.5"), s="x"))
    assert await ids(store, sort=("n",)) == ["b", "d", "a", "c"]
    assert await ids(store, sort=("-n",)) == ["a", "d", "b", "c"]
    assert await ids(store, sort=("-s", "n")) == ["b", "d", "a", "c"]
    assert await ids(store, sort=("s", "-n")) == ["a", "d", "c", "b"]


async def test_a_filter_is_answered_from_the_index(store: SqlStore) -> None:
    """The plan of the real statement names the index of attributes, and no scan of bodies."""
    if store.database.dialect != "sqlite":
        pytest.skip("PostgreSQL chooses by statistics; SQLite's plan is fixed by the schema")
    asked: list[tuple[str, tuple[object, ...]]] = []

    class Listening:
        dialect = "sqlite"

        async def rows(self, sql: str, *params: object) -> list[tuple[object, ...]]:
            asked.append((sql, params))
            return await store.database.rows(sql, *params)

    conditions = (Condition("n", "gt", ("5",)), Condition("s", "eq", ("x",)), Condition("s", "regex", ("^x",)))
    await fill(store, doc("a", n=6, s="x"))
    for window in (Window(conditions=conditions), Window(conditions=conditions[:1], sort=("s",)), Window(sort=("-n",))):
        asked.clear()
        await query(Listening(), ALL, "test/thing", window=window)  # type: ignore[arg-type]
        plans = [await store.database.rows(f"EXPLAIN QUERY PLAN {sql}", *params) for sql, params in asked]
        plan = " ".join(str(row[3]) for rows in plans for row in rows)
        assert "COVERING INDEX attributes_number" in plan
        assert "SCAN documents" not in plan
        assert "SCAN attributes" not in plan


async def test_the_rarest_condition_drives(store: SqlStore) -> None:
    """What is rare is read from its range whichever stands first; what is common is asked of its few rows."""
    await fill(store, *(doc(f"{n:02}", n=n, s="x" if n % 2 else "y") for n in range(40)))
    read: list[str] = []

    class Listening:
        dialect = store.database.dialect

        async def rows(self, sql: str, *params: object) -> list[tuple[object, ...]]:
            read.append(sql)
            return await store.database.rows(sql, *params)

    rare, common = Condition("n", "eq", ("7",)), Condition("s", "eq", ("x",))
    for conditions in ((rare, common), (common, rare)):
        read.clear()
        found = await query(Listening(), ALL, "test/thing", window=Window(conditions=conditions))  # type: ignore[arg-type]
        assert [item.id for item in found.items] == ["07"]
        assert (
            read[-1].index("number = ?")
            < read[-1].index("EXISTS")
            < read[-1].index("text = ?", read[-1].index("EXISTS"))
        )
