"""Opens a store or a database by its URL, with its schema brought up to date."""

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

from sqlalchemy import MetaData

from contracts.clock import Clock
from gateway.store import migrate
from gateway.store.port import Database, Unreachable
from gateway.store.postgres import PostgresDatabase, reaching
from gateway.store.sql_store import SqlStore
from gateway.store.sqlite import SqliteDatabase, connect

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class Location:
    """`sqlite:///path`, `sqlite://` (in memory) or `postgresql://user@host/database[?schema=name]`."""

    path: Path | None = None
    dsn: str | None = None
    schema: str | None = None

    @classmethod
    def of(cls, url: str) -> "Location":
        if url == "sqlite://":
            return cls()
        if url.startswith("sqlite:///") and url != "sqlite:///":
            return cls(path=Path(url.removeprefix("sqlite:///")))
        parts = urlsplit(url)
        if parts.scheme not in {"postgresql", "postgres"} or not parts.hostname:
            raise ValueError(f"store: {parts.scheme or url!r} is neither sqlite:///path nor postgresql://user@host/db")
        query = parse_qs(parts.query)
        schema = query.pop("schema", [None])[0]
        if query:
            raise ValueError(f"store: unknown setting {', '.join(sorted(query))}; only schema=name is known")
        if schema is not None and not _SCHEMA.fullmatch(schema):
            raise ValueError(f"store: {schema!r} is not a name for a schema (a-z, 0-9, _)")
        return cls(dsn=urlunsplit(("postgresql", parts.netloc, parts.path, "", "")), schema=schema)


async def open_store(url: str, clock: Clock) -> SqlStore:
    return SqlStore(await _open(Location.of(url), migrate.upgrade), clock)


async def open_database(url: str, *metadata: MetaData) -> Database:
    """For a room with tables of its own, in a file of its own: `open_database(url, usage_schema.metadata)`.

    The tables that are missing are created; on PostgreSQL they may lie beside the store's.
    """
    return await _open(Location.of(url), migrate.create(*metadata))


async def _open(location: Location, work: migrate.Work) -> Database:
    if location.dsn is not None:
        with reaching():
            await migrate.on_postgresql(location.dsn, location.schema, work)
        return await PostgresDatabase.connect(location.dsn, location.schema)
    try:
        if location.path is not None:
            location.path.parent.mkdir(parents=True, exist_ok=True)
        writing = connect(location.path)
        await migrate.on_sqlite(writing, work)
    except (OSError, sqlite3.Error) as error:
        raise Unreachable(f"SQLite: {location.path}: {error}") from error
    return SqliteDatabase(location.path, writing)
