"""What jBilling says doubtfully is refused, not guessed."""

import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from adapters.jbilling import mapping, words
from adapters.jbilling.adapter import Jbilling
from adapters.jbilling.booking import order_record
from adapters.jbilling.config import Config
from adapters.jbilling.faults import port_error
from adapters.jbilling.simulator import WSDL
from adapters.jbilling.state import Books
from banyan import Call, Garbled, Happened, NotFound, PortError, Principal, Rejected, SystemClock, Unavailable
from banyan.model import Money, Order
from banyan.simulate import Ledger
from banyan.soap import SoapContract, SoapFault
from banyan.soap.codec import Dialect
from banyan.wire import seam

CONFIG = Config(endpoint="http://127.0.0.1/")
PLAIN = SoapContract.load(WSDL)
BERLIN = ZoneInfo("Europe/Berlin")
IN_UTC, IN_BERLIN = (SoapContract.load(WSDL, dialect=Dialect(zone)) for zone in (UTC, BERLIN))


def told(operation: str, record: dict[str, Any]) -> Any:
    """The record as it is read from the wire."""
    return IN_UTC.read(operation, PLAIN.write_reply(operation, {"return": record})).body["return"]


@pytest.fixture
def books() -> Books:
    return Books(Ledger(SystemClock()), SystemClock())


WRONG: list[tuple[str, Any]] = [
    ("price", "15.01"),
    ("price", "15,00"),
    ("price", "NaN"),
    ("price", "1e400"),
    ("currencyId", 77),
    ("currencyId", None),
    ("id", None),
    ("number", None),
]


@pytest.mark.parametrize("case", range(len(WRONG)))
def test_a_doubtful_item_is_garbled(books: Books, case: int) -> None:
    field, value = WRONG[case]
    item = copy.deepcopy(books.item(303)) | {field: value}
    with pytest.raises(Garbled):
        mapping.offering(item, CONFIG)


def test_an_unknown_order_status_is_garbled(books: Books) -> None:
    order = told("getOrder", {**books.order(1001), "statusId": 99})
    with pytest.raises(Garbled):
        mapping.subscription(order, {}, CONFIG)


FAULTS: list[tuple[str, type[PortError], Happened]] = [
    ("No row with the given identifier exists: [UserDTO#9]", NotFound, Happened.NO),
    ("SessionInternalError: validation of OrderWS failed", Rejected, Happened.NO),
    ("java.lang.NullPointerException", Unavailable, Happened.UNKNOWN),
    ("", Unavailable, Happened.UNKNOWN),
]


@pytest.mark.parametrize("case", range(len(FAULTS)))
def test_a_fault_is_told_by_its_text_alone(case: int) -> None:
    text, kind, happened = FAULTS[case]
    error = port_error(SoapFault("Server", text))
    assert (type(error), error.happened) == (kind, happened)
    assert not text or text not in str(error)


LOCAL_TIMES = {
    "winter": (datetime(2026, 1, 10, 12), datetime(2026, 1, 10, 11, tzinfo=UTC)),  # noqa: DTZ001 - jBilling's times
    "summer": (datetime(2026, 7, 10, 12), datetime(2026, 7, 10, 10, tzinfo=UTC)),  # noqa: DTZ001
    "comes twice": (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # noqa: DTZ001
    "never comes": (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),  # noqa: DTZ001
    "has a zone": (datetime(2026, 7, 10, 12, tzinfo=UTC), datetime(2026, 7, 10, 12, tzinfo=UTC)),
}


def installed_in(zone: str | None, reply: bytes) -> Jbilling:
    """An adapter whose system gives this reply to everything."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=reply, headers={"content-type": "text/xml"}))
    with seam.installed(lambda: transport):
        return Jbilling(Config.model_validate({**CONFIG.model_dump(), "timezone": zone, "plans": False}), SystemClock())


def call() -> Call:
    return Call(SystemClock().monotonic() + 10, "default", Principal("tester", "tests", "default"))


@pytest.mark.parametrize("kind", LOCAL_TIMES)
async def test_local_times_are_told_in_their_zone(books: Books, kind: str) -> None:
    said, meant = LOCAL_TIMES[kind]
    reply = PLAIN.write_reply("getInvoiceWS", {"return": books.invoice(2001) | {"createDateTime": said}})
    assert (await installed_in("Europe/Berlin", reply).bill(call(), "2001")).issued.astimezone(UTC) == meant


async def test_times_are_in_the_zone_of_the_manifest_when_the_configuration_names_none(books: Books) -> None:
    found = await installed_in(None, PLAIN.write_reply("getOrder", {"return": books.order(1002)})).subscription(
        call(), "1002"
    )
    assert found.since == datetime(2025, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize("month", range(1, 13))
def test_a_start_comes_back_as_it_was_booked(month: int) -> None:
    start = datetime(2026, month, 28, 22, 30, tzinfo=UTC)
    sent = IN_BERLIN.write("createOrder", {"arg0": order_record(Order("r", "103", (), start=start), {}, CONFIG)})
    booked = PLAIN.read_request(None, sent).parameters["arg0"]["activeSince"]
    assert booked == start.astimezone(BERLIN).replace(tzinfo=None)
    assert IN_BERLIN.read_request(None, sent).parameters["arg0"]["activeSince"] == start


async def test_a_due_date_is_the_day_where_the_installation_is(books: Books) -> None:
    due = datetime(2026, 4, 1)  # noqa: DTZ001 - jBilling's times have no zone
    reply = PLAIN.write_reply("getInvoiceWS", {"return": books.invoice(2001) | {"dueDate": due}})
    assert (await installed_in("Europe/Berlin", reply).bill(call(), "2001")).due == date(2026, 4, 1)


NUMBERS: dict[str, Decimal | None] = {
    "0E-10": Decimal(0),
    "-3.00": Decimal(-3),
    "29.7500000000": Decimal("29.75"),
    "1E+3": None,
    "1e400": None,
    "1_000": None,
    " 1": None,
    "": None,
    "--1": None,
    "12,50": None,
    "\u0661": None,
    "NaN": None,
    "9" * 40: None,
}


@pytest.mark.parametrize("said", NUMBERS)
def test_a_number_is_as_java_writes_it(said: str) -> None:
    expected = NUMBERS[said]
    if expected is None:
        with pytest.raises(Garbled):
            words.number(said, None, "total")
    else:
        assert words.money(said, expected, "EUR", "total") == Money(expected)


CONTACTS: list[tuple[dict[str, Any] | None, str, str | None]] = [
    (None, "mlindqvist", None),
    ({}, "mlindqvist", None),
    ({"organizationName": "Nordwerk GmbH", "firstName": "Maja"}, "Nordwerk GmbH", None),
    ({"lastName": "Lindqvist"}, "Lindqvist", None),
    ({"phoneCountryCode": 49, "phoneAreaCode": 171, "phoneNumber": "3920011"}, "mlindqvist", "+491713920011"),
    ({"phoneNumber": ""}, "mlindqvist", None),
]


@pytest.mark.parametrize("case", range(len(CONTACTS)))
def test_a_customer_has_a_name_whatever_the_contact_lacks(books: Books, case: int) -> None:
    contact, name, phone = CONTACTS[case]
    found = mapping.customer({**books.user(101), "contact": contact})
    assert (found.name, found.phone) == (name, phone)


def test_a_bill_may_have_any_number_of_lines(books: Books) -> None:
    invoice = told("getInvoiceWS", books.invoice(2001))
    line = invoice["invoiceLines"][0]
    invoice["invoiceLines"] = [{**line, "id": number} for number in range(1, 41)] + [{**line, "deleted": 1}]
    assert len(mapping.bill(invoice, {}, CONFIG).lines) == 40
    assert mapping.bill({**invoice, "invoiceLines": []}, {}, CONFIG).lines == ()


def test_nil_in_a_list_is_nothing(books: Books) -> None:
    invoice = told("getInvoiceWS", books.invoice(2001))
    sound = mapping.bill(invoice, {}, CONFIG)
    for name in ("invoiceLines", "orders"):
        invoice[name] = [None, *invoice[name], None]
    assert mapping.bill(invoice, {}, CONFIG) == sound
    order = told("getOrder", books.order(1001))
    whole = mapping.subscription(order, {}, CONFIG)
    order |= {"orderLines": [None, *order["orderLines"]], "metaFields": [None]}
    assert mapping.subscription(order, {}, CONFIG) == whole
