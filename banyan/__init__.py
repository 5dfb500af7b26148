"""The SDK: all that an adapter author imports."""

from contracts.call import Call, Principal, optional, read, write
from contracts.clock import Clock, SystemClock
from contracts.errors import (
    Conflict,
    Garbled,
    Happened,
    NotFound,
    PortError,
    Rejected,
    TimedOut,
    Unavailable,
    Unsupported,
)
from contracts.page import Bookmark, Condition, Slice, Window

__all__ = [
    "Bookmark",
    "Call",
    "Clock",
    "Condition",
    "Conflict",
    "Garbled",
    "Happened",
    "NotFound",
    "PortError",
    "Principal",
    "Rejected",
    "Slice",
    "SystemClock",
    "TimedOut",
    "Unavailable",
    "Unsupported",
    "Window",
    "optional",
    "read",
    "write",
]
