"""Brings a database to the present schema: Alembic for the store, plain creation for a room with tables of its own."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool, StaticPool

MIGRATIONS = Path(__file__).parent / "migrations"
# Alembic's context is a global of the process; the number is the same lock for every process on one PostgreSQL.
_one_at_a_time = threading.Lock()
_ADVISORY_LOCK = 7_226_265

Work = Callable[[Connection], None]


def upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def create(*metadata: MetaData) -> Work:
    """The tables that are not there yet. A table that changes later belongs into a migration."""

    def work(connection: Connection) -> None:
        for tables in metadata:
            tables.create_all(connection)

    return work


async def on_sqlite(connection: sqlite3.Connection, work: Work) -> None:
    def run() -> None:
        engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
        with _one_at_a_time, engine.connect() as here:
            try:
                work(here)
                here.commit()
            except DBAPIError as error:
                raise (error.orig or error) from error

    await asyncio.to_thread(run)


async def on_postgresql(dsn: str, schema: str | None, work: Work) -> None:
    def locked(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _ADVISORY_LOCK})
        if schema:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        work(connection)

    async def run() -> None:
        settings = {"server_settings": {"search_path": schema}} if schema else {}
        engine = create_async_engine(
            dsn.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool, connect_args=settings
        )
        async with engine.begin() as connection:
            await connection.run_sync(locked)
        await engine.dispose()

    def in_thread() -> None:
        with _one_at_a_time:
            asyncio.run(run())

    await asyncio.to_thread(in_thread)
