"""The first tables: documents, cross-references, journal, outbox, remembered answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _sorted_text() -> sa.types.TypeEngine[str]:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "crossrefs",
        sa.Column("seq", _serial(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("native_id", sa.String(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("crossrefs_id", "crossrefs", ["kind", "id"], unique=False)
    op.create_index("crossrefs_native", "crossrefs", ["kind", "operator", "system", "native_id"], unique=True)
    op.create_table(
        "documents",
        sa.Column("seq", _serial(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String()),
        sa.Column("as_of", sa.BigInteger()),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("documents_id", "documents", ["id"], unique=False)
    op.create_index("documents_kind_id", "documents", ["kind", "id"], unique=True)
    op.create_index("documents_kind_seq", "documents", ["kind", "seq", "owner", "as_of"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("seq", _serial(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.BigInteger()),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("trace", sa.String()),
        sa.Column("owner", sa.String()),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_due", "jobs", ["kind", "open", "due", "seq"], unique=False)
    op.create_index("jobs_lane", "jobs", ["kind", "lane", "open", "seq"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("seq", _serial(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.BigInteger()),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("source", sa.String()),
        sa.Column("as_of", sa.BigInteger()),
        sa.Column("customer_ref", sa.String()),
        sa.Column("trace", sa.String()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("number"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "outbox_unnumbered",
        "outbox",
        ["seq"],
        unique=False,
        sqlite_where=sa.text("number IS NULL"),
        postgresql_where=sa.text("number IS NULL"),
    )
    op.create_table(
        "remembered",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "operation", "key"),
    )
    op.create_index("remembered_at", "remembered", ["at"], unique=False)
    op.create_table(
        "sequencer",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "attributes",
        sa.Column("doc", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("text", _sorted_text(), nullable=False),
        sa.Column("number", sa.Double()),
        sa.Column("instant", sa.BigInteger()),
        sa.ForeignKeyConstraint(["doc"], ["documents.seq"], ondelete="CASCADE"),
    )
    op.create_index("attributes_doc_path", "attributes", ["doc", "path"], unique=False)
    op.create_index(
        "attributes_instant",
        "attributes",
        ["kind", "path", "instant"],
        unique=False,
        sqlite_where=sa.text("instant IS NOT NULL"),
        postgresql_where=sa.text("instant IS NOT NULL"),
    )
    op.create_index(
        "attributes_number",
        "attributes",
        ["kind", "path", "number"],
        unique=False,
        sqlite_where=sa.text("number IS NOT NULL"),
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_index("attributes_text", "attributes", ["kind", "path", "text"], unique=False)
    op.create_table(
        "crossref_keys",
        sa.Column("crossref", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["crossref"], ["crossrefs.seq"], ondelete="CASCADE"),
    )
    op.create_index("crossref_keys_crossref", "crossref_keys", ["crossref"], unique=False)
    op.create_index("crossref_keys_value", "crossref_keys", ["name", "value"], unique=False)
    op.execute("INSERT INTO sequencer (name, last) VALUES ('outbox', 0)")
