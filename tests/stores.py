"""Stores for tests: each of the databases that the gateway supports, fresh for every test."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

POSTGRES = os.environ.get("BANYAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/test")
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@asynccontextmanager
async def fresh_url(database: str, folder: Path) -> AsyncIterator[str]:
    """The URL of an empty database; a schema of its own on PostgreSQL, dropped afterwards."""
    if database == "sqlite":
        yield f"sqlite:///{folder / 'store.db'}"
        return
    try:
        connection = await asyncpg.connect(POSTGRES, timeout=5)
    except (TimeoutError, OSError, asyncpg.PostgresError) as error:
        pytest.skip(f"PostgreSQL is not reachable at {POSTGRES}: {error}")
    schema = f"t_{uuid.uuid4().hex}"
    try:
        yield f"{POSTGRES}?schema={schema}"
    finally:
        await connection.execute(f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {schema} CASCADE")
        await connection.close()
