"""The index of attributes answers a range without looking at its rows: numbers apart from texts, each with its doc.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("attributes_instant", "attributes_number", "attributes_text"):
        op.drop_index(name, table_name="attributes")
    for name, where, columns in (
        ("attributes_instant", "instant IS NOT NULL", ["kind", "path", "instant", "doc"]),
        ("attributes_number", "number IS NOT NULL", ["kind", "path", "number", "doc", "text"]),
        ("attributes_text", "number IS NULL", ["kind", "path", "text", "doc"]),
    ):
        op.create_index(
            name,
            "attributes",
            columns,
            unique=False,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
