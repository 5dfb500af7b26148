"""Filters, order, pages and fields, drawn at random, against a reference of one page that knows no index."""

import asyncio
import operator
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.security import embedded
from gateway.store import open_store
from gateway.store.encoding import from_json, to_json
from tests.clock import FakeClock
from tests.edge import speaking_to

PRICES = "/tmf-api/productCatalogManagement/v4/productOfferingPrice"
TEXTS = ["", "a", "A", "a,b", "a;b", "a=b&c", "b%20", "b_", "007", "7", "é ñ", "𝄞", "x" * 301, "y" * 301, "$.a", "-a"]
NUMBERS = [
    *map(Decimal, ("0", "7", "7.10", "-7.1", "0.0000001", "99999999999999999999", "12345678901234567890.12345")),
    *map(Decimal, ("12345678901234567890.12346", "-12345678901234567890.12345", "-12345678901234567890.12346")),
]
MOMENTS = [f"2026-0{month}-01T00:00:00{offset}" for month in (1, 2) for offset in ("Z", ".001Z", "+05:30", "-01:00")]
POOLS: dict[str, list[Any]] = {
    "name": TEXTS,
    "description": TEXTS,
    "percentage": NUMBERS,
    "isBundle": [True, False],
    "validFor.startDateTime": MOMENTS,
    "tax.taxCategory": TEXTS,
    "tax.taxRate": NUMBERS,
}
SIGNS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "eq": ("==", operator.eq),
    "gt": (">", operator.gt),
    "gte": (">=", operator.ge),
    "lt": ("<", operator.lt),
    "lte": ("<=", operator.le),
}


class Asked(NamedTuple):
    path: str
    sign: str
    values: list[Any]


def rows() -> Iterator[dict[str, Any]]:
    dice = Random(630)
    for _ in range(60):
        row: dict[str, Any] = {
            path: dice.choice(POOLS[path]) for path in ("name", "description", "percentage", "isBundle")
        }
        row["validFor"] = {"startDateTime": dice.choice(MOMENTS)}
        row["tax"] = [
            {name: dice.choice(POOLS[f"tax.{name}"]) for name in ("taxCategory", "taxRate") if dice.random() < 0.8}
            for _ in range(dice.randrange(3))
        ]
        yield {name: value for name, value in row.items() if name == "name" or dice.random() < 0.7}


def at(value: Any, steps: list[str]) -> list[Any]:
    if isinstance(value, list):
        return [found for inner in value for found in at(inner, steps)]
    if not steps:
        return [comparable(value)]
    return at(value[steps[0]], steps[1:]) if isinstance(value, dict) and steps[0] in value else []


def comparable(value: Any) -> Any:
    if isinstance(value, str) and re.match(r"\d{4}-", value):
        return datetime.fromisoformat(value).astimezone(UTC)
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def meets(row: dict[str, Any], asked: Asked) -> bool:
    compares = SIGNS[asked.sign][1]
    found = at(row, asked.path.split("."))
    return any(compares(value, comparable(wanted)) for value in found for wanted in asked.values)


def ordered(found: list[dict[str, Any]], sort: list[str]) -> list[dict[str, Any]]:
    for key in reversed(sort):
        path, down = key.removeprefix("-").split("."), key.startswith("-")
        have = [row for row in found if at(row, path)]
        have.sort(key=lambda row: (max if down else min)(map(coarse, at(row, path))), reverse=down)
        found = have + [row for row in found if not at(row, path)]
    return found


def coarse(value: Any) -> Any:
    """Decimals that share a float stand in the order of creation."""
    return float(value) if isinstance(value, Decimal) else value


def shown(value: Any, fields: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [shown(inner, fields) for inner in value]
    if not isinstance(value, dict) or [] in fields:
        return value
    named = {name: [rest for first, *rest in fields if first == name] for name in value}
    return {name: shown(inner, named[name]) for name, inner in value.items() if named[name]}


def written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_parameter(asked: Asked) -> str:
    values = ",".join(quote(f'"{written(value)}"', safe="") for value in asked.values)
    return f"{asked.path}.{asked.sign}={values}"


def as_filter(conditions: list[Asked]) -> str:
    def one(asked: Asked) -> str:
        path = asked.path.replace("tax.", "tax[*].")
        literals = (f'"{value}"' if isinstance(value, str) else written(value) for value in asked.values)
        return "(" + " || ".join(f"@.{path} {SIGNS[asked.sign][0]} {literal}" for literal in literals) + ")"

    return "filter=" + quote(f"$[?({' && '.join(map(one, conditions))})]", safe="")


CONDITION = st.sampled_from(sorted(POOLS)).flatmap(
    lambda path: st.builds(
        Asked,
        st.just(path),
        st.sampled_from(["eq"] if path == "isBundle" else sorted(SIGNS)),
        st.lists(st.sampled_from(POOLS[path]), min_size=1, max_size=2),
    )
)
SORT = st.lists(st.builds(operator.add, st.sampled_from(["", "-"]), st.sampled_from(sorted(POOLS))), max_size=2)
FIELDS = st.none() | st.lists(st.sampled_from([*sorted(POOLS), "tax", "validFor", "id"]), min_size=1, max_size=3)
BIG = [Asked("percentage", "gt", [NUMBERS[-1]]), Asked("percentage", "lte", [NUMBERS[-3]])]


def test_the_kernel_answers_as_the_reference(contracts: Contracts) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(open_store("sqlite://", FakeClock()))
        some = Contracts([contract for contract in contracts if contract.api == "TMF620"])
        speaking = speaking_to(Kernel(some, {}, store, FakeClock(), embedded("default")))
        client = runner.run(speaking.__aenter__())
        kept: list[dict[str, Any]] = []
        for row in rows():
            made = client.post(PRICES, content=to_json(row), headers={"content-type": "application/json"})
            kept.append(from_json(runner.run(made).text))
            assert "id" in kept[-1], kept[-1]

        @settings(max_examples=80, deadline=None, derandomize=True, database=None)
        @given(
            conditions=st.lists(CONDITION, max_size=3),
            as_path=st.booleans(),
            sort=SORT,
            fields=FIELDS,
            offset=st.none() | st.integers(0, 70),
            limit=st.none() | st.integers(1, 70),
        )
        @example(conditions=BIG, as_path=False, sort=["-percentage"], fields=None, offset=None, limit=None)
        @example(conditions=BIG, as_path=True, sort=["percentage"], fields=["tax.taxRate", "tax"], offset=1, limit=2)
        def asked(
            conditions: list[Asked],
            as_path: bool,
            sort: list[str],
            fields: list[str] | None,
            offset: int | None,
            limit: int | None,
        ) -> None:
            parts = [as_filter(conditions)] if as_path and conditions else [as_parameter(each) for each in conditions]
            parts += [f"{name}={','.join(said)}" for name, said in (("sort", sort), ("fields", fields)) if said]
            parts += [f"{name}={place}" for name, place in (("offset", offset), ("limit", limit)) if place is not None]
            answer = runner.run(client.get(f"{PRICES}?{'&'.join(parts)}"))
            alike = {(each.path, each.sign) for each in conditions}
            if not as_path and len(alike) < len(conditions):
                conditions = gathered(conditions)
            found = ordered([row for row in kept if all(meets(row, each) for each in conditions)], sort)
            start = offset or 0
            if found and start >= len(found):
                assert answer.status_code == 416
                return
            page = found[start : start + (100 if limit is None else limit)]
            wanted = [[*name.split(".")] for name in ("id", "href", *fields)] if fields else [[]]
            assert from_json(answer.text) == [shown(row, wanted) for row in page]
            assert answer.headers["X-Total-Count"] == str(len(found))
            assert answer.status_code == (206 if len(page) < len(found) and (offset, limit) != (None, None) else 200)

        asked()
        runner.run(speaking.__aexit__(None, None, None))
        runner.run(store.aclose())


def gathered(conditions: list[Asked]) -> list[Asked]:
    """The same attribute and operator again is an alternative."""
    together: dict[tuple[str, str], Asked] = {}
    for each in conditions:
        together.setdefault((each.path, each.sign), Asked(each.path, each.sign, [])).values.extend(each.values)
    return list(together.values())
