"""The store's table of contents."""

from gateway.store.opening import open_database, open_store
from gateway.store.operators import OPERATORS, Operator
from gateway.store.port import (
    Advance,
    Change,
    Crossref,
    Database,
    Document,
    Drop,
    Emit,
    Enqueue,
    Event,
    Found,
    Job,
    Link,
    Put,
    Remember,
    Remembered,
    Stale,
    Statement,
    Store,
    Unreachable,
)
from gateway.store.sql_store import SqlStore

__all__ = [
    "OPERATORS",
    "Advance",
    "Change",
    "Crossref",
    "Database",
    "Document",
    "Drop",
    "Emit",
    "Enqueue",
    "Event",
    "Found",
    "Job",
    "Link",
    "Operator",
    "Put",
    "Remember",
    "Remembered",
    "SqlStore",
    "Stale",
    "Statement",
    "Store",
    "Unreachable",
    "open_database",
    "open_store",
]
