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

    conditions = (Condition("n", "gt", ("5",)), Condition("s", "eq", ("x",)))
    await query(Listening(), ALL, "test/thing", window=Window(conditions=conditions))  # type: ignore[arg-type]
    ((sql, params),) = asked
    plan = " ".join(str(row[3]) for row in await store.database.rows(f"EXPLAIN QUERY PLAN {sql}", *params))
    assert "attributes_number" in plan
    assert "attributes_text" in plan
    assert "SCAN documents" not in plan
    assert "SCAN attributes" not in plan
