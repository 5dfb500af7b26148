"""Cross-references between our ids and native ones; a native id never changes which of ours it belongs to."""

from typing import Any

from contracts.call import Principal
from gateway.store.encoding import from_json, to_json
from gateway.store.ownership import linked
from gateway.store.port import Crossref, Database, Link, Statement

_LINK = (
    "INSERT INTO crossrefs (kind, id, operator, system, native_id, keys) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (kind, operator, system, native_id) DO UPDATE SET keys = excluded.keys"
    " WHERE crossrefs.id = excluded.id"
)
_OF_CROSSREF = "(SELECT seq FROM crossrefs WHERE kind = ? AND operator = ? AND system = ? AND native_id = ?)"


async def query(database: Database, principal: Principal, where: str, *params: str) -> list[Crossref]:
    """The only function that reads crossrefs; the newest link first."""
    seen, values = linked(principal)
    rows = await database.rows(
        "SELECT kind, id, operator, system, native_id, keys FROM crossrefs"  # noqa: S608 - every value is a parameter
        f" WHERE {where} AND {seen} ORDER BY seq DESC",
        *params,
        *values,
    )
    return [_crossref(row) for row in rows]


def link(change: Link) -> list[Statement]:
    """Stale when the native id is already linked to another id of ours: two readers met it for the first time."""
    ref = change.crossref
    native = (ref.kind, ref.operator, ref.system, ref.native_id)
    row = (ref.kind, ref.id, ref.operator, ref.system, ref.native_id, to_json(ref.keys))
    return [
        Statement(_LINK, row, touches=1),
        Statement(f"DELETE FROM crossref_keys WHERE crossref = {_OF_CROSSREF}", native),  # noqa: S608
        Statement(
            f"INSERT INTO crossref_keys (crossref, name, value) VALUES ({_OF_CROSSREF}, ?, ?)",  # noqa: S608
            many=[(*native, name, value) for name, value in ref.keys.items()],
        ),
    ]


def _crossref(row: tuple[Any, ...]) -> Crossref:
    kind, id, operator, system, native_id, keys = row
    return Crossref(kind, id, operator, system, native_id, from_json(keys))
