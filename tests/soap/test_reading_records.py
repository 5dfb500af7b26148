"""Plain records, a sequence of texts each at most once, are read on a path of their own: as strictly as all else."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from banyan import Garbled
from banyan.soap import Dialect
from tests.soap.small import body, contract, element, sequence

RECORD = sequence(
    element("o", "xs:string", "?")
    + element("n", "xs:int", 'nillable="true"')
    + element("at", "xs:dateTime", "?")
    + element("last", "xs:string")
)
GOOD: list[tuple[str, dict[str, Any]]] = [
    ("<n>1</n><last>x</last>", {"n": 1, "last": "x"}),
    ("<o>é</o><n>1</n><at>2026-01-31T12:00:00Z</at><last>x</last>", {"o": "é", "n": 1, "at": 0, "last": "x"}),
    ('<n xsi:nil="true"/><last/>', {}),
    ('<n xsi:type="xs:long">3</n><last other="1">x</last>', {"n": 3, "last": "x"}),
    ("<new>1</new><n>1</n><newer><x/></newer><last>x</last><newest/>", {"n": 1, "last": "x"}),
    ("<n>1</n><!-- --><last>x<!-- -->y</last>", {"n": 1, "last": "xy"}),
]


@pytest.mark.parametrize(("inside", "told"), GOOD)
def test_a_record_is_read(tmp_path: Path, inside: str, told: dict[str, Any]) -> None:
    at = {"at": datetime(2026, 1, 31, 12, tzinfo=UTC)} if "at" in told else {}
    nothing = dict.fromkeys(("o", "n", "at", "last"))
    assert body(contract(tmp_path, RECORD), inside) == {**nothing, **told, **at}


BAD = [
    ("<last>x</last>", "n is missing"),
    ("<o>1</o><n>1</n>", "last is missing"),
    ("<n>1</n><o>1</o><last>x</last>", "o comes out of order"),
    ("<last>x</last><n>1</n>", "n comes out of order"),
    ("<n>1</n><n>1</n><last>x</last>", "n comes out of order or more than once"),
    ("<n>1</n><last>x</last><last>x</last>", "last comes out of order or more than once"),
    ("<n>1</n><last>x<y/></last>", "last has children"),
    ("<n>1<y>2</y></n><last>x</last>", "n has children"),
    ("<n/><last>x</last>", "n has the wrong form"),
    ("<n>1.0</n><last>x</last>", "n has the wrong form"),
    ('<n>1</n><last xsi:nil="true"/>', "last is nil"),
    ('<n xsi:nil="true">1</n><last>x</last>', "n is nil and holds something"),
    ('<n xsi:type="xs:gone">1</n><last>x</last>', "n is of a type that is unknown"),
    ("<n>1</n><at>2026-01-31 12:00:00</at><last>x</last>", "at has the wrong form"),
    ('<n>1</n><o xmlns="urn:other">1</o><last>x</last>', "o is in the wrong namespace"),
]


@pytest.mark.parametrize(("inside", "why"), BAD)
def test_a_record_that_is_not_as_it_should_be_is_refused(tmp_path: Path, inside: str, why: str) -> None:
    with pytest.raises(Garbled, match=why):
        body(contract(tmp_path, RECORD), inside)


def test_unknown_elements_of_a_record_are_refused_where_they_must_not_be(tmp_path: Path) -> None:
    with pytest.raises(Garbled, match="does not know"):
        body(contract(tmp_path, RECORD, dialect=Dialect(unknown="refuse")), "<n>1</n><new/><last>x</last>")


def test_a_record_holds_so_many_unknown_elements_and_no_more(tmp_path: Path) -> None:
    of, good = contract(tmp_path, RECORD), "<n>1</n><last>x</last>"
    assert body(of, good + "<new/>" * 1000)["last"] == "x"
    assert body(of, "<new/>" * 1000 + good)["last"] == "x"
    with pytest.raises(Garbled, match="more unknown elements"):
        body(of, good + "<new/>" * 1001)
