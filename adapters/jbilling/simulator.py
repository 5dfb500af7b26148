"""A jBilling to test against: the operations of our WSDL over its books, and a bill run of its own."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.jbilling.state import Books, reference, total
from banyan import Clock
from banyan.simulate import Ledger, Operation, Request, Simulator
from banyan.simulate import main as run
from banyan.soap import SoapContract, SoapFault

WSDL = Path(__file__).parent / "wsdl" / "jbilling.wsdl"
CALLER = 1


def simulator(ledger: Ledger, clock: Clock, *, bill_run_s: float = 1.0) -> Simulator:
    """`bill_run_s`: how often it invoices fresh orders by itself, 0 for never."""
    books = Books(ledger, clock)

    async def bill_runs() -> None:
        while True:
            await clock.sleep(bill_run_s)
            books.bill_run()

    return Simulator(
        name="jbilling",
        contract=SoapContract.load(WSDL),
        operations=_reads(books) | _writes(books),
        ledger=ledger,
        clock=clock,
        reset_state=books.reset,
        actions={"bill-run": lambda: {"invoices": books.bill_run()}},
        background=bill_runs if bill_run_s else None,
    )


def main(argv: Sequence[str]) -> int:
    def options(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--bill-run-s", type=float, default=1.0, help="seconds between bill runs, 0 for none")

    def build(arguments: argparse.Namespace, ledger: Ledger, clock: Clock) -> Simulator:
        return simulator(ledger, clock, bill_run_s=arguments.bill_run_s)

    return run(argv, "jbilling", build, options)


def _writes(books: Books) -> dict[str, Operation]:
    def create_order(request: Request) -> dict[str, Any]:
        order = books.book(_argument(request), request.traceparent)
        request.effect(reference=reference(order), native_id=str(order["id"]), amount=total(order))
        return {"return": order["id"]}

    def delete_order(request: Request) -> dict[str, Any]:
        order = books.delete(_argument(request))
        if order is not None:
            request.effect(reference=reference(order), native_id=str(order["id"]), amount=total(order))
        return {}

    def create_invoice(request: Request) -> dict[str, Any]:
        books.user(_argument(request))
        return {"return": books.bill_run(_argument(request))}

    return {
        "createOrder": Operation(create_order, lambda _, true: {"return": _other(books.orders, true["return"])}),
        "deleteOrder": Operation(delete_order),
        "createInvoice": Operation(
            create_invoice, lambda request, _: {"return": [_foreign(books.invoices, _argument(request))[0]["id"]]}
        ),
    }


def _reads(books: Books) -> dict[str, Operation]:
    def in_status(status: int) -> list[int]:
        return [id for id, user in books.users.items() if user["statusId"] == status]

    def by_login(request: Request) -> dict[str, Any]:
        for id, user in books.users.items():
            if user["userName"] == _argument(request):
                return {"return": id}
        raise SoapFault("Server", "Could not find a user with this name")

    return {
        "getCallerId": Operation(lambda _: {"return": CALLER}),
        "getAllItems": Operation(lambda _: {"return": list(books.items.values())}),
        "getAllPlans": Operation(lambda _: {"return": list(books.plans.values())}),
        "getPlanWS": _single(lambda: books.plans, books.plan),
        "getUserId": Operation(by_login, lambda _, true: {"return": _other(books.users, true["return"])}),
        "getUsersInStatus": Operation(
            lambda request: {"return": in_status(_argument(request))},
            lambda request, _: {"return": [id for id in books.users if id not in in_status(_argument(request))]},
        ),
        "getUserWS": _single(lambda: books.users, books.user),
        "getItem": _single(lambda: books.items, books.item),
        "getOrder": _single(lambda: books.orders, books.order),
        "getInvoiceWS": _single(lambda: books.invoices, books.invoice),
        "getUserOrdersPage": _paged(lambda: books.orders, books.orders_of),
        "getUserInvoicesPage": _paged(lambda: books.invoices, books.invoices_of),
    }


def _single(records: Callable[[], Mapping[int, Any]], find: Callable[[int], Any]) -> Operation:
    return Operation(
        lambda request: {"return": find(_argument(request))},
        lambda request, _: {"return": find(_other(records(), _argument(request)))},
    )


def _paged(records: Callable[[], Mapping[int, Any]], find: Callable[[int], list[Any]]) -> Operation:
    return Operation(
        lambda request: {"return": _page(request, find(_argument(request)))},
        lambda request, _: {"return": _foreign(records(), _argument(request))},
    )


def _other(ids: Mapping[int, Any], id: int) -> int:
    return next(each for each in ids if each != id)


def _foreign(records: Mapping[int, Any], user: int) -> list[Any]:
    """The records of the first other user that has some."""
    owner = next(record["userId"] for record in records.values() if record["userId"] != user)
    return [record for record in records.values() if record["userId"] == owner]


def _argument(request: Request) -> Any:
    value = request.parameters.get("arg0")
    if value is None:
        raise SoapFault("Server", "java.lang.NullPointerException")
    return value


def _page(request: Request, records: list[Any]) -> list[Any]:
    limit, offset = request.parameters["arg1"] or 0, request.parameters["arg2"] or 0
    return records[offset : offset + limit]
