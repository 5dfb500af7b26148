"""What the simulated prepaid system holds when it starts: subscribers with balances, a past, and vouchers."""

from dataclasses import dataclass
from decimal import Decimal

MAIN = "Main"


@dataclass(frozen=True, slots=True)
class Voucher:
    amount: Decimal
    days: int
    balance: str = MAIN
    spent: bool = False


BALANCES: dict[str, dict[str, tuple[str, int | None]]] = {
    "491555000001": {"Main": ("12.50", 30), "Data": ("1500", 12), "Voice": ("87.5", 12), "SMS": ("40", 12)},
    "491555000002": {"Main": ("0.00", None)},
    "491555000003": {"Main": ("3.0075", 5), "Data": ("0.5", 5)},
    "491555000004": {"Main": ("5.00", 9)},
}
"""By MSISDN and balance type: how much, and for how many days more."""
BARRED = frozenset({"491555000004"})
HISTORY: dict[str, tuple[tuple[float, str, str, str, str | None], ...]] = {
    "491555000001": (
        (20.0, "topup", MAIN, "20.00", "Büro-77"),
        (19.5, "charge", MAIN, "-7.50", None),
        (18.0, "charge", "Data", "-500", None),
    ),
    "491555000003": ((2.0, "adjustment", MAIN, "0.0075", None),),
}
"""By MSISDN: days ago, kind, balance, amount and reference."""
VOUCHERS = {
    "7391-0042-5518": Voucher(Decimal("15.00"), 60),
    "7391-0042-5526": Voucher(Decimal(1000), 30, "Data"),
    "7391-0042-5534": Voucher(Decimal("15.00"), 60),
    "7391-0042-0001": Voucher(Decimal("10.00"), 30, spent=True),
}
