"""Work that a generated simulator remembers: it is made once or twice as the system would, found, and changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from banyan.simulate import Answer, Generated, Ledger, Request, Works
from banyan.soap import SoapContract, SoapFault
from tests.clock import FakeClock

SKAGEN = Path(__file__).parent / "wsdl" / "skagen" / "SubsOrderMgmt.wsdl"


class System:
    def __init__(self, *, again: bool = False) -> None:
        self.ledger = Ledger(FakeClock())
        self.made = Generated(SoapContract.load(SKAGEN, SKAGEN.parent))
        orders = Works("extRef", "ordNo", again=again, there="1")
        self.made.makes("crtSubsOrd", orders, ordSt="CMPL")
        self.made.gives("getSubOrdSt", (), orders)
        self.made.lists("qryOrdByExtRef", ("ordLst", "ordHdr"), orders, silent=True)
        self.made.changes("cnclSubsOrd", orders, ordSt="CNCL")

    def ask(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        handle = self.made.operations()[operation].handle
        answered = handle(Request(operation, parameters, {}, None, self.ledger))
        assert isinstance(answered, Answer)
        body: Mapping[str, Any] = answered.body
        return body

    @property
    def effects(self) -> list[tuple[str, str]]:
        return [(line["operation"], line["reference"]) for line in self.ledger.lines]


def order(reference: str) -> dict[str, Any]:
    return {"subsOrdInfo": {"extRef": reference, "custNo": "101", "ordItm": [{"prdCd": "GOLD"}]}}


def test_what_was_made_is_found_by_both_its_names() -> None:
    system = System()
    number = system.ask("crtSubsOrd", **order("A"))["ordNo"]
    [found] = system.ask("qryOrdByExtRef", extRef="A")["ordLst"]["ordHdr"]
    assert (found["ordNo"], found["extRef"], found["ordSt"]) == (number, "A", "CMPL")
    assert system.ask("getSubOrdSt", ordNo=number)["ordSt"] == "CMPL"
    assert system.effects == [("crtSubsOrd", "A")]


def test_what_nobody_made_is_not_found() -> None:
    system = System()
    assert system.ask("qryOrdByExtRef", extRef="B")["ordLst"]["ordHdr"] == []
    with pytest.raises(SoapFault):
        system.ask("getSubOrdSt", ordNo=999)
    assert system.ask("getSubOrdSt", ordNo=1)["ordNo"] == 1


@pytest.mark.parametrize(("again", "times"), [(False, 2), (True, 1)])
def test_a_repeat_is_done_twice_unless_the_system_looks(again: bool, times: int) -> None:
    system = System(again=again)
    first, second = (system.ask("crtSubsOrd", **order("C"))["ordNo"] for _ in range(2))
    assert len(system.effects) == times
    assert (first == second) == again


def test_a_change_that_changes_nothing_has_no_effect() -> None:
    system = System()
    number = system.ask("crtSubsOrd", **order("D"))["ordNo"]
    for _ in range(2):
        assert system.ask("cnclSubsOrd", ordNo=number, rsnCd="X")["ordSt"] == "CNCL"
    assert system.effects == [("crtSubsOrd", "D"), ("cnclSubsOrd", "D")]
    system.made.reset()
    assert system.ask("qryOrdByExtRef", extRef="D")["ordLst"]["ordHdr"] == []
