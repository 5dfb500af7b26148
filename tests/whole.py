"""The whole gateway in this process, before simulators in this process: nothing between HTTP and SOAP is faked."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.jbilling.simulator import simulator as billing
from adapters.mtosi.simulator import simulator as network
from banyan.simulate import Addresses, Ledger, Simulator, running
from banyan.simulate.faults import parse
from contracts.clock import SystemClock
from gateway.app import build
from gateway.security import PrincipalOf
from gateway.settings import Settings
from tests.house import BILLS, CATALOG, CUSTOMERS, INVENTORY, SERVICES

READY_S = 20.0


@dataclass(slots=True)
class Whole:
    http: httpx.AsyncClient
    billing: Simulator
    network: Simulator
    app: Any
    settings: Settings

    def effects(self) -> int:
        return len(self.billing.ledger.lines) + len(self.network.ledger.lines)

    async def until(self, look: Any, seconds: float = READY_S) -> Any:
        """Poll until `look` answers something true; the time is a bound on hanging, never what is proved."""
        clock = SystemClock()
        end = clock.monotonic() + seconds
        while clock.monotonic() < end:
            if found := await look():
                return found
            await clock.sleep(0.02)
        raise AssertionError(f"not within {seconds:.0f} s")


@asynccontextmanager
async def whole(
    folder: Path,
    *,
    store: str | None = None,
    principal_of: PrincipalOf | None = None,
    sync_every_s: float = 0.5,
    read_s: float = 10,
    ready: bool = True,
    down: bool = False,
) -> AsyncIterator[Whole]:
    """`ready`: wait until the mirror holds the legacy's customers and tariffs; `down`: billing refuses all work."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        books = billing(Ledger(clock), clock, bill_run_s=0.2)
        if down:
            books.faults.arm(parse({"operation": "*", "kind": "refuse", "times": 10_000}, books.operations))
        oss = network(Ledger(clock), clock)
        at = {
            "jbilling": await stack.enter_async_context(running(books)),
            "mtosi": await stack.enter_async_context(running(oss)),
        }
        settings = _settings(folder, store or f"sqlite:///{folder / 'banyan.db'}", at, sync_every_s, read_s)
        app = build(settings, principal_of=principal_of)
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://gateway"))
        found = Whole(http, books, oss, app, settings)
        if ready:
            await found.until(lambda: _mirrored(found))
        yield found


def _settings(folder: Path, store: str, at: dict[str, Addresses], sync_every_s: float, read_s: float) -> Settings:
    (folder / "drop").mkdir(exist_ok=True)
    return Settings.model_validate(
        {
            "store": {"url": store},
            "telemetry": {"traces": folder / "traces.db"},
            "orders": {"reconcile": [0.2, 0.5, 1, 2, 5]},
            "limits": {"read_s": read_s},
            "adapters": {
                **{name: {"endpoint": address.url} for name, address in at.items()},
                "cdr_files": {"folder": str(folder / "drop")},
            },
            "facts": {name: {"sync_every_s": sync_every_s, "settle_s": 0.2} for name in at},
        }
    )


async def _mirrored(found: Whole) -> bool:
    """Everything the legacy lists can be read here."""
    paths = (CUSTOMERS, f"{CATALOG}/v4/productOffering", BILLS, INVENTORY, SERVICES)
    unknown = [(await found.http.get(f"{path}/unknown")).status_code for path in paths]
    return unknown == [404] * len(paths)


async def line(http: httpx.AsyncClient, code: str = "RP_MOB20") -> str:
    """The id of a legacy tariff, by its product number."""
    [specification] = (await http.get(f"{CATALOG}/v4/productSpecification", params={"productNumber": code})).json()
    query = {"productSpecification.id": specification["id"]}
    [offering] = (await http.get(f"{CATALOG}/v4/productOffering", params=query)).json()
    return str(offering["id"])


def order_of(customer: str, offering: str) -> dict[str, Any]:
    item = {"id": "1", "action": "add", "quantity": 1, "productOffering": {"id": offering}}
    return {"relatedParty": [{"id": customer, "role": "customer"}], "productOrderItem": [item]}
