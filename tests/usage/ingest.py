"""A process of its own that takes usage files in and says so chunk by chunk, made to be killed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from adapters.cdr_files.adapter import CdrFiles, Chunk
from adapters.cdr_files.config import Config
from contracts.call import Call
from contracts.clock import SystemClock
from contracts.model import UsageFile
from gateway.flows.usage import Guide, Usage
from gateway.store import open_store
from gateway.store.usage import UsageStore
from tests.usage.world import BACKGROUND, FixedPorts


class Talking(CdrFiles):
    async def rows(self, call: Call, file: UsageFile) -> AsyncIterator[Chunk]:
        async for chunk in super().rows(call, file):
            yield chunk
            print("chunk", flush=True)  # noqa: T201


async def main(folder: str, store_url: str, usage_url: str) -> None:
    clock = SystemClock()
    adapter = Talking(Config(folder=Path(folder), chunk=50), clock)
    store, usage = await open_store(store_url, clock), await UsageStore.open(usage_url)
    flow = Usage(FixedPorts(adapter), usage, Guide(usage, store, clock, BACKGROUND), clock, BACKGROUND)
    while True:
        await flow.poll()
        if any(row.state == "done" for row in await usage.ledger.files()):
            print("done", flush=True)  # noqa: T201
        await clock.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
