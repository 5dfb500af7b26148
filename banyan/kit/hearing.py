"""All that is logged and traced while a test runs, as text to search in."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

_PLAIN = logging.Formatter("%(name)s %(message)s")


class Heard(logging.Handler):
    """Logs of every level, spans, and the errors that a test adds."""

    def __init__(self, spans: "InMemorySpanExporter") -> None:
        super().__init__(logging.NOTSET)
        self._spans = spans
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{_PLAIN.format(record)} {vars(record)!r}")

    def add(self, error: BaseException) -> None:
        shown = "".join(traceback.format_exception(error))
        self._lines.append(f"{shown} {error!r} {vars(error)!r}")

    def everything(self) -> str:
        spans = [span.to_json(indent=None) for span in self._spans.get_finished_spans()]
        return "\n".join([*self._lines, *spans])


@contextmanager
def hearing(spans: "InMemorySpanExporter") -> Iterator[Heard]:
    """Opens every logger's ear while the block runs."""
    heard, root = Heard(spans), logging.getLogger()
    level = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(heard)


@contextmanager
def crashes() -> Iterator[list[str]]:
    """What simulators of this process failed at by themselves while the block runs: no legacy system would."""
    told: list[str] = []
    ear, log = logging.Handler(logging.ERROR), logging.getLogger("aiohttp.server")
    ear.emit = lambda record: told.append(logging.Formatter().format(record))  # type: ignore[method-assign]
    ear.addFilter(_is_the_simulators)
    log.addHandler(ear)
    try:
        yield told
    finally:
        log.removeHandler(ear)


def _is_the_simulators(record: logging.LogRecord) -> bool:
    """A client who hangs up in the wrong moment makes aiohttp itself stumble."""
    error = record.exc_info[1] if record.exc_info else None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__ if error else None)]
    return bool(frames) and not str(frames[-1].f_globals.get("__name__")).startswith(("aiohttp.", "asyncio."))
