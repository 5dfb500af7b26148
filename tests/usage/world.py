"""A usage flow over real files and a real store, with a clock that the test moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.cdr_files.adapter import CdrFiles
from adapters.cdr_files.config import Config
from contracts.call import Principal
from contracts.ports import Adapter
from gateway.flows.usage import Guide, Usage
from gateway.flows.usage.report import files, suspense
from gateway.policy.ports import P, Serving
from gateway.store import Document, Put, SqlStore, open_store
from gateway.store.usage import UsageStore
from tests.clock import FakeClock

BACKGROUND = Principal("banyan", "banyan", "default")
HEADER = "id,msisdn,start,kind,amount,unit"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class FixedPorts:
    """One adapter behind one port."""

    port: Adapter

    def serving(self, port: type[P], *, operator: str = "default", customer: str | None = None) -> Serving[P]:
        return self.all(port)[0]

    def all(self, port: type[P]) -> list[Serving[P]]:
        return [Serving("cdr_files", self.port, settle_s=0, sync_every_s=0.2)]  # type: ignore[arg-type]


@dataclass
class World:
    folder: Path
    clock: FakeClock
    adapter: CdrFiles
    store: SqlStore
    usage: UsageStore
    flow: Usage
    store_url: str
    usage_url: str

    @classmethod
    async def open(cls, folder: Path, store_url: str, usage_url: str) -> "World":
        clock = FakeClock(NOW)
        adapter = CdrFiles(Config(folder=folder), clock)
        store, usage = await open_store(store_url, clock), await UsageStore.open(usage_url)
        guide = Guide(usage, store, clock, BACKGROUND)
        flow = Usage(FixedPorts(adapter), usage, guide, clock, BACKGROUND)
        return cls(folder, clock, adapter, store, usage, flow, store_url, usage_url)

    async def close(self) -> None:
        await self.adapter.aclose()
        await self.usage.aclose()
        await self.store.aclose()

    def drop(self, name: str, content: bytes | str) -> None:
        """Write aside, then rename into the folder."""
        aside = self.folder / f"{name}.tmp"
        aside.write_bytes(content if isinstance(content, bytes) else content.encode())
        aside.rename(self.folder / name)

    async def take(self, name: str, content: bytes | str) -> dict[str, Any]:
        """Drop a file, poll, and answer its newest row in the ledger."""
        self.drop(name, content)
        await self.poll()
        return [row for row in await files(self.usage) if row["name"] == name][-1]

    async def poll(self) -> None:
        self.clock.advance(1)
        await self.flow.poll()

    async def files(self) -> list[dict[str, Any]]:
        return await files(self.usage)

    async def suspense(self) -> list[dict[str, Any]]:
        return await suspense(self.usage)

    async def bundle(self, owner: str, grants: Sequence[tuple[str, str, int]], **names: Iterable[str]) -> None:
        """A realised bundle of this customer with grants (id, unit, size)."""
        product = f"{owner}-{grants[0][0]}" if grants else f"{owner}-plain"
        body = {
            "productId": product,
            "name": "Bundle",
            "start": "2026-11-02T08:00:00+00:00",
            "end": None,
            "subscribers": {kind: list(values) for kind, values in names.items()},
            "grants": [
                {"id": id, "productId": product, "name": id, "unit": unit, "size": size, "from": "2026-11-01T08:00:00Z"}
                for id, unit, size in grants
            ],
        }
        await self.store.commit(Put(Document("banyan/realisation", product, body, owner=owner)))

    async def thresholds(self) -> list[int]:
        rows = await self.store.database.rows("SELECT body FROM outbox ORDER BY seq")
        return [int(body.split('"threshold":')[1].split(",")[0]) for (body,) in rows if '"threshold":' in body]


def csv(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"
