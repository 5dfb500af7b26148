"""kill -9 in the middle of top-ups: afterwards each is settled, and the ledger shows each that is completed once."""

import asyncio
import os
import random
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from adapters.parlayx.simulator import simulator
from banyan.simulate import Ledger, Simulator, running
from banyan.simulate.faults import Armed
from contracts.clock import SystemClock
from contracts.faults import Fault
from tests.balance.house import ANNA, FINAL, PATIENCE_S, TOP_UPS
from tests.stores import DATABASES, fresh_url

KILLS = 10 if os.environ.get("BANYAN_SOAK") else 1
AT_ONCE = 6
LEASE_S = 15


def configured(folder: Path, store: str, system: str) -> tuple[Path, str]:
    """A configuration for the gateway, and where it will listen."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "banyan.toml"
    config.write_text(
        f"""
        [gateway]
        port = {port}
        [store]
        url = "{store}"
        [telemetry]
        traces = "{folder / "traces.db"}"
        [orders]
        reconcile = [0.1, 0.3, 1, 2]
        [adapters.parlayx]
        endpoint = "{system}"
        timeout_s = 0.5
        [facts.parlayx]
        settle_s = 0.5
        """,
        encoding="utf-8",
    )
    return config, f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serving(config: Path, url: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    command = [sys.executable, "-m", "gateway", "serve", "--config", str(config), "--end-with-stdin"]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet)
    try:
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            async with asyncio.timeout(PATIENCE_S):
                while not await is_ready(http):  # noqa: ASYNC110 - watched as a load balancer would
                    await asyncio.sleep(0.05)
            yield process, http
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/ready")).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def asked(http: httpx.AsyncClient, key: str) -> str:
    body = {"logicalResource": {"id": ANNA}, "amount": {"amount": 1, "units": "EUR"}}
    answer = await http.post(TOP_UPS, json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == httpx.codes.CREATED, answer.text
    id: str = answer.json()["id"]
    return id


def spoiled(system: Simulator, chance: random.Random) -> None:
    """Some of what comes next goes wrong."""
    for operation in ("balanceUpdate", "getHistory"):
        for _ in range(2):
            kind = chance.choice([Fault.LOST_ANSWER, Fault.FAULT, Fault.GARBAGE, Fault.REFUSE])
            system.faults.arm(Armed(operation, kind, after=chance.randrange(AT_ONCE)))


@pytest.mark.slow
@pytest.mark.parametrize("database", DATABASES)
async def test_killed_in_the_middle_of_top_ups(database: str, tmp_path: Path) -> None:
    chance = random.Random(20261123)
    system = simulator(Ledger(SystemClock()), SystemClock())
    placed: dict[str, str] = {}
    async with fresh_url(database, tmp_path) as store, running(system) as at:
        config, url = configured(tmp_path, store, at.url)
        for kill in range(KILLS):
            spoiled(system, chance)
            async with serving(config, url) as (process, http):
                asking = [asyncio.create_task(asked(http, f"{kill}-{number}")) for number in range(AT_ONCE)]
                enough = len(system.ledger.lines) + chance.randrange(1, AT_ONCE)
                async with asyncio.timeout(PATIENCE_S):
                    while len(system.ledger.lines) < enough:  # noqa: ASYNC110 - it dies in the middle of its work
                        await asyncio.sleep(0.002)
                process.send_signal(signal.SIGKILL)
                await process.wait()
                await asyncio.gather(*asking, return_exceptions=True)
        async with serving(config, url) as (process, http):
            for kill in range(KILLS):
                for number in range(AT_ONCE):  # whoever got no answer asks again, under the same key
                    placed[f"{kill}-{number}"] = await asked(http, f"{kill}-{number}")
            async with asyncio.timeout(PATIENCE_S + LEASE_S):
                while True:
                    rows = (await http.get(TOP_UPS, params={"limit": 100})).json()
                    if all(row["status"] in FINAL for row in rows):
                        break
                    await asyncio.sleep(0.1)
    assert {row["id"] for row in rows} == set(placed.values())
    assert Counter(row["status"] for row in rows) == {"completed": KILLS * AT_ONCE}
    assert Counter(line["reference"] for line in system.ledger.lines) == dict.fromkeys(placed.values(), 1)
