"""Ratios measured in one run: the kernel against a bare FastAPI route, and many operations against few."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from fastapi import FastAPI, Response

from contracts.clock import SystemClock
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.app import CONTRACTS
from gateway.security import BANYAN, embedded
from gateway.store import Store, open_store

CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
ROUNDS, CALLS, STORED = 7, 300, 200
BODY = {"name": "Ada", "engagedParty": {"id": "1", "@referredType": "Individual"}}


def client(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench")  # type: ignore[arg-type] # any ASGI app


async def took(call: Callable[[], Awaitable[httpx.Response]]) -> float:
    """Microseconds of one call: the median of several rounds' means."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            assert (await call()).is_success
        rounds.append((time.perf_counter() - began) / CALLS * 1e6)
    return median(rounds)


def kernel(contracts: Contracts, store: Store) -> Kernel:
    return Kernel(contracts, {}, store, SystemClock(), embedded(BANYAN.operator))


def bare(body: bytes) -> FastAPI:
    """What a FastAPI route costs that returns a body of the same size and does nothing else."""
    app = FastAPI()

    @app.get("/one/{id}")
    async def one(id: str) -> Response:
        return Response(body, headers={"X-Id": id}, media_type="application/json")

    return app


async def main() -> None:
    loaded = Contracts.load(CONTRACTS)
    customer = loaded.contract("TMF629", "v4")
    copies = [
        replace(contract, api=f"{contract.api}-{copy}", bases=(f"/tmf-api/{contract.name}{copy}/{contract.version}",))
        for copy in range(12)
        for contract in loaded
    ]
    with TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{Path(folder) / 'bench.db'}", SystemClock())
        few, many = kernel(Contracts([customer]), store), kernel(Contracts([customer, *copies]), store)
        async with client(few) as app, client(many) as crowded:
            ids = [(await app.post(CUSTOMERS, json=BODY)).json()["id"] for _ in range(STORED)]
            one = f"{CUSTOMERS}/{ids[0]}"
            async with client(bare((await app.get(one)).content)) as plain:
                route = await took(lambda: plain.get("/one/1"))
            get = await took(lambda: app.get(one))
            listed = await took(lambda: app.get(f"{CUSTOMERS}?limit=20"))
            filtered = await took(lambda: app.get(f"{CUSTOMERS}?name=Ada&limit=20&fields=id,name"))
            get_many = await took(lambda: crowded.get(one))
        await store.aclose()
    print(f"{'a bare FastAPI route':<44}{route:>8.0f} us    1.0")
    for what, cost in (("GET by id", get), ("GET of 20", listed), ("GET of 20, filtered, 2 fields", filtered)):
        print(f"{what:<44}{cost:>8.0f} us {cost / route:>6.1f}")
    operations = sum(len(e.methods(item=False)) + len(e.methods(item=True)) for e in many.routes.values())
    print(f"GET by id among {operations} operations, against 10: {get_many / get:.2f}")


asyncio.run(main())
