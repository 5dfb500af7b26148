"""Starts what the story needs, each in its own process: the legacy simulators and the gateway."""

import asyncio
import json
import os
import shutil
import socket
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from contracts.clock import SystemClock

STATE_FILES = ("banyan.db", "usage.db", "traces.db", "banyan.db-wal", "banyan.db-shm", "usage.db-wal", "usage.db-shm")
READY_S = 60.0


class NotReady(Exception):
    """Something did not start, in words for whoever runs the story."""


@dataclass(slots=True)
class Backend:
    """A simulator that runs: where it speaks SOAP, and where its faults and its ledger are."""

    name: str
    process: Process
    url: str
    control: str


@dataclass(slots=True)
class House:
    """Everything that runs, and where."""

    state: Path
    url: str
    gateway: Process
    backends: dict[str, Backend] = field(default_factory=dict)

    @property
    def drop(self) -> Path:
        return self.state / "drop"

    def endpoints(self, store: str) -> dict[str, Any]:
        return {
            "gateway": self.url,
            "pids": {
                "demo": os.getpid(),
                "gateway": self.gateway.pid,
                **{name: backend.process.pid for name, backend in self.backends.items()},
            },
            "simulators": {name: backend.url for name, backend in self.backends.items()},
            "controls": {name: backend.control for name, backend in self.backends.items()},
            "dropFolder": str(self.drop),
            "store": store,
            "config": str(self.state / "banyan.toml"),
        }

    async def aclose(self) -> None:
        """End every process and wait until it is gone."""
        processes = [self.gateway, *(backend.process for backend in self.backends.values())]
        for process in processes:
            if process.stdin is not None:
                process.stdin.close()
        for process in processes:
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()


async def start(state: Path, *, host: str, port: int, store: str | None) -> House:
    """A fresh house under `state`: simulators first, then the gateway that is configured to reach them."""
    state = state.resolve()
    _refuse_running(state)
    _clear(state)
    backends = {name: await _simulator(name) for name in ("jbilling", "mtosi")}
    url = _fresh(store) if store else f"sqlite:///{state / 'banyan.db'}"
    port = port or _free_port(host)
    (state / "banyan.toml").write_text(_config(state, url, host, port, backends), encoding="utf-8")
    with (state / "gateway.log").open("wb") as log:
        gateway = await asyncio.create_subprocess_exec(
            *_banyan("serve", "--config", str(state / "banyan.toml"), "--end-with-stdin"),
            stdin=PIPE,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
        )
    house = House(state, f"http://{host}:{port}", gateway, backends)
    (state / "endpoints.json").write_text(json.dumps(house.endpoints(url), indent=2) + "\n", encoding="utf-8")
    try:
        await _ready(house)
    except NotReady:
        await house.aclose()
        raise
    return house


def _banyan(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "gateway", *arguments]


def _refuse_running(state: Path) -> None:
    """Two stories in one folder would tread on each other."""
    try:
        pid = json.loads((state / "endpoints.json").read_text(encoding="utf-8"))["pids"]["demo"]
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError):
        return
    if pid != os.getpid():
        raise NotReady(f"a demo is already running in {state} (process {pid}); end it, or take another --state folder")


def _clear(state: Path) -> None:
    """Take away what an earlier story left: its simulators are gone, so its ids mean nothing any more."""
    state.mkdir(parents=True, exist_ok=True)
    for name in STATE_FILES:
        (state / name).unlink(missing_ok=True)
    shutil.rmtree(state / "drop", ignore_errors=True)
    (state / "drop").mkdir()


async def _simulator(name: str) -> Backend:
    process = await asyncio.create_subprocess_exec(*_banyan("simulate", name), stdin=PIPE, stdout=PIPE)
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), READY_S)
    if not line:
        raise NotReady(f"the simulator of {name} ended before it told its port")
    told = json.loads(line)
    return Backend(name, process, f"http://127.0.0.1:{told['port']}/", f"http://127.0.0.1:{told['control']}")


def _config(state: Path, store: str, host: str, port: int, backends: dict[str, Backend]) -> str:
    """The configuration, with a demo's short intervals; `banyan serve --config` restarts the gateway with it."""
    lines = [
        "# Written by `banyan demo`; the intervals are a demo's, far shorter than a carrier's.",
        "[gateway]",
        f"host = {json.dumps(host)}",
        f"port = {port}",
        "[store]",
        f"url = {json.dumps(store)}",
        "[telemetry]",
        f"traces = {json.dumps(str(state / 'traces.db'))}",
        "[orders]",
        "reconcile = [0.5, 1, 2, 5, 10, 30, 60, 120, 600, 3600]",
    ]
    for name, backend in backends.items():
        lines += [f"[adapters.{name}]", f"endpoint = {json.dumps(backend.url)}"]
        lines += [f"[facts.{name}]", "sync_every_s = 1", "settle_s = 1"]
    lines += ["[adapters.cdr_files]", f"folder = {json.dumps(str(state / 'drop'))}"]
    return "\n".join(lines) + "\n"


def _fresh(store: str) -> str:
    """A schema of its own on PostgreSQL: an earlier story's orders mean nothing to these simulators."""
    if "schema=" in store or store.startswith("sqlite:"):
        return store
    return f"{store}?schema=demo_{uuid4().hex[:12]}"


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


async def _ready(house: House) -> None:
    """Wait until the gateway serves and the mirror holds all that the legacy has: until then its lists are 503."""
    clock = SystemClock()
    until = clock.monotonic() + READY_S
    whole = (
        "customerManagement/v4/customer",
        "productInventory/v4/product",
        "customerBillManagement/v4/customerBill",
        "productCatalogManagement/v4/productOffering?name=-",
    )
    async with httpx.AsyncClient(base_url=house.url, timeout=5) as client:
        while clock.monotonic() < until:
            if house.gateway.returncode is not None:
                break
            try:
                answers = [await client.get(f"/tmf-api/{path}") for path in whole]
            except httpx.HTTPError:
                await clock.sleep(0.1)
                continue
            if all(answer.is_success for answer in answers):
                return
            await clock.sleep(0.1)
    log = (house.state / "gateway.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise NotReady("\n".join(["the gateway did not get ready; the end of its log:", *log[-15:]]))
