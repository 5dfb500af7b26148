"""What a Parlay X system says doubtfully is refused, and its faults are told by their message ids."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree
from pydantic import ValidationError

from adapters.parlayx import mapping
from adapters.parlayx.config import Config, Kept
from adapters.parlayx.faults import port_error
from banyan import Garbled, Happened, NotFound, PortError, Rejected, Unavailable
from banyan.model import BalanceMove, Money, Quantity, TopUp, Unit
from banyan.soap import SoapFault

CONFIG = Config(endpoint="http://127.0.0.1/")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def balance(kind: str, amount: str) -> dict[str, Any]:
    return {"balanceType": kind, "amount": Decimal(amount)}


def entry(details: str, at: datetime = NOON) -> dict[str, Any]:
    return {"transactionDate": at, "transactionDetails": details}


def move(details: str) -> BalanceMove:
    (told,) = mapping.moves_reply({"result": [entry(details)]}, "49171", CONFIG)
    return told


def test_a_balance_counts_what_is_configured() -> None:
    left = [balance("Main", "12.5075"), balance("Data", "1.5"), balance("Voice", "0.5"), balance("SMS", "40")]
    until: list[dict[str, Any]] = [{"balanceType": "Main", "date": NOON}, {"balanceType": "Data", "date": None}]
    found = mapping.buckets_reply({"result": left}, {"result": until}, "49171", CONFIG)
    assert [bucket.remaining for bucket in found] == [
        Money(Decimal("12.5075"), "EUR"),
        Quantity(1_500_000, Unit.BYTES),
        Quantity(30, Unit.SECONDS),
        Quantity(40, Unit.ONE),
    ]
    assert [bucket.valid_until for bucket in found] == [NOON, None, None, None]


@pytest.mark.parametrize(
    "left",
    [[balance("Gold", "1")], [balance("Main", "1"), balance("Main", "2")], [balance("SMS", "2.5")]],
    ids=["of an unknown type", "told twice", "of half a message"],
)
def test_a_doubtful_balance_is_garbled(left: list[dict[str, Any]]) -> None:
    with pytest.raises(Garbled):
        mapping.buckets_reply({"result": left}, {"result": []}, "49171", CONFIG)


@pytest.mark.parametrize("subscriber", ["", "+49171", "49171 ", "4917x", "\u0661\u0662", "1" * 16])
def test_who_has_no_msisdn_is_nobody(subscriber: str) -> None:
    with pytest.raises(NotFound):
        mapping.subscriber_request(subscriber)


def test_a_top_up_goes_into_the_balance_of_its_currency() -> None:
    top_up = TopUp("r-1", "49171", amount=Money(Decimal("10.00")), valid_for_days=7)
    assert mapping.top_up_request(top_up, Money(Decimal("10.00")), CONFIG) == {
        "endUserIdentifier": "tel:+49171",
        "referenceCode": "r-1",
        "balanceType": "Main",
        "amount": Decimal("10.00"),
        "period": 7,
    }
    with pytest.raises(Rejected):
        mapping.top_up_request(top_up, Money(Decimal(10), "USD"), CONFIG)


@pytest.mark.parametrize("unit", list(Unit))
def test_a_unit_is_no_currency(unit: Unit) -> None:
    with pytest.raises(Rejected):
        mapping.top_up_request(TopUp("r-1", "49171", voucher=""), Money(Decimal(10), unit), CONFIG)


DETAILS: dict[str, tuple[str, Money | Quantity | None, str | None]] = {
    "topup Main +10.00 ref=a.b-1": ("topup", Money(Decimal("10.00")), "a.b-1"),
    "voucher Data +1000 ref=v": ("voucher", Quantity(10**9, Unit.BYTES), "v"),
    "CHARGE Main -0.0075": ("charge", Money(Decimal("-0.0075")), None),
    "adjustment Gold +1": ("adjustment", None, None),
    "topup ref=a ref=b": ("other", None, None),
    "Refund of call charges": ("other", None, None),
    "": ("other", None, None),
}


@pytest.mark.parametrize("details", DETAILS)
def test_details_are_read_as_the_installation_writes_them(details: str) -> None:
    told = move(details)
    assert (told.kind, told.amount, told.reference) == DETAILS[details]


def test_moves_come_oldest_first_and_each_has_its_own_id() -> None:
    entries = [entry("charge", NOON + timedelta(seconds=1)), entry("topup"), entry("charge")]
    told = mapping.moves_reply({"result": entries}, "49171", CONFIG)
    assert [each.kind for each in told] == ["topup", "charge", "charge"]
    assert len({each.id for each in told}) == 3


@pytest.mark.parametrize("amount", ["12,50", "NaN", "Infinity", "1e999999", "1_0"])
def test_an_amount_in_prose_is_a_number(amount: str) -> None:
    loose = Config(
        endpoint="http://127.0.0.1/",
        details="(?P<kind>[a-z]+) (?P<balance>[A-Za-z]+) (?P<amount>[^ ]*)(?P<reference>)",
    )
    for name in ("Main", "Data"):
        with pytest.raises(Garbled):
            mapping.moves_reply({"result": [entry(f"charge {name} {amount}")]}, "49171", loose)


def exception(kind: str, code: str, *variables: str) -> SoapFault:
    said = "".join(f"<variables>{each}</variables>" for each in variables)
    told = f'<detail><p:{kind} xmlns:p="urn:p"><messageId>{code}</messageId><text>%1</text>{said}</p:{kind}></detail>'
    return SoapFault("Server", "secret 49171", etree.fromstring(told))


UNKNOWN, NO = Happened.UNKNOWN, Happened.NO
FAULTS: list[tuple[SoapFault, type[PortError], Happened, str]] = [
    (exception("ServiceException", "SVC0001", "42"), Unavailable, UNKNOWN, "SVC0001"),
    (exception("ServiceException", "SVC0002", "endUserIdentifier"), NotFound, NO, "SVC0002"),
    (exception("ServiceException", "SVC0002", "amount"), Rejected, NO, "SVC0002"),
    (exception("ServiceException", "SVC0003", "balanceType", "Main"), Rejected, NO, "SVC0003"),
    (exception("ServiceException", "SVC0004", "endUserIdentifier"), NotFound, NO, "SVC0004"),
    (exception("ServiceException", "SVC0005", "r", "referenceCode"), Rejected, NO, "SVC0005"),
    (exception("ServiceException", "SVC0251", "secret"), Rejected, NO, "SVC0251"),
    (exception("ServiceException", "SVC9999"), Unavailable, UNKNOWN, "SVC9999"),
    (exception("ServiceException", ""), Unavailable, UNKNOWN, "Server"),
    (exception("PolicyException", "POL0001", "secret"), Rejected, NO, "POL0001"),
    (exception("stackTrace", "POL0001"), Unavailable, UNKNOWN, "Server"),
    (SoapFault("Server", "secret"), Unavailable, UNKNOWN, "Server"),
    (SoapFault("Client", "secret"), Rejected, NO, "Client"),
]


@pytest.mark.parametrize("case", range(len(FAULTS)))
def test_a_fault_is_told_by_its_message_id(case: int) -> None:
    fault, kind, happened, code = FAULTS[case]
    error = port_error(fault)
    assert (type(error), error.happened, error.code) == (kind, happened, code)
    assert not any(secret in f"{error!r}{vars(error)}" for secret in ("secret", "49171"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"balances": {"Main": {"usage": "monetary", "unit": "euro"}}},
        {"balances": {"Main": {"usage": "monetary", "unit": "EUR", "factor": 100}}},
        {"balances": {"Data": {"usage": "data", "unit": "EUR"}}},
        {"details": "(?P<kind>.*)"},
        {"details": "("},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config.model_validate({"endpoint": "http://127.0.0.1/", **wrong})


def test_a_balance_type_tells_what_it_counts() -> None:
    assert str(Kept(usage="data", unit="bytes", factor=1_000_000)) == "data in 1000000 bytes"
