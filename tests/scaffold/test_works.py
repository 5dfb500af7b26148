"""Work that a generated simulator remembers: it is made once or twice as the system would, found, and changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from banyan.simulate import Answer, Generated, Ledger, Request, Rows, Works
from banyan.soap import SoapContract, SoapFault
from tests.clock import FakeClock

INCA = Path(__file__).parent / "wsdl" / "inca" / "ocs.wsdl"
HEXA = Path(__file__).parent / "wsdl" / "hexa" / "mml.wsdl"
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


class Balances:
    def __init__(self) -> None:
        self.ledger = Ledger(FakeClock())
        self.made = made = Generated(SoapContract.load(INCA, INCA.parent))
        balances = Rows(*({"SubscriberNo": who, "Amount": 700, "CurrencyCode": "EUR"} for who in ("1", "2")))
        made.lists("QueryBalance", ("QueryBalanceResult", "BalanceRecord"), balances)
        top_ups = Works("ExternalSerialNo", "RechargeSerialNo", whose="SubscriberNo", empty=("1", "2"))
        made.tops_up("Recharge", top_ups, balances, "RechargeAmount", "Amount")
        made.redeems("AdjustAccount", top_ups, balances, "AdditionalInfo", "Amount", {"good": 50})
        path = ("QueryRechargeLogResult", "RechargeLog")
        made.lists("QueryRechargeLog", path, top_ups)

    def ask(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        handle = self.made.operations()[operation].handle
        answered = handle(Request(operation, {"of": parameters}, {}, None, self.ledger))
        assert isinstance(answered, Answer)
        return next(value for name, value in answered.body.items() if name != "ResultHeader")  # type: ignore[no-any-return]

    def left(self, who: str) -> list[int]:
        return [each["Amount"] for each in self.ask("QueryBalance", SubscriberNo=who)["BalanceRecord"]]


def test_a_top_up_raises_one_balance_and_is_found() -> None:
    system = Balances()
    system.ask("Recharge", SubscriberNo="1", RechargeAmount=300, CurrencyCode="EUR", ExternalSerialNo="A")
    assert (system.left("1"), system.left("2")) == ([1000], [700])
    [found] = system.ask("QueryRechargeLog", SubscriberNo="1")["RechargeLog"]
    assert (found["ExternalSerialNo"], found["RechargeAmount"]) == ("A", 300)
    assert system.ask("QueryRechargeLog", SubscriberNo="2")["RechargeLog"] == []
    [line] = system.ledger.lines
    assert (line["reference"], line["nativeId"], line["amount"]) == ("A", found["RechargeSerialNo"], 300)
    system.made.reset()
    assert system.left("1") == [700]


def test_nobody_is_topped_up() -> None:
    system = Balances()
    with pytest.raises(SoapFault):
        system.ask("Recharge", SubscriberNo="3", RechargeAmount=300, CurrencyCode="EUR", ExternalSerialNo="A")
    with pytest.raises(SoapFault):
        system.ask("QueryRechargeLog", SubscriberNo="3")
    assert system.ledger.lines == []


@pytest.mark.parametrize("code", ["good", "made up"])
def test_a_voucher_is_good_for_once(code: str) -> None:
    system = Balances()
    system.ask("AdjustAccount", SubscriberNo="1", AdditionalInfo="good")
    with pytest.raises(SoapFault) as refused:
        system.ask("AdjustAccount", SubscriberNo="1", AdditionalInfo=code)
    assert "voucher" in refused.value.message
    assert system.left("1") == [750]
    assert len(system.ledger.lines) == 1
    system.made.reset()
    system.ask("AdjustAccount", SubscriberNo="1", AdditionalInfo="good")


def test_one_operation_does_what_its_named_values_say() -> None:
    made = Generated(SoapContract.load(HEXA, HEXA.parent), says={"retcode": 0})
    ledger = Ledger(FakeClock())
    services = Works("ID", again=True)
    made.makes("execute", services, when=("command", "ACT"), results=[{"name": "STATE", "value": "ON"}])
    made.changes("execute", services, when=("command", "DEA"), results=[{"name": "STATE", "value": "OFF"}])
    made.gives("execute", (), services, when=("command", "QRY"))
    told = []
    for command in ("ACT", "QRY", "DEA", "QRY"):
        asked = {"command": command, "params": [{"name": "ID", "value": "a-1"}, {"name": "IMSI", "value": "262"}]}
        answered = made.operations()["execute"].handle(Request("execute", asked, {}, None, ledger))
        assert isinstance(answered, Answer)
        told.append(answered.body["results"][0]["value"])
    assert told[1::2] == ["ON", "OFF"]
    assert [line["reference"] for line in ledger.lines] == ["a-1", "a-1"]


def test_a_row_says_a_part_of_a_record_and_the_rest_is_sampled() -> None:
    rows = Rows({"amount": {"currency": "EUR"}})
    rows.like({"amount": {"value": 3, "currency": "sampled"}, "id": "1"})
    assert rows.all == [{"amount": {"value": 3, "currency": "EUR"}, "id": "1"}]


def test_work_is_for_one_person_by_whatever_name() -> None:
    works = Works("ref", whose=("msisdn", "subscriberNo"))
    works.make(Request("topUp", {"msisdn": "1", "ref": "A"}, {}, None, Ledger(FakeClock())), "7", {})
    [row] = works.of(Request("find", {"subscriberNo": "1"}, {}, None, Ledger(FakeClock())))
    assert row["ref"] == "A"
