"""The local trace store: spans in one SQLite file, found by trace id or by the order they belong to."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import StatusCode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS spans (
    span TEXT PRIMARY KEY, trace TEXT NOT NULL, parent TEXT, name TEXT NOT NULL, kind TEXT NOT NULL,
    began INTEGER NOT NULL, ended INTEGER NOT NULL, failed INTEGER NOT NULL, attributes TEXT NOT NULL, subject TEXT);
CREATE INDEX IF NOT EXISTS spans_trace ON spans (trace, began);
CREATE INDEX IF NOT EXISTS spans_subject ON spans (subject) WHERE subject IS NOT NULL;
"""

SUBJECT = "gateway.order.id"
"""The span attribute by which a trace is found again."""


@dataclass(frozen=True, slots=True)
class Span:
    """One span as it is shown. Times are nanoseconds since 1970."""

    id: str
    parent: str | None
    name: str
    kind: str
    began: int
    ended: int
    failed: bool
    attributes: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        return asdict(self)


class SqliteTraces(SpanExporter):
    """Writes finished spans; called from the batch processor's own thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [_row(span) for span in spans]
            )
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        with self._lock:
            self._connection.close()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - nothing waits here
        return True


def _row(span: ReadableSpan) -> tuple[Any, ...]:
    context = span.get_span_context()
    attributes = dict(span.attributes or {})
    return (
        f"{context.span_id:016x}" if context else "",
        f"{context.trace_id:032x}" if context else "",
        f"{span.parent.span_id:016x}" if span.parent else None,
        span.name,
        span.kind.name,
        span.start_time,
        span.end_time,
        span.status.status_code is StatusCode.ERROR,
        json.dumps(attributes, default=str),
        attributes.get(SUBJECT),
    )


def read_trace(path: Path, wanted: str) -> tuple[str, list[Span]]:
    """The trace with this id, or the one of the order with this id; ("", []) when there is none."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        found = connection.execute(
            "SELECT trace FROM spans WHERE trace = ?1 UNION ALL SELECT trace FROM spans WHERE subject = ?1 LIMIT 1",
            (wanted,),
        ).fetchone()
        if found is None:
            return "", []
        rows = connection.execute(
            "SELECT span, parent, name, kind, began, ended, failed, attributes"
            " FROM spans WHERE trace = ? ORDER BY began",
            found,
        )
        return found[0], [
            Span(span, parent, name, kind, began, ended, bool(failed), json.loads(attributes))
            for span, parent, name, kind, began, ended, failed, attributes in rows
        ]
    finally:
        connection.close()
