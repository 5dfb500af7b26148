"""The tables of the store. Migrations are written by hand under migrations/; a test compares both."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _serial() -> TypeEngine[int]:
    # SQLite hands out row numbers for INTEGER PRIMARY KEY only.
    return BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


def _sorted_text() -> TypeEngine[str]:
    """Compared by code point in both dialects, whatever the database's locale."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def _partial(name: str, where: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


documents = Table(
    "documents",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("owner", String),
    Column("body", Text, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("source", String),
    Column("as_of", BigInteger),
    Index("documents_kind_id", "kind", "id", unique=True),
    Index("documents_kind_seq", "kind", "seq", "owner", "as_of"),
    Index("documents_id", "id"),
    sqlite_autoincrement=True,
)

attributes = Table(
    "attributes",
    metadata,
    Column("doc", BigInteger, ForeignKey("documents.seq", ondelete="CASCADE"), nullable=False),
    Column("kind", String, nullable=False),
    Column("path", String, nullable=False),
    Column("text", _sorted_text(), nullable=False),
    Column("number", Double),
    Column("instant", BigInteger),
    Index("attributes_doc_path", "doc", "path"),
    _partial("attributes_text", "number IS NULL", "kind", "path", "text", "doc"),
    _partial("attributes_number", "number IS NOT NULL", "kind", "path", "number", "doc", "text"),
    _partial("attributes_instant", "instant IS NOT NULL", "kind", "path", "instant", "doc"),
)

crossrefs = Table(
    "crossrefs",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("operator", String, nullable=False),
    Column("system", String, nullable=False),
    Column("native_id", String, nullable=False),
    Column("keys", Text, nullable=False),
    Index("crossrefs_native", "kind", "operator", "system", "native_id", unique=True),
    Index("crossrefs_id", "kind", "id"),
    sqlite_autoincrement=True,
)

crossref_keys = Table(
    "crossref_keys",
    metadata,
    Column("crossref", BigInteger, ForeignKey("crossrefs.seq", ondelete="CASCADE"), nullable=False),
    Column("name", String, nullable=False),
    Column("value", String, nullable=False),
    Index("crossref_keys_crossref", "crossref"),
    Index("crossref_keys_value", "name", "value"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("number", BigInteger, unique=True),
    Column("id", String, nullable=False, unique=True),
    Column("type", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("resource_id", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("owner", String),
    Column("source", String),
    Column("as_of", BigInteger),
    Column("customer_ref", String),
    Column("trace", String),
    Column("version", Integer, nullable=False),
    _partial("outbox_unnumbered", "number IS NULL", "seq"),
    sqlite_autoincrement=True,
)

sequencer = Table(
    "sequencer",
    metadata,
    Column("name", String, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("data", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("open", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("lease", BigInteger),
    Column("leased_until", BigInteger),
    Column("plan_version", Integer, nullable=False),
    Column("trace", String),
    Column("owner", String),
    Index("jobs_due", "kind", "open", "due", "seq"),
    Index("jobs_lane", "kind", "lane", "open", "seq"),
    sqlite_autoincrement=True,
)

remembered = Table(
    "remembered",
    metadata,
    Column("client", String, primary_key=True),
    Column("operation", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("remembered_at", "at"),
)
