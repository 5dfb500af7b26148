"""SQLite behind the database port: one writing thread with group commit, reads beside it under WAL."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from gateway.store.port import Stale, Statement, Unreachable

Rows = list[tuple[Any, ...]]
Work = Callable[[sqlite3.Connection], Rows]

_GROUP = 128
_CACHE_KIB = 16_000
# The disk or another process, not the statement.
_OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}
# About a millisecond; a query that takes longer leaves the event loop and starts again in the reading thread.
_QUICK_STEPS = 20_000


def connect(path: Path | None) -> sqlite3.Connection:
    """A connection with our rules; no path: a database in memory."""
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
    return connection


@contextmanager
def reaching() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUTSIDE:
            raise Unreachable(f"SQLite: {error}") from error
        raise


@dataclass(frozen=True, slots=True)
class _Request:
    work: Work
    answer: Future[Rows]


class SqliteDatabase:
    """In memory everything goes through the one connection; on disk reads see the last commit without waiting."""

    dialect = "sqlite"

    def __init__(self, path: Path | None, writing: sqlite3.Connection) -> None:
        self._writing = writing
        self._closed = False
        self._requests: SimpleQueue[_Request | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="store-writer", daemon=True)
        self._writer.start()
        self._quick = self._slow = None
        if path is not None:
            self._quick, self._slow = connect(path), connect(path)
            self._quick.set_progress_handler(lambda: 1, _QUICK_STEPS)
            self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-reader")

    async def rows(self, sql: str, *params: Any) -> Rows:
        if self._quick is None or self._slow is None:
            return await self.returning(sql, *params)
        if self._closed:
            raise Unreachable("SQLite: the store is closed")
        with suppress(sqlite3.OperationalError):
            return self._quick.execute(sql, params).fetchall()
        slow = self._slow
        loop = asyncio.get_running_loop()
        with reaching():
            return await loop.run_in_executor(self._reader, lambda: slow.execute(sql, params).fetchall())

    async def returning(self, sql: str, *params: Any) -> Rows:
        return await self._submit(lambda connection: connection.execute(sql, params).fetchall())

    async def commit(self, *statements: Statement) -> None:
        def work(connection: sqlite3.Connection) -> Rows:
            for statement in statements:
                _run(connection, statement)
            return []

        await self._submit(work)

    async def aclose(self) -> None:
        """Whatever was handed in before is still written."""
        self._closed = True
        self._requests.put(None)
        await asyncio.to_thread(self._writer.join)
        if self._quick is not None and self._slow is not None:
            self._reader.shutdown()
            self._quick.close()
            self._slow.close()
        self._writing.close()

    async def _submit(self, work: Work) -> Rows:
        if self._closed:
            raise Unreachable("SQLite: the store is closed")
        answer: Future[Rows] = Future()
        self._requests.put(_Request(work, answer))
        with reaching():
            return await asyncio.wrap_future(answer)

    def _write(self) -> None:
        while (first := self._requests.get()) is not None:
            group = [first]
            last = False
            with suppress(Empty):
                while len(group) < _GROUP and not last:
                    request = self._requests.get_nowait()
                    last = request is None
                    if request is not None:
                        group.append(request)
            self._write_group(group)
            if last:
                return

    def _write_group(self, group: list[_Request]) -> None:
        """One transaction for all of them; each within a savepoint, so that one that is stale harms no neighbour."""
        answers: list[tuple[_Request, Rows | Exception]] = []
        try:
            self._writing.execute("BEGIN IMMEDIATE")
            answers = [(request, self._write_one(request.work)) for request in group]
            self._writing.execute("COMMIT")
        except sqlite3.Error as error:
            if self._writing.in_transaction:
                self._writing.execute("ROLLBACK")
            answers = [(request, error) for request in group]
        for request, answer in answers:
            if not request.answer.set_running_or_notify_cancel():
                continue
            if isinstance(answer, Exception):
                request.answer.set_exception(answer)
            else:
                request.answer.set_result(answer)

    def _write_one(self, work: Work) -> Rows | Exception:
        self._writing.execute("SAVEPOINT one")
        try:
            return work(self._writing)
        except (Stale, sqlite3.Error, OverflowError, ValueError, TypeError) as error:
            if not self._writing.in_transaction:
                raise  # SQLite gave up the whole transaction (disk full): nobody's work is there
            self._writing.execute("ROLLBACK TO one")
            return error
        finally:
            if self._writing.in_transaction:
                self._writing.execute("RELEASE one")


def _run(connection: sqlite3.Connection, statement: Statement) -> None:
    if statement.many is not None:
        connection.executemany(statement.sql, statement.many)
        return
    touched = connection.execute(statement.sql, statement.params).rowcount
    if statement.touches is not None and touched != statement.touches:
        raise Stale(f"{touched} rows instead of {statement.touches}")
