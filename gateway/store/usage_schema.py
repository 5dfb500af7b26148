"""The tables of usage: the ledger of files, records, quarantine, charging and an outbox of their own."""

from sqlalchemy import DDL, BigInteger, Column, Identity, Index, Integer, MetaData, String, Table, Text, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def _serial() -> TypeEngine[int]:
    # SQLite hands out row numbers for INTEGER PRIMARY KEY only.
    return BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


turn = Table("usage_turn", metadata, Column("id", Integer, primary_key=True), Column("n", BigInteger, nullable=False))

files = Table(
    "usage_files",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("system", String, nullable=False),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String, nullable=False),
    Column("layout", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text),
    Column("line", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("conflicts", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("first_seen", BigInteger, nullable=False),
    Column("last_seen", BigInteger, nullable=False),
    Index("usage_files_name_sha256", "system", "name", "sha256", unique=True),
    Index("usage_files_sha256", "sha256"),
    sqlite_autoincrement=True,
)

records = Table(
    "usage_records",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("layout", String, nullable=False),
    Column("key", String, nullable=False),
    Column("content", String, nullable=False),
    Column("file", String),
    Column("line", BigInteger, nullable=False),
    Column("raw", Text, nullable=False),
    Column("subscriber_kind", String),
    Column("subscriber", String),
    Column("kind", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("start", BigInteger),
    Column("cycle", BigInteger),
    Column("destination", String),
    Column("state", String, nullable=False),
    Column("owner", String),
    Column("included", BigInteger, nullable=False),
    Column("excluded", BigInteger, nullable=False),
    Column("shares", Text, nullable=False),
    Column("body", Text),
    Index("usage_records_key", "layout", "key", unique=True),
    Index("usage_records_subscriber", "subscriber", "subscriber_kind"),
    Index("usage_records_charging", "owner", "unit", "cycle"),
    Index("usage_records_start", "start"),
    sqlite_autoincrement=True,
)
# Every record is charged soon after it came: with room left in its page PostgreSQL keeps the new version there, and
# charging takes a third of the time.
_ROOM = DDL("ALTER TABLE %(table)s SET (fillfactor = 50)")  # type: ignore[no-untyped-call] # SQLAlchemy leaves it open
event.listen(records, "after_create", _ROOM.execute_if(dialect="postgresql"))

quarantine = Table(
    "usage_quarantine",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("file", String, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("other", Text),
    Column("at", BigInteger, nullable=False),
    Index("usage_quarantine_file", "file", "line"),
    sqlite_autoincrement=True,
)

asks = Table(
    "usage_asks",
    metadata,
    Column("subscriber_kind", String, primary_key=True),
    Column("subscriber", String, primary_key=True),
)

due = Table(
    "usage_due",
    metadata,
    Column("owner", String, primary_key=True),
    Column("unit", String, primary_key=True),
    Column("cycle", BigInteger, primary_key=True),
)

buckets = Table(
    "usage_buckets",
    metadata,
    Column("grant_id", String, primary_key=True),
    Column("cycle", BigInteger, primary_key=True),
    Column("used", BigInteger, nullable=False),
)

thresholds = Table(
    "usage_thresholds",
    metadata,
    Column("grant_id", String, primary_key=True),
    Column("cycle", BigInteger, primary_key=True),
    Column("point", Integer, primary_key=True),
)

realisations = Table("usage_realisations", metadata, Column("id", String, primary_key=True))

outbox = Table(
    "usage_outbox",
    metadata,
    Column("seq", _serial(), Identity(), primary_key=True),
    Column("event", Text, nullable=False),
    sqlite_autoincrement=True,
)

FIRST_TURN = "INSERT INTO usage_turn (id, n) VALUES (1, 0) ON CONFLICT DO NOTHING"
