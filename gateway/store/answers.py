"""Answers to writes that carried an Idempotency-Key, kept for a week."""

from datetime import datetime, timedelta

from gateway.store.encoding import from_json, from_micros, to_json, to_micros
from gateway.store.port import Database, Remember, Remembered, Statement

KEPT = timedelta(days=7)


async def query(database: Database, client: str, operation: str, key: str, now: datetime) -> Remembered | None:
    rows = await database.rows(
        "SELECT digest, status, kind, id, body, at FROM remembered"
        " WHERE client = ? AND operation = ? AND key = ? AND at > ?",
        *(client, operation, key, to_micros(now - KEPT)),
    )
    if not rows:
        return None
    digest, status, kind, id, body, at = rows[0]
    return Remembered(client, operation, key, digest, status, kind, id, from_json(body), from_micros(at))


def remember(change: Remember, now: datetime) -> list[Statement]:
    answer = change.answer
    row = (answer.client, answer.operation, answer.key, answer.digest, answer.status, answer.kind, answer.id)
    return [
        Statement("DELETE FROM remembered WHERE at <= ?", (to_micros(now - KEPT),)),
        Statement(
            "INSERT INTO remembered (client, operation, key, digest, status, kind, id, body, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (client, operation, key) DO NOTHING",
            (*row, to_json(answer.body), to_micros(answer.at)),
            touches=1,
        ),
    ]
