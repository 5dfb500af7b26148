"""The span of one port call: all its attempts, and how it ended in the end."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Self

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from banyan.tracing import unseen
from contracts.errors import PortError
from gateway.policy.retry import Semantics, in_doubt

_tracer = trace.get_tracer("banyan.policy")


@dataclass(slots=True)
class Attempts:
    """How often the call was sent. To be entered where no span tells of it."""

    count: int = 0
    doubtful: bool = False
    """One of them may have had its effect, however the last one ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


def logical(system: str, method: str, semantics: Semantics) -> AbstractContextManager[Attempts]:
    """Covers all retries; an error counts only when it is the last word, and doubt is none: the flow settles it."""
    return _traced(system, method, semantics) if unseen() is None else Attempts()


@contextmanager
def _traced(system: str, method: str, semantics: Semantics) -> Iterator[Attempts]:
    attempts = Attempts()
    with _tracer.start_as_current_span(
        f"{system}/{method}",
        kind=SpanKind.CLIENT,
        attributes={"rpc.method": f"{system}/{method}", "gateway.backend": system},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        outcome = "ok"
        try:
            yield attempts
        except BaseException as error:
            doubt = isinstance(error, PortError) and in_doubt(semantics, error)
            outcome = "in_doubt" if doubt else "fail"
            span.set_attribute("error.type", type(error).__name__)
            if not doubt:
                span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.set_attribute("gateway.attempts", attempts.count)
            span.set_attribute("gateway.outcome", outcome)
