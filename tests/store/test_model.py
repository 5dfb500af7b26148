"""Lists against a plain model of them: random documents, conditions, sorts and pages, in both databases."""

import operator
from dataclasses import replace
from decimal import Decimal
from functools import cmp_to_key
from itertools import islice
from random import Random
from typing import Any

import pytest
import re2

from contracts.call import Principal
from contracts.page import Condition, Cursor, Window
from gateway.store import Document, Put, SqlStore
from gateway.store.attributes import Value, leaves, seek
from tests.store.making import ALL, doc, only

WORDS = ["7", "07", "apple", "apple pie", "Äpfel", "a_b", "true", "x" * 310 + "end", "", "2026-03-01", "\U0001f600"]
NUMBERS: list[Any] = [0, 7, -7, 10, Decimal("10.00"), Decimal("9.99"), 9_007_199_254_740_992, 9_007_199_254_740_993]
INSTANTS = ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00+02:00", "2026-03-01T08:00:00.000Z", "2025-12-31T23:59:59.5Z"]
PATTERNS = ["^apple", "^apple p?", "e$", "7", "^07|pie", "^x+end$", "(?i)^APPLE", "^a_?b", "^-", "^", "^apple{0}", "Z$"]
PATHS = ["n", "s", "part.n", "part.s", "mixed", "rare"]
COMPARED = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
OWNERS = [None, "anna", "ben"]


def value(chance: Random, path: str) -> Any:
    kind = {"n": NUMBERS, "s": WORDS}.get(path.rpartition(".")[2])
    return chance.choice(kind or chance.choice([NUMBERS, WORDS, INSTANTS, [True, False, None]]))


def body(chance: Random) -> dict[str, Any]:
    made: dict[str, Any] = {path: value(chance, path) for path in ("n", "s", "mixed") if chance.random() < 0.8}
    made["part"] = [{name: value(chance, name) for name in "ns"} for _ in range(chance.randrange(3))]
    if chance.random() < 0.1:
        made["rare"] = [value(chance, "rare") for _ in range(3)]
    return made


def condition(chance: Random, *, nested: bool = True) -> Condition:
    path = chance.choice(PATHS)
    by = chance.choice(["eq", "eq", "gt", "gte", "lt", "lte", "regex"])
    pick = [chance.choice(PATTERNS) if by == "regex" else str(value(chance, path)) for _ in range(chance.randint(1, 2))]
    others = (condition(chance, nested=False),) if nested and chance.random() < 0.2 else ()
    return Condition(path, by, tuple(pick), others)


def window(chance: Random) -> Window:
    conditions = tuple(condition(chance) for _ in range(chance.choice([0, 1, 1, 2, 3])))
    sort = tuple(chance.choice(["", "-"]) + path for path in chance.sample(PATHS, chance.choice([0, 0, 1, 1, 2])))
    cursor = Cursor(chance.randrange(50), chance.random() < 0.5) if not sort and chance.random() < 0.2 else None
    keeps = (lambda document: len(document.body["part"]) < 2) if chance.random() < 0.2 else None
    offset = 0 if cursor else chance.choice([0, 0, 5, 38])
    return Window(offset, chance.choice([3, 10, 100]), conditions, sort, keeps, cursor)


def meets(leaf: Value, by: str, wanted: str) -> bool:
    sought = seek(wanted)
    if by == "regex":
        return bool(re2.search(wanted, leaf.text))
    if by == "eq":
        if leaf.number is not None:
            return sought.number is not None and sought.number.text == leaf.text
        return leaf.instant == sought.instant if leaf.instant and sought.instant else leaf.text == sought.written
    if leaf.number is not None:
        return sought.number is not None and COMPARED[by](Decimal(leaf.text), Decimal(sought.number.text))
    if leaf.instant is not None and sought.instant is not None:
        return bool(COMPARED[by](leaf.instant, sought.instant))
    return bool(COMPARED[by](leaf.text, sought.written))


def whole(document: Document, path: str) -> list[Value]:
    """Its leaves there, with the texts that the index cuts as they are."""
    found = [leaf for at, leaf in leaves(document.body) if at == path]
    return [replace(leaf, text="x" * 310 + "end") if len(leaf.text) > 310 else leaf for leaf in found]


def holds(document: Document, asked: Condition) -> bool:
    found = whole(document, asked.path) if asked.operator == "regex" else None
    if found is None:
        found = [leaf for at, leaf in leaves(document.body) if at == asked.path]
    mine = any(meets(leaf, asked.operator, wanted) for leaf in found for wanted in asked.values)
    return mine or any(holds(document, other) for other in asked.otherwise)


def key(document: Document, entry: str) -> tuple[int, Any]:
    """The least of the best sort of value that it has there; the greatest where the order is turned."""
    best = max if entry.startswith("-") else min
    found = [leaf for at, leaf in leaves(document.body) if at == entry.lstrip("-")]
    for place, column in enumerate(("number", "instant", "text")):
        values = [given for leaf in found if (given := getattr(leaf, column)) is not None]
        if values:
            return place, best(values)
    return 3, 0


def compared(sort: tuple[str, ...], one: Document, other: Document) -> int:
    for entry in sort:
        (place, mine), (second, theirs) = key(one, entry), key(other, entry)
        if place != second:
            return place - second
        if mine != theirs:
            return (1 if mine > theirs else -1) * (-1 if entry.startswith("-") else 1)
    return 0


def model(stored: list[Document], asked: Window, principal: Principal) -> tuple[list[str], int]:
    """`stored` is in the order of writing, which numbers the rows from 1."""
    seen = [
        (row, document)
        for row, document in enumerate(stored, start=1)
        if (principal.customers is None or document.owner is None or document.owner in principal.customers)
        and all(holds(document, each) for each in asked.conditions)
        and (asked.keeps is None or asked.keeps(document))
    ]
    total = len(seen)
    if asked.cursor is not None:
        at, backwards = asked.cursor.row, asked.cursor.backwards
        seen = [each for each in seen if (each[0] < at if backwards else each[0] > at)]
        seen = seen[-asked.limit :] if backwards else seen
    seen.sort(key=cmp_to_key(lambda one, other: compared(asked.sort, one[1], other[1])))
    return [document.id for _, document in islice(seen, asked.offset, asked.offset + asked.limit)], total


@pytest.mark.parametrize("seed", range(2))
async def test_a_list_is_what_a_plain_model_says(store: SqlStore, seed: int) -> None:
    chance = Random(seed)
    stored = [doc(f"{number:02}", chance.choice(OWNERS), **body(chance)) for number in range(40)]
    await store.commit(*(Put(document, expect=0) for document in stored))
    for number in chance.sample(range(40), 15):
        stored[number] = doc(f"{number:02}", chance.choice(OWNERS), **body(chance))
    await store.commit(*(Put(document) for document in stored))
    found_some = 0
    for _ in range(100):
        asked, principal = window(chance), chance.choice([ALL, ALL, only("anna"), only()])
        found = await store.find(principal, "test/thing", asked)
        wanted, total = model(stored, asked, principal)
        assert ([item.id for item in found.items], found.total) == (wanted, total), (asked, principal.customers)
        found_some += bool(found.items)
    assert found_some > 30
