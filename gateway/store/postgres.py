"""PostgreSQL behind the database port: an asyncpg pool, one transaction per commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import asyncpg

from gateway.store.port import Stale, Statement, Unreachable

_POOL = 10
_ATTEMPTS = 5


@lru_cache(maxsize=1024)
def numbered(sql: str) -> str:
    """`?` becomes $1, $2 ...; none of our statements quotes a question mark."""
    first, *rest = sql.split("?")
    return first + "".join(f"${place}{part}" for place, part in enumerate(rest, start=1))


@contextmanager
def reaching() -> Iterator[None]:
    try:
        yield
    except (
        OSError,
        asyncpg.InterfaceError,
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.InvalidAuthorizationSpecificationError,
        asyncpg.InvalidCatalogNameError,
    ) as error:
        if isinstance(error, ValueError):
            raise  # asyncpg's word for a parameter of the wrong type
        raise Unreachable(f"PostgreSQL: {error}") from error


class PostgresDatabase:
    dialect = "postgresql"

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    @classmethod
    async def connect(cls, dsn: str, schema: str | None) -> "PostgresDatabase":
        settings = {"search_path": schema} if schema else {}
        with reaching():
            return cls(await asyncpg.create_pool(dsn, min_size=1, max_size=_POOL, server_settings=settings))

    async def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        # PostgreSQL refuses the NUL character; nothing stored has it, so nothing is missed.
        safe = [param.replace("\0", "\ufffd") if isinstance(param, str) else param for param in params]
        with reaching():
            return [tuple(row) for row in await self._pool.fetch(numbered(sql), *safe)]

    async def returning(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        return await self.rows(sql, *params)

    async def commit(self, *statements: Statement) -> None:
        """Two commits that lock the same rows in another order: PostgreSQL ends one of them, which starts again."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with reaching():
                    await self._commit(statements)
            except asyncpg.DeadlockDetectedError:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return

    async def _commit(self, statements: tuple[Statement, ...]) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            for statement in statements:
                await _run(connection, statement)

    async def aclose(self) -> None:
        await self._pool.close()


async def _run(connection: Any, statement: Statement) -> None:
    sql = numbered(statement.sql)
    if statement.many is not None:
        await connection.executemany(sql, statement.many)
        return
    answer: str = await connection.execute(sql, *statement.params)
    if statement.touches is not None and (touched := int(answer.rsplit(" ", 1)[-1])) != statement.touches:
        raise Stale(f"{touched} rows instead of {statement.touches}")
