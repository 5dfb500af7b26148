"""A house that runs as its users run it: `banyan demo --serve-only` in a process of its own, driven over HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

CATALOG = "/tmf-api/productCatalogManagement"
CUSTOMERS = "/tmf-api/customerManagement/v4/customer"
ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
INVENTORY = "/tmf-api/productInventory/v4/product"
BILLS = "/tmf-api/customerBillManagement/v4/customerBill"
ACCOUNTS = "/tmf-api/accountManagement/v4/billingAccount"
INDIVIDUALS = "/tmf-api/party/v4/individual"
ORGANIZATIONS = "/tmf-api/party/v4/organization"
SERVICES = "/tmf-api/serviceInventory/v4/service"
FINAL = ("completed", "failed", "cancelled", "rejected", "partial", "held")
PATIENCE_S = 60.0


@dataclass
class House:
    state: Path
    endpoints: dict[str, Any]
    gateway: subprocess.Popen[bytes] | None = None
    """The gateway that was started in place of a killed one."""

    @property
    def app(self) -> httpx.Client:
        return httpx.Client(base_url=self.endpoints["gateway"], timeout=30)

    @property
    def drop(self) -> Path:
        return Path(self.endpoints["dropFolder"])

    def ledger(self, system: str) -> list[dict[str, Any]]:
        text = httpx.get(f"{self.endpoints['controls'][system]}/ledger").text
        return [json.loads(line, parse_float=Decimal) for line in text.splitlines() if line]

    def fault(self, system: str, operation: str, kind: str, **more: Any) -> None:
        body = {"operation": operation, "kind": kind, **more}
        httpx.post(f"{self.endpoints['controls'][system]}/faults", json=body).raise_for_status()

    def kill(self) -> None:
        """kill -9, in the middle of whatever it does."""
        pid = self.gateway.pid if self.gateway else self.endpoints["pids"]["gateway"]
        os.kill(pid, signal.SIGKILL)
        if self.gateway and self.gateway.stdin:
            self.gateway.wait()
            self.gateway.stdin.close()

    def restart(self) -> None:
        """What an operator does: serve with the same configuration."""
        with (self.state / "restarted.log").open("ab") as log:
            self.gateway = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", "--config", self.endpoints["config"], "--end-with-stdin"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_ready()

    def wait_ready(self) -> None:
        def ready() -> bool:
            try:
                with self.app as app:
                    return app.get("/health/ready").status_code == 200
            except httpx.HTTPError:
                return False

        wait_for("the gateway", ready)

    def close(self) -> None:
        if self.gateway and self.gateway.stdin:
            self.gateway.stdin.close()
            self.gateway.wait(timeout=30)


def wait_for(what: str, look: Any, seconds: float = PATIENCE_S) -> Any:
    """Poll until `look` answers something true; the time is a bound on hanging, never what is proved."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


@contextmanager
def running(state: Path, *options: str) -> Iterator[House]:
    demo = subprocess.Popen(
        [sys.executable, "-m", "gateway", "demo", "--serve-only", "--state", str(state), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert demo.stdout is not None
    told = []
    for line in demo.stdout:
        told.append(line)
        if "Still serving" in line:
            break
    else:
        raise AssertionError("the demo did not start:\n" + "".join(told))
    house = House(state, json.loads((state / "endpoints.json").read_text()))
    try:
        yield house
    finally:
        house.close()
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
