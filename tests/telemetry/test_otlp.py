"""Spans leave over OTLP/HTTP when an address is configured."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway.settings import Settings, StoreSettings
from gateway.settings import Telemetry as TelemetrySettings
from gateway.telemetry import start


class Collector(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Reception)
        self.names: list[str] = []


class Reception(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = ExportTraceServiceRequest.FromString(body)
        spans = (span for one in sent.resource_spans for scope in one.scope_spans for span in scope.spans)
        self.server.names += [span.name for span in spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Silence: a test says what went wrong by itself."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_spans_reach_a_collector(collector: Collector) -> None:
    address = f"http://127.0.0.1:{collector.server_port}/v1/traces"
    telemetry = start(
        Settings(store=StoreSettings(url="postgresql://nowhere"), telemetry=TelemetrySettings(otlp=address))
    )
    with trace.get_tracer("tests").start_as_current_span("jbilling/place_order"):
        pass
    telemetry.flush()
    telemetry.stop()
    assert "jbilling/place_order" in collector.names
