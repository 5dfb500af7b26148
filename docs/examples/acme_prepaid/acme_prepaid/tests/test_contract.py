"""Acme Prepaid keeps the laws of its ports."""

from decimal import Decimal
from pathlib import Path

from banyan import Clock
from banyan.model import Money
from banyan.simulate import Ledger, Simulator
from banyan.suites import BalanceContract
from pydantic import SecretStr

from acme_prepaid.adapter import AcmePrepaid
from acme_prepaid.config import Config
from acme_prepaid.simulator import simulator


class TestAcmePrepaid(BalanceContract):
    adapter_class = AcmePrepaid
    manifest = Path(__file__).parents[1] / "manifest.toml"
    known_subscriber = "4915550001"
    unknown_subscriber = "4915559999"
    other_subscriber = "4915550002"
    good_voucher = "good"
    spent_voucher = "spent"
    top_up_amount = Money(Decimal("10.00"))

    @staticmethod
    def config(url: str) -> Config:
        return Config(
            endpoint=url, timeout_s=1.5, probe_subscriber="4915550001", username="tester", password=SecretStr("secret")
        )

    @staticmethod
    def simulator(ledger: Ledger, clock: Clock) -> Simulator:
        return simulator(ledger, clock)
