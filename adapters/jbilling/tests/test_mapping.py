"""What jBilling says doubtfully is refused, not guessed."""

import copy
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.jbilling import mapping
from adapters.jbilling.config import Config
from adapters.jbilling.faults import port_error
from adapters.jbilling.state import Books
from banyan import Garbled, Happened, NotFound, PortError, Rejected, SystemClock, Unavailable
from banyan.simulate import Ledger
from banyan.soap import SoapFault

CONFIG = Config(endpoint="http://127.0.0.1/")


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
    order = {"activeUntil": None, "notes": None, **books.order(1001), "statusId": 99}
    with pytest.raises(Garbled):
        mapping.subscription(order, {}, CONFIG)


def test_times_are_read_in_the_zone_of_the_installation(books: Books) -> None:
    berlin = Config(endpoint="http://127.0.0.1/", timezone=ZoneInfo("Europe/Berlin"))
    order = {"activeUntil": None, "notes": None, **books.order(1002)}
    assert mapping.subscription(order, {}, berlin).since == datetime(2025, 6, 14, 22, 0, tzinfo=UTC)


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
