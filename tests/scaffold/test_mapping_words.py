"""The words of banyan.mapping for times and days that come as texts."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from banyan.mapping import aware, day
from contracts.errors import Garbled

STAMP = "%Y%m%d%H%M%S"


def test_a_text_is_an_instant_once_its_form_and_its_zone_are_said() -> None:
    """No dateTime by its contract: the manifest's zone never reaches it."""
    told = aware("20260329013000", "InvoiceDate", form=STAMP, zone="Europe/Berlin")
    assert told == datetime(2026, 3, 29, 1, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    assert aware(date(2026, 1, 2), "issued", zone="UTC") == datetime(2026, 1, 2, tzinfo=UTC)
    assert aware("2026-01-02T03:04:05+01:00", "at", zone="UTC").utcoffset() != UTC.utcoffset(None)


@pytest.mark.parametrize("wrong", ["20261301000000", "", "soon", "00000000000000"])
def test_a_text_that_is_no_such_time_is_garbled(wrong: str) -> None:
    with pytest.raises(Garbled):
        aware(wrong, "InvoiceDate", form=STAMP, zone="UTC")


def test_a_time_without_a_zone_is_still_refused() -> None:
    with pytest.raises(Garbled, match="time zone"):
        aware("20260329013000", "InvoiceDate", form=STAMP)


@pytest.mark.parametrize("nothing", [None, "", "  ", "00000000", "0000-00-00", "00.00.0000"])
def test_a_day_of_zeroes_is_none(nothing: str | None) -> None:
    assert day(nothing, "DATBI") is None


def test_a_day_is_read_as_it_is_written() -> None:
    assert day("31.12.2026", "due", form="%d.%m.%Y") == day("2026-12-31", "due") == date(2026, 12, 31)
    assert day(datetime(2026, 12, 31, 23, tzinfo=UTC), "due") == date(2026, 12, 31)
    with pytest.raises(Garbled):
        day("31.12.2026", "due")
