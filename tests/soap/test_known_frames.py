"""A short list in a frame that is known is read without a parser: as strictly as all else, and as in full."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banyan.soap import SoapContract
from banyan.soap.codec import rows
from tests.soap.small import contract, element, kind, sequence, told
from tests.soap.test_reading_rows import ALONE, KIND, PLAIN, SAID, TYPES, in_full, outcome

FLAT = (
    element("n", "xs:int")
    + element("o", "xs:string", "?")
    + element("at", "xs:dateTime", 'nillable="true" minOccurs="0"')
    + element("price", "xs:decimal", 'nillable="true"')
    + element("last", "t:kind")
)
LIST = kind("Rows", element("row", "t:Row", "*") + element("total", "xs:int", "?"))
FLAT_TYPES = KIND + kind("Row", FLAT) + LIST
WRITTEN = "<t:row><t:n>{}</t:n><t:o>{}</t:o><t:price>{}</t:price><t:last>{}</t:last></t:row>"
ROW = WRITTEN.format("{0}", "x &amp; y", "{0}.50", "a")
NUMBERS = ["1", "-1", "+1", "1.5", "1,5", "1e9", " 1 ", ""]
WORDS = ["x", "a", "c", "é", "&lt;", "&#49;", "&", "]]>", "\ufffe", "\r", "\t", "<t:n/>", "<t:row>", "</t:row>"]
TEXTS = st.sampled_from([*NUMBERS, *WORDS])


@pytest.fixture(scope="module", params=[FLAT_TYPES, TYPES], ids=["flat", "records in records"])
def of(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> SoapContract:
    return contract(tmp_path_factory.mktemp("wsdl"), request.param + sequence(ALONE))


@pytest.fixture
def new(tmp_path: Path) -> SoapContract:
    """One that knows no frame."""
    return contract(tmp_path, FLAT_TYPES + sequence(ALONE))


def document(*written: str, tail: str = "") -> bytes:
    return told(f"<t:rows>{''.join(written)}{tail}</t:rows>")


def is_cut(of: SoapContract, reply: bytes) -> bool:
    return of._operations["Ask"].reply.cut(reply) is not None


def make_known(of: SoapContract) -> None:
    for _ in range(3):
        of.read("Ask", document(ROW.format(1)))


@pytest.mark.parametrize("before", [0, 1, 2, 9])
@pytest.mark.parametrize("other", SAID.values(), ids=SAID)
def test_a_row_among_few_means_what_it_means_in_full(of: SoapContract, other: str, before: int) -> None:
    usual = [ROW.format(number) for number in range(before)]
    for reply in (document(*usual, other), document(other, *usual), document(*usual, other, PLAIN.format(1, 1))):
        make_known(of)
        assert outcome(of, reply) == outcome(of, in_full(reply))
        assert outcome(of, reply) == outcome(of, in_full(reply))


@given(said=st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), max_size=8), total=TEXTS)
def test_whatever_stands_in_a_known_frame_is_read_as_in_full(
    of: SoapContract, said: list[tuple[str, str, str, str]], total: str
) -> None:
    for tail in ("", f"<t:total>{total}</t:total>", total):
        reply = document(*(WRITTEN.format(*texts) for texts in said), tail=tail)
        make_known(of)
        assert outcome(of, reply) == outcome(of, in_full(reply))


def test_a_frame_is_known_once_it_was_proven(new: SoapContract) -> None:
    reply = document(ROW.format(7))
    assert len(reply) < rows.SMALL
    assert is_cut(new, reply)
    make_known(new)
    cut = new._operations["Ask"].reply.cut(reply)
    assert cut is not None
    assert (cut.left, [row["n"] for row in cut.rows]) == ({}, [7])


def test_what_is_shown_of_a_known_frame_is_the_readers_own(new: SoapContract) -> None:
    make_known(new)
    first, second = (new.read("Ask", document(ROW.format(1))).body for _ in range(2))
    first["rows"]["row"].clear()
    first["rows"]["total"] = 9
    third = new.read("Ask", document(ROW.format(1))).body
    assert second == third
    assert (len(third["rows"]["row"]), third["rows"]["total"]) == (1, None)


def test_a_prefix_that_no_row_had_proves_nothing_about_rows_that_have_it(new: SoapContract) -> None:
    tail = '<t:new xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>'
    for row in (ROW.format(1), ROW.format(2), SAID["nil"]):
        reply = document(row, tail=tail).replace(b"<t:rows>", b'<t:rows xmlns:xsi="urn:none">')
        assert outcome(new, reply) == outcome(new, in_full(reply))


def test_a_frame_that_was_forgotten_is_proven_anew(new: SoapContract) -> None:
    long = [ROW.format(number) for number in range(40)]
    tails = ["", "", *(f"<t:total>{total}</t:total>" for total in range(rows.FRAMES)), "", ""]
    for tail in tails:
        new.read("Ask", document(*long, tail=tail))
    cut = new._operations["Ask"].reply.cut(document(*long))
    assert cut is not None
    assert cut.known() is not None


def test_small_documents_that_are_all_framed_differently_are_soon_left_to_the_parser(new: SoapContract) -> None:
    framed = [document(ROW.format(1), tail=f"<t:total>{total}</t:total>") for total in range(rows.VAIN + 1)]
    for reply in framed[:-1]:
        assert is_cut(new, reply)
    assert not is_cut(new, framed[-1])
    assert new.read("Ask", framed[-1]).body["rows"]["total"] == rows.VAIN


def test_long_documents_of_one_frame_make_short_ones_worth_it_again(new: SoapContract) -> None:
    for total in range(rows.VAIN):
        new.read("Ask", document(ROW.format(1), tail=f"<t:total>{total}</t:total>"))
    short = document(ROW.format(1))
    assert not is_cut(new, short)
    for _ in range(2):
        new.read("Ask", document(*(ROW.format(number) for number in range(40))))
    assert is_cut(new, short)
