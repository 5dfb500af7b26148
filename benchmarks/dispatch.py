"""What a request costs among a hundred operations and among thousands: the same, or dispatch is a search."""

import asyncio
import time
from dataclasses import replace
from statistics import median

import httpx

from contracts.clock import SystemClock
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.kernel import Kernel
from gateway.security import BANYAN, embedded
from gateway.settings import CONTRACTS
from gateway.store import open_store

CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
BODY = {"name": "Ada", "engagedParty": {"id": "1", "@referredType": "Individual"}}
ROUNDS, CALLS, COPIES = 7, 300, 12


async def main() -> None:
    loaded = Contracts.load(CONTRACTS)
    customer = loaded.contract("TMF629", "v4")
    copies = [
        replace(contract, api=f"{contract.api}-{copy}", bases=(f"/tmf-api/{contract.name}{copy}/{contract.version}",))
        for copy in range(COPIES)
        for contract in loaded
    ]
    store = await open_store("sqlite://", SystemClock())
    few, many = (
        Kernel(Contracts(contracts), {}, store, SystemClock(), embedded(BANYAN.operator))
        for contracts in ([customer], [customer, *copies])
    )
    async with client(few) as app, client(many) as crowded:
        one = f"{CUSTOMERS}/{(await app.post(CUSTOMERS, json=BODY)).json()['id']}"
        alone, among = await took(app, one), await took(crowded, one)
    await store.aclose()
    for kernel, cost in ((few, alone), (many, among)):
        operations = sum(len(e.methods(item=False)) + len(e.methods(item=True)) for e in kernel.routes.values())
        print(f"GET by id among {operations:>5} operations, us {cost:>8.0f} {cost / alone:>6.2f}")


def client(app: Kernel) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench")


async def took(client: httpx.AsyncClient, target: str) -> float:
    """Microseconds of one call: the median of several rounds' means."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(CALLS):
            assert (await client.get(target)).is_success
        rounds.append((time.perf_counter() - began) / CALLS * 1e6)
    return median(rounds)


if __name__ == "__main__":
    asyncio.run(main())
