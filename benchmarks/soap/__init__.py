"""One SOAP call turned into a TMF637 list: the gateway against facades that others would write."""

import json
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.serving import Server, server
from benchmarks.soap import codec, node, ours, peers, stub
from benchmarks.soap.load import get, load, once
from benchmarks.soap.products import SIZES, reply

ROUNDS, SECONDS, WARM_S, MANY = 3, 3.0, 2.0, 16
TMF = "/tmf-api/productInventory/v4/product"
XML = "XML passed through"
NAIVE = "FastAPI + zeep + httpx"
FULL = "strong-soap, all on"


async def main() -> None:
    codec.measure()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        endpoint = f"http://127.0.0.1:{stack.enter_context(backend())}/"
        servers = started(stack, Path(folder), endpoint)
        for size in SIZES:
            await compare(servers, int(endpoint.rpartition(":")[2][:-1]), size)


@contextmanager
def backend() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        child = multiprocessing.get_context("fork").Process(target=stub.serve, args=(listening,), daemon=True)
        child.start()
        try:
            yield listening.getsockname()[1]
        finally:
            child.terminate()
            child.join()


def started(stack: ExitStack, folder: Path, endpoint: str) -> dict[str, Server]:
    """All of them at once on one core: who is not asked costs next to nothing."""
    found = {
        "ours": stack.enter_context(server(partial(ours.app, endpoint, folder))),
        NAIVE: stack.enter_context(server(partial(peers.naive, endpoint))),
        XML: stack.enter_context(server(partial(peers.Passed, endpoint))),
    }
    versions = node.installed(folder)
    if versions is not None:
        print("npm: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
        libraries = {"strong-soap + fastify": "strong-soap", "soap + fastify": "soap", FULL: "strong-soap-full"}
        for name, library in libraries.items():
            found[name] = stack.enter_context(node.facade(folder, library, endpoint))
    return found


def target(name: str, size: int) -> str:
    return f"{TMF}?relatedParty.id={size}&limit=200" if name == "ours" else f"{TMF}?customer={size}&limit=200"


async def compare(servers: dict[str, Server], stub_port: int, size: int) -> None:
    asks = {name: get(target(name, size)) for name in servers}
    await agree(servers, asks, size)
    for name, one in servers.items():
        await load(one.port, asks[name], connections=MANY, seconds=WARM_S)
    figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        bare = (await load(stub_port, _bare(size), connections=1, seconds=SECONDS / 3)).median_ms
        for name, one in servers.items():
            before = one.cpu_us()
            busy = await load(one.port, asks[name], connections=MANY, seconds=SECONDS)
            cpu = (one.cpu_us() - before) / busy.calls
            alone = await load(one.port, asks[name], connections=1, seconds=SECONDS / 3)
            figures[name].append((busy.per_second, cpu, alone.median_ms - bare))
    show(figures, size)


def show(figures: dict[str, list[tuple[float, float, float]]], size: int) -> None:
    best = {name: (max(f[0] for f in r), min(f[1] for f in r), min(f[2] for f in r)) for name, r in figures.items()}
    mine = best["ours"]
    print(f"\n{f'{size} products':<26}{'calls/s':>9}{'CPU us':>9}{'added ms':>10}{'calls ratio':>13}{'CPU ratio':>11}")
    for name, (rate, cpu, added) in best.items():
        told = f"{name:<26}{rate:>9.0f}{cpu:>9.0f}{added:>10.2f}"
        print(f"{told}{mine[0] / rate:>13.2f}{mine[1] / cpu:>11.2f}", flush=True)


async def agree(servers: dict[str, Server], asks: dict[str, bytes], size: int) -> None:
    """Nobody is measured whose answer is another."""
    expected = None
    for name, one in servers.items():
        body = await once(one.port, asks[name])
        if name == XML:
            assert body == reply(size)
            continue
        told = [_comparable(item) for item in json.loads(body, parse_float=Decimal)]
        assert len(told) == size, (name, len(told))
        expected = expected or told
        assert told == expected, (name, told[0], expected[0])


def _comparable(item: dict[str, Any]) -> dict[str, Any]:
    """An instant to the second; prices as numbers; a price that a facade writes as text too."""
    item["startDate"] = item["startDate"][:19]
    for price in item["productPrice"]:
        amount = price["price"]["dutyFreeAmount"]
        amount["value"] = Decimal(amount["value"])
    return item


def _bare(size: int) -> bytes:
    body = peers.Passed.REQUEST.format(size)
    head = f"POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n{body}".encode()
