"""Our small WSDL and the real one agree on the wire: checked wherever the real one lies beside us."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.jbilling import mapping
from adapters.jbilling.booking import order_record
from adapters.jbilling.config import Config
from adapters.jbilling.simulator import WSDL
from adapters.jbilling.state import Books
from banyan import SystemClock
from banyan.model import LineKind, Money, Order, OrderLine
from banyan.simulate import Ledger
from banyan.soap import SoapContract
from banyan.soap.codec import Dialect
from tests.shared import shared

CONFIG = Config(endpoint="http://127.0.0.1/")
ORDER = Order(
    "ref-1",
    "103",
    (
        OrderLine("a", LineKind.PRODUCT, "202", "Mobile Classic", 2, Money(Decimal("20.00"))),
        OrderLine("b", LineKind.DISCOUNT, None, "15 % together", 1, Money(Decimal("-6.00"))),
    ),
    start=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
)
BOOKS = Books(Ledger(SystemClock()), SystemClock())

REQUESTS: dict[str, dict[str, Any]] = {
    "getCallerId": {},
    "getUserId": {"arg0": "nordwerk"},
    "getUserWS": {"arg0": 101},
    "getUsersInStatus": {"arg0": 1},
    "getAllItems": {},
    "getItem": {"arg0": 202},
    "getAllPlans": {},
    "getPlanWS": {"arg0": 11},
    "createOrder": {"arg0": order_record(ORDER, {"202": 202}, CONFIG)},
    "getOrder": {"arg0": 1001},
    "getUserOrdersPage": {"arg0": 101, "arg1": 100, "arg2": 0},
    "deleteOrder": {"arg0": 1001},
    "createInvoice": {"arg0": 101, "arg1": False},
    "getInvoiceWS": {"arg0": 2001},
    "getUserInvoicesPage": {"arg0": 101, "arg1": 100, "arg2": 0},
}
REPLIES: dict[str, dict[str, Any]] = {
    "getCallerId": {"return": 1},
    "getUserId": {"return": 105},
    "getUserWS": {"return": BOOKS.user(101)},
    "getUsersInStatus": {"return": [101, 102]},
    "getAllItems": {"return": list(BOOKS.items.values())},
    "getItem": {"return": BOOKS.item(303)},
    "getAllPlans": {"return": list(BOOKS.plans.values())},
    "getPlanWS": {"return": BOOKS.plan(12)},
    "createOrder": {"return": 1101},
    "getOrder": {"return": BOOKS.order(1001)},
    "getUserOrdersPage": {"return": BOOKS.orders_of(102)},
    "deleteOrder": {},
    "createInvoice": {"return": [2001]},
    "getInvoiceWS": {"return": BOOKS.invoice(2001)},
    "getUserInvoicesPage": {"return": BOOKS.invoices_of(102)},
}


@pytest.fixture(scope="module")
def ours() -> SoapContract:
    return SoapContract.load(WSDL, dialect=Dialect(UTC))


@pytest.fixture(scope="module")
def real() -> SoapContract:
    return SoapContract.load(shared("legacy/wsdl/jbilling/jBillingSalesforce.wsdl"), dialect=Dialect(UTC))


def test_every_operation_is_compared(ours: SoapContract) -> None:
    assert set(ours.operations) == set(REQUESTS) == set(REPLIES)


@pytest.mark.parametrize("operation", REQUESTS)
def test_the_real_contract_reads_our_request(ours: SoapContract, real: SoapContract, operation: str) -> None:
    sent = ours.write(operation, REQUESTS[operation])
    understood = real.read_request(None, sent)
    assert understood.operation == operation
    # What the real contract drops as unknown, or reads as empty, is lost when it is written again.
    assert _said(ours.read_request(None, sent).parameters) == _said(understood.parameters)
    assert real.http_headers(operation) == ours.http_headers(operation)


@pytest.mark.parametrize("operation", REPLIES)
def test_our_contract_reads_a_real_reply(ours: SoapContract, real: SoapContract, operation: str) -> None:
    reply = real.write_reply(operation, REPLIES[operation])
    assert _said(ours.read(operation, reply).body) == _said(real.read(operation, reply).body)


@pytest.mark.parametrize("operation", REPLIES)
def test_the_real_contract_reads_our_simulated_reply(ours: SoapContract, real: SoapContract, operation: str) -> None:
    reply = ours.write_reply(operation, REPLIES[operation])
    assert _said(real.read(operation, reply).body) == _said(ours.read(operation, reply).body)


def test_real_replies_become_our_nouns(ours: SoapContract, real: SoapContract) -> None:
    def told(operation: str, **more: Any) -> Any:
        value = {"return": {**REPLIES[operation]["return"], **more}}
        return ours.read(operation, real.write_reply(operation, value)).body["return"]

    user = told("getUserWS", language="de", owingBalance="0", isParent=False)
    assert mapping.customer(user).name == "Maja Lindqvist"
    assert mapping.offering(told("getItem", entityId=60, hasDecimals=0), CONFIG).price == Money(Decimal("15.00"))
    order = mapping.subscription(told("getOrder", periodStr="Monthly", notify=0), {502: "plan-1"}, CONFIG)
    assert [line.amount.amount for line in order.lines] == [Decimal("9.99"), Decimal("5.00")]
    bill = mapping.bill(told("getInvoiceWS", isReview=0, paymentAttempts=0), {}, CONFIG)
    assert (bill.total.amount, bill.orders) == (Decimal("14.99"), ("1001",))


def _said(value: Any) -> Any:
    """What was said, without what was left open."""
    if isinstance(value, dict):
        kept = {name: _said(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part not in (None, [], {})}
    return [_said(part) for part in value] if isinstance(value, list) else value
