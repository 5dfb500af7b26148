"""What is read of text: each simple type in its own form, and in no other."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from banyan import Garbled
from banyan.soap import Dialect
from tests.soap.small import body, contract, element, sequence

D = Decimal


TEXTS: list[tuple[str, str, Any]] = [
    ("string", " a  b ", " a  b "),
    ("normalizedString", "a\tb", "a b"),
    ("token", " a \n b ", "a b"),
    ("anyURI", " urn:x ", "urn:x"),
    ("decimal", "-012.500", D("-12.500")),
    ("decimal", ".5", D("0.5")),
    ("decimal", " +7. ", D(7)),
    ("decimal", "0." + "1" * 40, D("0." + "1" * 40)),
    ("integer", "9" * 40, int("9" * 40)),
    ("int", " -2147483648 ", -2147483648),
    ("unsignedByte", "+255", 255),
    ("boolean", " 1 ", True),
    ("boolean", "false", False),
    ("double", "-1.5E-3", -0.0015),
    ("double", "-INF", float("-inf")),
    ("dateTime", "2026-03-02T09:00:00", datetime(2026, 3, 2, 9)),  # noqa: DTZ001 - sent without a zone
    ("dateTime", "2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ("dateTime", "2026-03-02T09:00:00.1234567+01:00", datetime(2026, 3, 2, 8, 0, 0, 123456, UTC)),
    ("dateTime", "2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ("date", "2026-03-02+02:00", date(2026, 3, 2)),
    ("time", "09:00:00.5-05:00", time(9, 0, 0, 500_000, timezone(timedelta(hours=-5)))),
    ("duration", "P1DT2H", timedelta(days=1, hours=2)),
    ("gYearMonth", "2026-03", (2026, 3, None)),
    ("base64Binary", "AQ\n I=", b"\x01\x02"),
    ("hexBinary", "0aFF", "0aFF"),
    ("NMTOKENS", "a b", "a b"),
    ("QName", " t:thing\n", "t:thing"),
    ("QName", "größe", "größe"),
]


@pytest.mark.parametrize(("name", "text", "value"), TEXTS)
def test_a_text_becomes_its_value(tmp_path: Path, name: str, text: str, value: Any) -> None:
    of = contract(tmp_path, sequence(element("x", f"xs:{name}")))
    assert body(of, f"<x>{text}</x>") == {"x": value}


WRONG = {
    "decimal": ["12,50", "NaN", "1e4", "1e400", "INF", "1_0", "--1", "1.2.3", "", ".", "1" * 100, "\u0661", "1 2"],
    "int": ["1.0", "2147483648", "-", "1_0", "\u0661", "1e3", "", "9" * 5000],
    "unsignedInt": ["-1", "4294967296"],
    "integer": ["9" * 42, "x"],
    "boolean": ["yes", "TRUE", "2", ""],
    "double": ["many", "1,5", "infinity", "1e400", "1_0", "nan", ""],
    "dateTime": [
        "2026-03-02", "2026-03-02 09:00:00", "02.03.2026 09:00", "20260302T090000", "2026-W10-1T09:00:00",
        "2026-02-30T09:00:00", "2026-03-02T09:00", "2026-03-02T09:00:00+0100", "2026-03-02T25:00:00",
        "2026-03-02T24:00:01", "2026-03-02T09:00:00+01", "2026-03-02T09:00+01:00", "",
    ],
    "date": ["02.03.2026", "2026-3-2", "20260302", "2026-02-30", ""],
    "time": ["9:00", "25:00:00", "09:00", ""],
    "duration": ["1 day", "P", "PT", ""],
    "base64Binary": ["A", "*"],
    "hexBinary": ["0", "xy"],
    "gYear": ["26"],
    "QName": ["a b", "t:", ":x", "a:b:c", "{urn:t}x", "1a", ""],
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_text_of_another_form_is_refused(tmp_path: Path, name: str, text: str) -> None:
    of = contract(tmp_path, sequence(element("x", f"xs:{name}")))
    with pytest.raises(Garbled) as caught:
        body(of, f"<x>{text}</x>")
    assert str(caught.value) == "the reply to Ask cannot be trusted: x has the wrong form"


def test_times_without_a_zone_are_in_that_of_the_system(tmp_path: Path) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    types = sequence(element("at", "xs:dateTime") + element("since", "xs:time"))
    of = contract(tmp_path, types, dialect=Dialect(berlin))
    read = body(of, "<at>2026-07-02T09:00:00</at><since>08:00:00</since>")
    assert read["at"].astimezone(UTC) == datetime(2026, 7, 2, 7, tzinfo=UTC)
    assert read["since"].tzinfo is berlin
    assert body(of, "<at>2026-07-02T09:00:00Z</at><since>08:00:00Z</since>")["at"] == datetime(
        2026, 7, 2, 9, tzinfo=UTC
    )


RESTRICTED = """
<xs:simpleType name="State"><xs:restriction base="xs:token">
  <xs:enumeration value="in use"/><xs:enumeration value="a:b"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Fewer"><xs:restriction base="t:State">
  <xs:enumeration value="in use"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Level"><xs:restriction base="xs:int">
  <xs:enumeration value="1"/><xs:enumeration value="20"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Either"><xs:union memberTypes="t:State t:Level"/></xs:simpleType>
<xs:simpleType name="Many"><xs:list itemType="t:Level"/></xs:simpleType>
"""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("State", "a:b", "a:b"),
        ("State", " in  use ", "in use"),
        ("Level", "020", 20),
        ("Either", "20", "20"),
        ("Many", "1 20 1", [1, 20, 1]),
        ("Many", "", []),
    ],
)
def test_an_enumeration_holds_its_values(tmp_path: Path, name: str, text: str, value: Any) -> None:
    of = contract(tmp_path, RESTRICTED + sequence(element("x", f"t:{name}")))
    assert body(of, f"<x>{text}</x>") == {"x": value}


@pytest.mark.parametrize(
    ("name", "text"),
    [("State", "gone"), ("State", ""), ("Fewer", "a:b"), ("Level", "2"), ("Either", "gone"), ("Many", "1 2")],
)
def test_an_enumeration_holds_no_other_value(tmp_path: Path, name: str, text: str) -> None:
    of = contract(tmp_path, RESTRICTED + sequence(element("x", f"t:{name}")))
    with pytest.raises(Garbled, match="x has the wrong form") as caught:
        body(of, f"<x>{text}</x>")
    assert not text or text not in str(caught.value)


def test_an_unnamed_enumeration_and_those_of_attributes_hold_too(tmp_path: Path) -> None:
    only = '<xs:restriction base="xs:string"><xs:enumeration value="a"/></xs:restriction>'
    unnamed = f"<xs:simpleType>{only}</xs:simpleType>"
    types = sequence(
        f'<xs:element name="x">{unnamed}</xs:element>', attributes=f'<xs:attribute name="y">{unnamed}</xs:attribute>'
    )
    of = contract(tmp_path, types)
    assert body(of, "<x>a</x>", 'y="a"') == {"x": "a", "y": "a"}
    with pytest.raises(Garbled, match="x has the wrong form"):
        body(of, "<x>b</x>")
    with pytest.raises(Garbled, match="y of told has the wrong form"):
        body(of, "<x>a</x>", 'y="b"')
