"""The whole gateway in this process before a simulated prepaid system, which it asks over SOAP as any other."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.parlayx.simulator import simulator
from banyan.simulate import Ledger, Simulator, running
from banyan.simulate.faults import Armed
from contracts.call import Principal
from contracts.clock import SystemClock
from contracts.faults import Fault
from gateway.app import build
from gateway.settings import Settings
from gateway.store import Put
from gateway.store.port import Document

PREPAY = "/tmf-api/prepayBalanceManagement/v4"
BUCKETS, TOP_UPS, ACTIONS, TOTALS = (
    f"{PREPAY}/{name}" for name in ("bucket", "topupBalance", "balanceAction", "accumulatedBalance")
)
QUERIES = "/tmf-api/usageConsumption/v4/queryUsageConsumption"
REPORTS = "/tmf-api/usageConsumption/v5/usageConsumptionReport"
ANNA, BEN = "491555000001", "491555000003"
VOUCHER, SPENT = "7391-0042-5518", "7391-0042-0001"
PATIENCE_S = 20.0
FINAL = ("completed", "failed", "held")


@dataclass(slots=True)
class House:
    http: httpx.AsyncClient
    system: Simulator
    app: Any
    folder: Path

    def files(self, like: str = "*") -> list[bytes]:
        """All that the gateway has written."""
        return [path.read_bytes() for path in self.folder.rglob(like) if path.is_file()]

    def fault(self, kind: Fault, operation: str = "*", *, after: int = 0, times: int = 1, seconds: float = 5) -> None:
        self.system.faults.arm(Armed(operation, kind, times=times, after=after, seconds=seconds))

    def effects(self) -> list[str | None]:
        """The references in the ledger, one for each time that money was put on a balance."""
        return [line["reference"] for line in self.system.ledger.lines]

    async def top_up(self, amount: Any = 10, number: str = ANNA, key: str | None = None, **more: Any) -> httpx.Response:
        """As an app asks for it; `amount` None: with a voucher, among what is told besides."""
        money = {} if amount is None else {"amount": {"amount": amount, "units": "EUR"}}
        body = {"logicalResource": {"id": number}, **money, **more}
        return await self.http.post(TOP_UPS, json=body, headers={"Idempotency-Key": key} if key else {})

    async def ended(self, id: str, among: tuple[str, ...] = FINAL) -> dict[str, Any]:
        """The top-up once it has come so far; the time is a bound on hanging, never what is proved."""
        clock = SystemClock()
        end = clock.monotonic() + PATIENCE_S
        while clock.monotonic() < end:
            body: dict[str, Any] = (await self.http.get(f"{TOP_UPS}/{id}")).json()
            if body["status"] in among:
                return body
            await clock.sleep(0.02)
        raise AssertionError(f"{body['status']} after {PATIENCE_S:.0f} s")

    async def money(self, number: str = ANNA) -> Any:
        """What is left of it, as the bucket says."""
        answer = await self.http.get(BUCKETS, params={"logicalResource.id": number, "usageType": "monetary"})
        assert answer.status_code == 200, answer.text
        [bucket] = answer.json()
        return bucket["remainingValue"]["amount"]

    async def owns(self, customer: str, number: str) -> None:
        """A customer of ours whose bundle serves this number."""
        realisation = {
            "productId": f"bundle-{customer}",
            "name": "Bundle",
            "start": "2026-01-01T00:00:00.000Z",
            "subscribers": {"msisdn": [number]},
        }
        await self.app.state.store.commit(
            Put(Document("TMF629/customer", customer, {"name": customer}, owner=customer)),
            Put(Document("banyan/realisation", f"bundle-{customer}", realisation, owner=customer)),
        )


@asynccontextmanager
async def house(
    folder: Path, *, customers: frozenset[str] | None = None, adapters: dict[str, Any] | None = None
) -> AsyncIterator[House]:
    """`customers`: whom the client may see, all by default; `adapters`: instead of the one for the prepaid system."""
    async with AsyncExitStack() as stack:
        system = simulator(Ledger(SystemClock()), SystemClock())
        at = await stack.enter_async_context(running(system))
        settings = Settings.model_validate(
            {
                "store": {"url": f"sqlite:///{folder / 'banyan.db'}"},
                "telemetry": {"traces": folder / "traces.db"},
                "orders": {"reconcile": [0.1, 0.3, 1, 2, 5]},
                "adapters": {"parlayx": {"endpoint": at.url, "timeout_s": 0.3}} if adapters is None else adapters,
                "facts": {"parlayx": {"settle_s": 0.2}},
            }
        )
        app = build(settings, principal_of=lambda _: Principal("anna", "app", "default", customers))
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://gateway"))
        yield House(http, system, app, folder)
