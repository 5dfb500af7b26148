"""The Parlay X adapter keeps the laws of its port."""

from decimal import Decimal
from pathlib import Path

from adapters.parlayx.adapter import Parlayx
from adapters.parlayx.config import Config
from adapters.parlayx.simulator import simulator
from banyan import Clock
from banyan.model import Money
from banyan.simulate import Ledger, Simulator
from banyan.suites import BalanceContract


class TestParlayx(BalanceContract):
    adapter_class = Parlayx
    manifest = Path(__file__).parents[1] / "manifest.toml"
    known_subscriber = "491555000001"
    other_subscriber = "491555000003"
    unknown_subscriber = "491555999999"
    good_voucher = "7391-0042-5518"
    spent_voucher = "7391-0042-0001"
    top_up_amount = Money(Decimal("10.00"))

    @staticmethod
    def config(url: str) -> Config:
        return Config(endpoint=url, timeout_s=1.0, probe_subscriber="491555000001")

    @staticmethod
    def simulator(ledger: Ledger, clock: Clock) -> Simulator:
        return simulator(ledger, clock)
