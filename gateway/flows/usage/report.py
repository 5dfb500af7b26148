"""What the operator asks of usage: the ledger of files and the rows in quarantine, ready for JSON."""

from typing import Any

from gateway.store.usage import UsageStore
from gateway.store.usage_rows import FileRow


async def files(usage: UsageStore) -> list[dict[str, Any]]:
    """One entry for these bytes under this name, in order of arrival."""
    return [_shown(row) for row in await usage.ledger.files()]


async def suspense(usage: UsageStore, limit: int = 1000, offset: int = 0) -> list[dict[str, Any]]:
    """Rows that are no usage: file, line, kind (rejected or conflict), reason, the row, and what was known instead."""
    return await usage.ledger.suspense(limit, offset)


def _shown(row: FileRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "layout": row.layout,
        "state": row.state,
        "reason": row.reason,
        "rows": row.rows,
        "accepted": row.accepted,
        "duplicates": row.duplicates,
        "conflicts": row.conflicts,
        "rejected": row.rejected,
        "seen": row.seen,
        "firstSeen": row.first_seen.isoformat(),
        "lastSeen": row.last_seen.isoformat(),
        "system": row.system,
    }
