"""Spans and logs: where they come from and where they are kept."""

from gateway.telemetry.provider import Telemetry, start
from gateway.telemetry.traces import SUBJECT, Span, read_trace

__all__ = ["SUBJECT", "Span", "Telemetry", "read_trace", "start"]
