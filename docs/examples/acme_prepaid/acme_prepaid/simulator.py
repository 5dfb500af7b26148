"""A simulated Acme Prepaid, made from its WSDL: `banyan simulate acme_prepaid`.

Every operation answers with sampled values. Rows say what the tests know: give a row those parts that matter to them
(ids, amounts, dates), the rest is sampled. Where a law needs state, write a handler and pass it to `operations`.

Works remember what writes asked for. They know it by the parts that carry our reference, and by those that carry the
system's own number; whoever asks by one of them is answered from what was written.
"""

from collections.abc import Sequence
from pathlib import Path

from banyan import Clock
from banyan.simulate import Generated, Ledger, Rows, Simulator, Works
from banyan.simulate import main as run
from banyan.soap import SoapContract

FOLDER = Path(__file__).parent / "wsdl"
WSDL = FOLDER / "acme.wsdl"


def simulator(ledger: Ledger, clock: Clock) -> Simulator:
    contract = SoapContract.load(WSDL, FOLDER)
    made = Generated(contract)
    buckets = Rows(
        {"currency": "EUR", "walletId": "1", "msisdn": "4915550001"},
        {"currency": "EUR", "walletId": "2", "msisdn": "4915550002"},
    )
    made.lists("GetWallets", ("wallet",), buckets)
    top_ups = Works("reference", "transactionId", whose="msisdn", empty=("4915550001", "4915550002"))
    made.tops_up("Recharge", top_ups, buckets, "amount", "balance")
    made.lists("FindRecharges", ("recharge",), top_ups, silent=True)
    return Simulator("acme_prepaid", contract, made.operations(), ledger, clock, made.reset)


def main(argv: Sequence[str]) -> int:
    return run(argv, "acme_prepaid", lambda _, ledger, clock: simulator(ledger, clock))
