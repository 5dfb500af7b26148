"""A simulated Acme Prepaid, made from its WSDL: `banyan simulate acme_prepaid`.

Every operation answers with sampled values. Rows say what the tests know: give a row those parts that matter to them
(ids, amounts, dates), the rest is sampled. Where a law needs state, write a handler and pass it to `operations`.
"""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from banyan import Clock
from banyan.simulate import Generated, Ledger, Request, Rows, Simulator
from banyan.simulate import main as run
from banyan.soap import SoapContract

FOLDER = Path(__file__).parent / "wsdl"
WSDL = FOLDER / "acme.wsdl"


def simulator(ledger: Ledger, clock: Clock) -> Simulator:
    contract = SoapContract.load(WSDL, FOLDER)
    made = Generated(contract)
    wallets = Rows(
        {"msisdn": "4915550001", "walletId": "W-1", "kind": "CASH", "balance": Decimal("12.50"), "currency": "EUR"},
        {"msisdn": "4915550002", "walletId": "W-2", "kind": "BONUS", "balance": Decimal("3.00"), "currency": "EUR"},
    )
    recharges = Rows(by=["msisdn"], empty=["4915550001", "4915550002"])
    made.lists("GetWallets", ("wallet",), wallets)
    made.lists("FindRecharges", ("recharge",), recharges)

    def recharge(request: Request) -> dict[str, Any]:
        asked = request.parameters
        wallets.of(request)[0]["balance"] += asked["amount"]
        number = f"R-{len(recharges.all) + 1}"
        recharges.add(msisdn=asked["msisdn"], reference=asked["reference"], transactionId=number, bookedAt=clock.now())
        request.effect(reference=asked["reference"], native_id=number, amount=asked["amount"])
        return {"transactionId": number}

    operations = made.operations({"Recharge": recharge})
    return Simulator("acme_prepaid", contract, operations, ledger, clock, made.reset)


def main(argv: Sequence[str]) -> int:
    return run(argv, "acme_prepaid", lambda _, ledger, clock: simulator(ledger, clock))
