"""Killed with -9 in the middle of a file, again and again: nothing lost, nothing doubled."""

import subprocess
import sys
from pathlib import Path

import pytest

from contracts.page import Window
from gateway.store import usage_search
from tests.usage.world import BACKGROUND, World, csv

ROWS = 1000


def ingest(world: World, *, chunks: int) -> None:
    """Run the process until it has taken this many chunks (0: the whole file), then kill it."""
    command = [sys.executable, "-m", "tests.usage.ingest", str(world.folder), world.store_url, world.usage_url]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = (line.strip() for line in process.stdout)
        seen = 0
        for line in said:
            seen += line == "chunk"
            if line == "done" or seen == chunks:
                break
        process.kill()


@pytest.mark.slow
async def test_bad_input_85_kill_minus_9_in_the_middle_of_a_file(world: World) -> None:
    rows = [f"k{i},491700000001,2026-11-10T10:00:00Z,voice,1,seconds" for i in range(ROWS)]
    rows += ["k5,491700000001,2026-11-10T10:00:00Z,voice,2,seconds", "bad", rows[7]]
    await world.bundle("anna", [("half", "seconds", ROWS // 2)], msisdn=["491700000001"])
    world.drop("big.csv", csv(*rows))
    for chunks in (3, 5, 1, 0):
        ingest(world, chunks=chunks)
    (row,) = await world.files()
    assert (row["state"], row["accepted"], row["rows"]) == ("done", ROWS, ROWS + 3)
    assert (row["duplicates"], row["conflicts"], row["rejected"]) == (1, 1, 1)
    assert len(await world.suspense()) == 2
    found, total = await usage_search.find(world.usage.database, BACKGROUND, Window(limit=2 * ROWS))
    assert total == ROWS
    assert len({used.id for used in found}) == ROWS
    await world.poll()
    found, _ = await usage_search.find(world.usage.database, BACKGROUND, Window(limit=2 * ROWS))
    assert (sum(used.included for used in found), sum(used.excluded for used in found)) == (ROWS // 2, ROWS // 2)
    assert await world.thresholds() == [80, 100]
