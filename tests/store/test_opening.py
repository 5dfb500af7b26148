"""Opening: the schema is brought up to date, and a wrong URL says what is wrong."""

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, Integer, MetaData, Table, create_engine

from gateway.store import Put, SqlStore, Statement, Unreachable, open_database, open_store
from gateway.store.migrate import upgrade
from gateway.store.schema import metadata
from tests.clock import FakeClock
from tests.store.making import doc, ids


def test_the_migrations_make_the_schema() -> None:
    def differences(connection: Connection) -> list[object]:
        upgrade(connection)
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert [change for change in differences(connection) if "alembic_version" not in str(change)] == []
    engine.dispose()


async def test_a_second_opening_finds_what_the_first_wrote(url: str, clock: FakeClock) -> None:
    for expected in ([], ["a"]):
        store = await open_store(url, clock)
        assert await ids(store) == expected
        await store.commit(Put(doc("a")))
        await store.aclose()


async def test_many_open_at_once(url: str, clock: FakeClock) -> None:
    stores = await asyncio.gather(*(open_store(url, clock) for _ in range(3)))
    await stores[0].commit(Put(doc("a")))
    assert await ids(stores[2]) == ["a"]
    for store in stores:
        await store.aclose()


async def test_in_memory(clock: FakeClock) -> None:
    store: SqlStore = await open_store("sqlite://", clock)
    await asyncio.gather(*(store.commit(Put(doc(f"d{n}"))) for n in range(5)))
    assert len(await ids(store)) == 5
    await store.aclose()


async def test_a_room_brings_its_own_tables(url: str) -> None:
    own = MetaData()
    Table("own", own, Column("n", Integer, primary_key=True))
    for _ in range(2):
        database = await open_database(url, own)
        await database.commit(Statement("INSERT INTO own (n) VALUES (?) ON CONFLICT DO NOTHING", many=[(1,), (2,)]))
        assert await database.rows("SELECT n FROM own WHERE n > ?", 1) == [(2,)]
        assert await database.returning("UPDATE own SET n = ? WHERE n = ? RETURNING n", 3, 1) == [(3,)]
        await database.commit(Statement("DELETE FROM own WHERE n = ?", (3,), touches=1))
        await database.aclose()


@pytest.mark.parametrize(
    "url",
    ["", "mysql://x/y", "sqlite:///", "postgresql:///db", "postgresql://h/db?schema=a;b", "postgresql://h/db?x=1"],
)
async def test_a_wrong_url_is_refused(url: str, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="store: "):
        await open_store(url, clock)


async def test_a_database_that_is_not_there(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "file").write_text("")
    for url in (f"sqlite:///{tmp_path}/file/store.db", "postgresql://nobody@127.0.0.1:1/none"):
        with pytest.raises(Unreachable):
            await open_store(url, clock)


async def test_a_closed_store_says_so(url: str, clock: FakeClock) -> None:
    store = await open_store(url, clock)
    await store.aclose()
    with pytest.raises(Unreachable):
        await store.commit(Put(doc("a")))


async def test_a_full_disk_takes_one_commit_and_not_the_store(tmp_path: Path, clock: FakeClock) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'store.db'}", clock)
    await store.database.returning("PRAGMA max_page_count = 100")
    with pytest.raises(Unreachable):
        await store.commit(Put(doc("big", text="x" * 1_000_000)))
    await store.commit(Put(doc("small")))
    assert await ids(store) == ["small"]
    await store.aclose()
