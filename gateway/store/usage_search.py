"""Usage records looked up by whoever may see them; the only query of records takes a Principal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.call import Principal
from contracts.page import Condition, Window
from gateway.store.encoding import from_json, maybe_instant, to_micros
from gateway.store.port import Database
from gateway.store.usage_rows import Share, Used

Clause = tuple[str, tuple[Any, ...]]

_COLUMNS = (
    "id, layout, subscriber_kind, subscriber, kind, unit, amount, start, destination, state, owner, included, "
    "excluded, shares, body"
)
_COMPARISONS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_MILLISECOND = timedelta(milliseconds=1)


class UnknownFilter(ValueError):
    """No such filter on usage; the message lists those that work."""


def _text(column: str) -> Callable[[Condition], Clause]:
    def clause(condition: Condition) -> Clause:
        alternatives = " OR ".join([f"{column} {_COMPARISONS[condition.operator]} ?"] * len(condition.values))
        return f"({alternatives})", condition.values

    return clause


def _instant(condition: Condition) -> Clause:
    """Equal means: in the same millisecond, which is how finely an answer shows it."""
    parts, params = [], []
    for value in condition.values:
        at = _read_instant(value)
        if condition.operator == "eq":
            parts.append("(start >= ? AND start < ?)")
            params += [to_micros(at), to_micros(at + _MILLISECOND)]
        else:
            parts.append(f"start {_COMPARISONS[condition.operator]} ?")
            params.append(to_micros(at))
    return f"({' OR '.join(parts)})", tuple(params)


def _read_instant(value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError as error:
        raise UnknownFilter("usageDate is compared with an RFC 3339 time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _product(condition: Condition) -> Clause:
    """By the part of `shares` that names the product; ids hold no quotes or wildcards of ours."""
    if condition.operator != "eq":
        raise UnknownFilter("ratedProductUsage.productRef.id can only be equal")
    matches = tuple(f'"product":"{value}"' for value in condition.values)
    contained = "length(replace(shares, ?, '')) < length(shares)"
    return f"({' OR '.join([contained] * len(matches))})", matches


_FILTERS: dict[str, Callable[[Condition], Clause]] = {
    "id": _text("id"),
    "usageType": _text("kind"),
    "status": _text("state"),
    "usageSpecification.id": _text("kind"),
    "relatedParty.id": _text("owner"),
    "usageDate": _instant,
    "ratedProductUsage.productRef.id": _product,
}
_SORTS = {"id": "id", "usageDate": "start", "usageType": "kind", "status": "state"}


async def find(database: Database, principal: Principal, window: Window) -> tuple[list[Used], int]:
    """The records of a page, and how many there are in all."""
    where, params = _where(principal, window.conditions)
    total = (await database.rows(f"SELECT COUNT(*) FROM usage_records {where}", *params))[0][0]  # noqa: S608 - every value is a parameter
    sql = f"SELECT {_COLUMNS} FROM usage_records {where} ORDER BY {_order(window.sort)} LIMIT ? OFFSET ?"  # noqa: S608 - every value is a parameter
    found = await database.rows(sql, *params, window.limit, window.offset)
    return [_used(row) for row in found], int(total)


async def get(database: Database, principal: Principal, id: str) -> Used | None:
    found, _ = await find(database, principal, Window(limit=1, conditions=(Condition("id", "eq", (id,)),)))
    return found[0] if found else None


def _where(principal: Principal, conditions: tuple[Condition, ...]) -> Clause:
    clauses: list[Clause] = []
    if principal.customers is not None:
        # Usage that is nobody's yet is personal data all the same: only who sees everybody sees it.
        owners = tuple(sorted(principal.customers))
        clauses.append((f"owner IN ({', '.join('?' * len(owners))})", owners) if owners else ("1 = 0", ()))
    clauses += [_either(condition) for condition in conditions]
    if not clauses:
        return "", ()
    return "WHERE " + " AND ".join(sql for sql, _ in clauses), tuple(p for _, params in clauses for p in params)


def _either(condition: Condition) -> Clause:
    if condition.path not in _FILTERS:
        raise UnknownFilter(f"usage can be filtered by {', '.join(_FILTERS)}")
    if condition.operator not in _COMPARISONS:
        raise UnknownFilter(f"usage can be filtered with {', '.join(_COMPARISONS)}")
    sql, params = _FILTERS[condition.path](condition)
    for other in condition.otherwise:
        alternative, more = _either(other)
        sql, params = f"({sql} OR {alternative})", (*params, *more)
    return sql, params


def _order(sort: tuple[str, ...]) -> str:
    parts = []
    for name in sort:
        column = _SORTS.get(name.lstrip("+-"))
        if column is None:
            raise UnknownFilter(f"usage can be sorted by {', '.join(_SORTS)}")
        parts.append(f"{column} {'DESC' if name.startswith('-') else 'ASC'}")
    return ", ".join([*parts, "seq"])


def _used(row: tuple[Any, ...]) -> Used:
    *plain, start, destination, state, owner, included, excluded, shares, body = row
    kept = (destination, state, owner, included, excluded)
    given = tuple(Share(**share) for share in from_json(shares))
    return Used(*[*plain, maybe_instant(start), *kept, given, None if body is None else from_json(body)])
