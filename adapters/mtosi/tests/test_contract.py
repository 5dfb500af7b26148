"""The MTOSI adapter keeps the laws of its ports."""

from pathlib import Path

from adapters.mtosi.adapter import Mtosi
from adapters.mtosi.config import Config
from adapters.mtosi.simulator import simulator
from banyan import Clock
from banyan.simulate import Ledger, Simulator
from banyan.suites import ProvisioningContract, ServiceContract


class TestMtosi(ProvisioningContract, ServiceContract):
    adapter_class = Mtosi
    manifest = Path(__file__).parents[1] / "manifest.toml"
    customer_to_serve = "103"
    service_to_activate = "mobile-line"
    numbered = True
    compares = True
    dependent_service = "data-pack"
    customer_with_services = "101"
    customer_without_services = "103"
    unknown_service = "CFS-0"

    @staticmethod
    def config(url: str) -> Config:
        return Config(endpoint=url, batch_size=1)

    @staticmethod
    def simulator(ledger: Ledger, clock: Clock) -> Simulator:
        return simulator(ledger, clock)
