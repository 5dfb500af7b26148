"""Spans that nobody looks at, since their trace is not sampled: it goes on under them, at next to no cost."""

from opentelemetry import trace
from opentelemetry.context import Context, get_current
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext

(_KEY,) = trace.set_span_in_context(trace.INVALID_SPAN, Context())
"""Of the span in a context. `trace.get_current_span` checks each time that it is one."""


class Unseen(NonRecordingSpan):
    """`headers`: what tells another system of it."""

    def __init__(self, context: SpanContext) -> None:
        super().__init__(context)
        self.headers = trace_context(context)


def unseen() -> Unseen | None:
    """The span around, where nobody looks at it: what is done under it needs none of its own."""
    span: Span | None = get_current().get(_KEY)  # type: ignore[assignment]  # under this key
    if span is None or type(span) is Unseen:
        return span
    context = span.get_span_context()
    return Unseen(context) if context.is_valid and not context.trace_flags.sampled else None


def trace_context(context: SpanContext) -> dict[str, str]:
    """W3C trace context, as headers; baggage stays in the house."""
    trace_id, span_id, _, flags, state, is_valid = context
    if not is_valid:
        return {}
    made = {"traceparent": f"00-{trace_id:032x}-{span_id:016x}-{flags:02x}"}
    if state:
        made["tracestate"] = state.to_header()
    return made
