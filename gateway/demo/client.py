"""An app as anybody could write it: plain HTTP against the TM Forum APIs, and the simulators' control addresses."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

import httpx

from contracts.clock import SystemClock

CATALOG = "/tmf-api/productCatalogManagement"
CUSTOMERS = "/tmf-api/customerManagement/v4"
QUALIFICATION = "/tmf-api/productOfferingQualification/v4"
ORDERS = "/tmf-api/productOrderingManagement/v4"
INVENTORY = "/tmf-api/productInventory/v4"
USAGE = "/tmf-api/usageManagement/v4"
CONSUMPTION = "/tmf-api/usageConsumption/v4"
BILLS = "/tmf-api/customerBillManagement/v4"

T = TypeVar("T")


class NotProved(Exception):
    """The story saw something else than it says."""


class App:
    """Decimals come as Decimals, and an answer that is not a success ends the story with its body."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=30, headers={"X-Client-Id": "demo"})

    async def get(self, path: str, **query: str) -> Any:
        return self._read(await self.http.get(path, params=query))

    async def post(self, path: str, body: dict[str, Any], key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self._read(await self.http.post(path, json=body, headers=headers))

    async def posted(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        answer = await self.http.post(path, json=body, headers={"Idempotency-Key": key})
        self._read(answer)
        return answer

    def _read(self, answer: httpx.Response) -> Any:
        if not answer.is_success:
            raise NotProved(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
        return json.loads(answer.text, parse_float=Decimal)

    async def aclose(self) -> None:
        await self.http.aclose()


class Control:
    """The control address of one simulator."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=10)

    async def ledger(self) -> list[dict[str, Any]]:
        text = (await self.http.get("/ledger")).raise_for_status().text
        return [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line]

    async def fault(self, operation: str, kind: str, *, after: int = 0, times: int = 1) -> None:
        body = {"operation": operation, "kind": kind, "times": times, "after": after}
        (await self.http.post("/faults", json=body)).raise_for_status()

    async def aclose(self) -> None:
        await self.http.aclose()


async def until(what: str, look: Callable[[], Awaitable[T | None]], seconds: float = 30) -> T:
    """The first answer that is not None, or NotProved."""
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        found = await look()
        if found is not None:
            return found
        await asyncio.sleep(0.05)
    raise NotProved(f"{what} did not happen within {seconds:.0f} s")
