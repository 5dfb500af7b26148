"""Worlds of usage: on SQLite always, on PostgreSQL where one is reachable."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from uuid_utils import uuid7

from tests.usage.world import World

POSTGRES = "postgresql://postgres@127.0.0.1:5432/test"


def _reachable() -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex(("127.0.0.1", 5432)) == 0


def _urls(dialect: str, folder: Path) -> tuple[str, str]:
    if dialect == "sqlite":
        return f"sqlite:///{folder}/store.db", f"sqlite:///{folder}/usage.db"
    if not _reachable():
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    url = f"{POSTGRES}?schema=usage_{str(uuid7()).replace('-', '')}"
    return url, url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    store_url, usage_url = _urls(request.param, tmp_path)
    world = await World.open(tmp_path / "drop", store_url, usage_url)
    yield world
    if request.param == "postgresql":
        schema = store_url.rpartition("=")[2]
        await world.store.database.returning(f'DROP SCHEMA "{schema}" CASCADE')
    await world.close()
