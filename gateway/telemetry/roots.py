"""Requests that continue no trace: a share of them begins one that is looked at."""

from collections.abc import Sequence
from random import getrandbits

from opentelemetry.context import Context, create_key, set_value
from opentelemetry.sdk.trace.sampling import Decision, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.types import Attributes

from banyan.tracing import Unseen

CHOSEN = set_value(create_key("chosen"), value=True, context=Context())
"""A root span that is started in this context is sampled."""
_FLAGS = TraceFlags(TraceFlags.RANDOM_TRACE_ID)


class Roots:
    """Chooses before the SDK is asked, which takes 5 us to start a span that nobody looks at."""

    def __init__(self, ratio: float) -> None:
        self._bound = TraceIdRatioBased.get_bound_for_rate(ratio)

    def unseen(self) -> Unseen | None:
        """The span of a request that nobody looks at; None for one that is chosen."""
        if getrandbits(64) < self._bound:
            return None
        return Unseen(SpanContext(getrandbits(128) or 1, getrandbits(64) or 1, is_remote=False, trace_flags=_FLAGS))


class Share(TraceIdRatioBased):
    """Samples a share of the traces that begin elsewhere in the house; at the edge it has been chosen already."""

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if parent_context is CHOSEN:
            return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)
        return super().should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)
