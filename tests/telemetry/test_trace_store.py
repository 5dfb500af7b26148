"""Spans in a file of their own: found by their trace, and by the order that they belong to."""

from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from gateway.telemetry.traces import SUBJECT, SqliteTraces, read_trace

TRACER = TracerProvider(shutdown_on_exit=False).get_tracer("tests")


def span(order: str) -> ReadableSpan:
    made = TRACER.start_span("orders.step", attributes={SUBJECT: order})
    made.end()
    assert isinstance(made, ReadableSpan)
    return made


def test_what_cannot_be_written_costs_nothing_that_comes_later(tmp_path: Path) -> None:
    store = SqliteTraces(tmp_path / "traces.db")
    with pytest.raises(UnicodeEncodeError):
        store.export([span("1"), span("\ud800")])
    store.export([span("2")])
    store.shutdown()
    assert [found.name for found in read_trace(tmp_path / "traces.db", "2")[1]] == ["orders.step"]
    assert read_trace(tmp_path / "traces.db", "1") == ("", [])
