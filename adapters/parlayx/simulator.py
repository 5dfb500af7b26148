"""A simulated prepaid system that speaks Parlay X: `banyan simulate parlayx`."""

from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

from lxml import etree

from adapters.parlayx.state import Account, Prepaid, Refusal
from banyan import Clock
from banyan.simulate import Ledger, Operation, Request, Simulator
from banyan.simulate import main as run
from banyan.soap import Dialect, SoapContract, SoapFault

WSDL = Path(__file__).parent / "wsdl" / "parlayx.wsdl"
COMMON = "http://www.csapi.org/schema/parlayx/common/v2_1"
Reply = dict[str, Any]


def simulator(ledger: Ledger, clock: Clock) -> Simulator:
    system = Prepaid(clock)
    contract = SoapContract.load(WSDL, dialect=Dialect(UTC))
    return Simulator("parlayx", contract, _operations(system), ledger, clock, system.reset)


def main(argv: Sequence[str]) -> int:
    return run(argv, "parlayx", lambda _, ledger, clock: simulator(ledger, clock))


def _operations(system: Prepaid) -> dict[str, Operation]:
    def get_balance(_: Request, account: Account) -> Reply:
        return {"result": [{"balanceType": name, "amount": amount} for name, amount in account.balances.items()]}

    def get_credit_expiry_date(_: Request, account: Account) -> Reply:
        return {"result": [{"balanceType": name, "date": until} for name, until in account.until.items()]}

    def get_balance_types(_: Request, account: Account) -> Reply:
        return {"result": list(account.balances)}

    def balance_update(request: Request, account: Account) -> Reply:
        asked, reference = request.parameters, request.parameters["referenceCode"]
        system.top_up(account, asked["balanceType"], asked["amount"], asked["period"], reference)
        request.effect(reference=reference, native_id=reference, amount=asked["amount"])
        return {}

    def voucher_update(request: Request, account: Account) -> Reply:
        reference = request.parameters["referenceCode"]
        amount = system.redeem(account, request.parameters["voucherIdentifier"], reference)
        request.effect(reference=reference, native_id=reference, amount=amount)
        return {}

    def get_history(request: Request, account: Account) -> Reply:
        found = system.history(account, request.parameters["date"], request.parameters["maxEntries"])
        return {"result": [{"transactionDate": each.at, "transactionDetails": each.details} for each in found]}

    def of_account(work: Callable[[Request, Account], Reply]) -> Operation:
        def handle(request: Request) -> Reply:
            try:
                return work(request, system.account(request.parameters["endUserIdentifier"]))
            except Refusal as refused:
                raise _fault(refused) from None

        return Operation(handle)

    return {
        "getBalance": of_account(get_balance),
        "getCreditExpiryDate": of_account(get_credit_expiry_date),
        "getBalanceTypes": of_account(get_balance_types),
        "balanceUpdate": of_account(balance_update),
        "voucherUpdate": of_account(voucher_update),
        "getHistory": of_account(get_history),
    }


def _fault(refused: Refusal) -> SoapFault:
    detail = etree.Element(f"{{{COMMON}}}{refused.kind}", nsmap={"common": COMMON})
    etree.SubElement(detail, "messageId").text = refused.code
    etree.SubElement(detail, "text").text = refused.text
    for variable in refused.variables:
        etree.SubElement(detail, "variables").text = variable
    return SoapFault("Server", refused.text, detail)
