"""The wire: HTTP to one legacy system, classified by what may have happened before anybody parses a byte."""

from banyan.wire.backend import Backend
from banyan.wire.wire import Answer, Wire

__all__ = ["Answer", "Backend", "Wire"]
