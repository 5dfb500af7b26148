"""Run as a process of its own and killed: commits pairs of documents for ever and tells each one that is durable."""

import asyncio
import sys

from contracts.clock import SystemClock
from gateway.store import Document, Emit, Event, Put, SqlStore, open_store


async def write(store: SqlStore, writer: int) -> None:
    number = 0
    while True:
        name = f"{writer}-{number}"
        number += 1
        at = SystemClock().now()
        await store.commit(
            Put(Document("test/left", name, {"n": number}), expect=0),
            Put(Document("test/right", name, {"n": number}), expect=0),
            Emit(Event(name, "ThingCreateEvent", "test/left", name, {}, at)),
        )
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


async def main() -> None:
    store = await open_store(sys.argv[1], SystemClock())
    await asyncio.gather(*(write(store, writer) for writer in range(8)))


asyncio.run(main())
