"""kill -9 in the middle of commits: everything that was confirmed is there, and nothing is there by half."""

import asyncio
import sys
from pathlib import Path

from contracts.page import Window
from gateway.store import open_store
from tests.clock import FakeClock
from tests.store.making import ALL

WRITER = Path(__file__).with_name("writing.py")
ENOUGH = 200


async def test_what_was_confirmed_survives(url: str, clock: FakeClock) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(WRITER), url, stdout=asyncio.subprocess.PIPE, cwd=WRITER.parents[2]
    )
    assert process.stdout is not None
    confirmed = {(await process.stdout.readline()).decode().strip() for _ in range(ENOUGH)}
    process.kill()
    rest = (await process.stdout.read()).decode()
    confirmed |= set(rest[: rest.rfind("\n") + 1].split())
    await process.wait()

    store = await open_store(url, clock)
    left, right = [
        {item.id for item in (await store.find(ALL, kind, Window(limit=1_000_000))).items}
        for kind in ("test/left", "test/right")
    ]
    told = {id for (id,) in await store.database.rows("SELECT id FROM outbox")}
    await store.aclose()
    assert len(confirmed) >= ENOUGH
    assert confirmed <= left
    assert left == right == told
