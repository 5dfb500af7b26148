"""Starts OpenTelemetry once per process: OTLP when configured, the local trace store otherwise or as well."""

from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased

from gateway.settings import Settings
from gateway.telemetry.roots import Share
from gateway.telemetry.traces import SqliteTraces

QUEUE = 65_536
"""The default of 2,048 lost spans in a burst of 20,000."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    processors: tuple[BatchSpanProcessor, ...]

    def flush(self) -> None:
        for processor in self.processors:
            processor.force_flush()

    def stop(self) -> None:
        for processor in self.processors:
            processor.shutdown()  # type: ignore[no-untyped-call] # the SDK's own omission


def start(settings: Settings) -> Telemetry:
    """Send spans where the settings say. A process has one provider; processors are added to it."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider(
            resource=Resource.create({"service.name": "banyan-gateway"}),
            sampler=ParentBased(Share(settings.telemetry.ratio)),
            shutdown_on_exit=False,
        )
        trace.set_tracer_provider(provider)
    processors = []
    if settings.traces is not None:
        processors.append(
            BatchSpanProcessor(SqliteTraces(settings.traces), max_queue_size=QUEUE, schedule_delay_millis=300)
        )
    if settings.telemetry.otlp:
        exporter = OTLPSpanExporter(endpoint=settings.telemetry.otlp)
        processors.append(BatchSpanProcessor(exporter, max_queue_size=QUEUE))
    for processor in processors:
        provider.add_span_processor(processor)
    return Telemetry(tuple(processors))
