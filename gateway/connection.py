"""One connection to a client: bytes that are no HTTP request are refused in TM Forum's words, under a trace, too."""

from http import HTTPStatus

import msgspec
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.api.tmf630.errors import Refused

_TRACER = trace.get_tracer("banyan.gateway")


class Connection(HttpToolsProtocol):
    def send_400_response(self, msg: str) -> None:
        del msg
        refused = Refused(HTTPStatus.BAD_REQUEST, "request.bad", "these bytes are no HTTP request")
        attributes = {"http.response.status_code": refused.status.value}
        span = _TRACER.start_span("refused", Context(), SpanKind.SERVER, attributes)
        span.end()
        body = msgspec.json.encode(refused.body())
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            f"x-trace-id: {span.get_span_context().trace_id:032x}\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode("ascii") + body)
        self.transport.close()
