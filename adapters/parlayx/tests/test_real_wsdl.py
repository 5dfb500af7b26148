"""Our own WSDL against the real Parlay X files, which are read where they lie and never copied."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from adapters.parlayx.adapter import Parlayx
from adapters.parlayx.config import Config
from adapters.parlayx.simulator import WSDL
from adapters.parlayx.simulator import simulator as simulate
from banyan import Call, NotFound, Principal, Rejected, SystemClock
from banyan.model import Money, TopUp
from banyan.simulate import Ledger, running
from banyan.soap import SoapContract
from tests.overheard import overheard
from tests.shared import shared

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL_OPERATION = "{http://schemas.xmlsoap.org/wsdl/}operation"
SERVICE, INTERFACE, COMMON = (
    "parlayx_account_management_service_2_2.wsdl",
    "parlayx_account_management_interface_2_2.wsdl",
    "parlayx_common_types_2_1.xsd",
)
LOCAL = "http://www.csapi.org/schema/parlayx/account_management/v2_2/local"
KNOWN = "491555000001"


@pytest.fixture(scope="module")
def folder() -> Path:
    return shared("legacy/wsdl/parlayx-account")


@pytest.fixture(scope="module")
def contracts(folder: Path) -> dict[str, SoapContract]:
    return {"ours": SoapContract.load(WSDL), "real": SoapContract.load(folder / SERVICE)}


@pytest.fixture(scope="module")
def valid(folder: Path) -> Callable[[etree._Element], None]:
    """Asserts that an element is valid by the real schema of its namespace."""
    inline = etree.parse(folder / INTERFACE).find(f".//{XSD}schema")
    assert inline is not None
    for imported in inline.iter(f"{XSD}import"):
        imported.set("schemaLocation", (folder / imported.get("schemaLocation", "")).as_posix())
    local = etree.XMLSchema(etree.fromstring(etree.tostring(inline)))
    common = etree.XMLSchema(etree.parse(folder / COMMON))

    def assert_valid(node: etree._Element) -> None:
        schema = local if etree.QName(node).namespace == LOCAL else common
        schema.assertValid(etree.fromstring(etree.tostring(node)))

    return assert_valid


def test_the_same_operations_are_bound_in_the_same_way(folder: Path, contracts: dict[str, SoapContract]) -> None:
    ours, real = contracts["ours"], contracts["real"]
    assert ours.operations == real.operations
    for operation in ours.operations:
        assert ours.http_headers(operation) == real.http_headers(operation)
    told = [
        {
            each.get("name"): [fault.get("name") for fault in each.iterfind("{*}fault")]
            for each in etree.parse(file).iter(WSDL_OPERATION)
        }
        for file in (WSDL, folder / SERVICE)
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(("gateway", "system"), [("ours", "real"), ("real", "ours"), ("real", "real")])
async def test_the_adapter_works_on_the_real_contract(
    contracts: dict[str, SoapContract],
    valid: Callable[[etree._Element], None],
    monkeypatch: pytest.MonkeyPatch,
    gateway: str,
    system: str,
) -> None:
    clock = SystemClock()
    monkeypatch.setattr(SoapContract, "load", lambda *_, **__: contracts[system])
    simulator = simulate(Ledger(clock), clock)
    monkeypatch.setattr(SoapContract, "load", lambda *_, **__: contracts[gateway])
    heard = overheard(simulator.contract, monkeypatch)
    async with running(simulator) as at:
        adapter = Parlayx(Config(endpoint=at.url), clock)
        try:
            faults = await _everything(
                adapter, lambda: Call(clock.monotonic() + 30, "default", Principal("t", "t", "default"))
            )
        finally:
            await adapter.aclose()
    told = 0
    for message in heard:
        (said,) = etree.fromstring(message).iterfind(f"{SOAP}Body/*")
        if said.tag == f"{SOAP}Fault":
            told += 1
            (said,) = said.iterfind("detail/*")
        valid(said)
    assert told == faults
    assert set(simulator.received) == set(simulator.operations)


async def _everything(adapter: Parlayx, calls: Callable[[], Call]) -> int:
    """Each operation and each way to be refused; how many faults it met."""
    await adapter.probe(calls())
    before = {bucket.name: bucket.remaining for bucket in await adapter.buckets(calls(), KNOWN)}
    top_up = TopUp("ref-1", KNOWN, amount=Money(Decimal("10.05")), valid_for_days=90)
    accepted = await adapter.top_up(calls(), top_up)
    again = await adapter.top_up(calls(), top_up)
    assert abs(again.accepted - accepted.accepted) < timedelta(seconds=10)
    assert await adapter.top_up_by_key(calls(), TopUp("ref-2", KNOWN, voucher="")) is None
    voucher = TopUp("ref-2", KNOWN, voucher="7391-0042-5518")
    for _ in range(2):
        assert (await adapter.redeem(calls(), voucher)).native_id == "ref-2"
    for barred in (TopUp("ref-3", "491555000004", amount=Money(Decimal(5))), TopUp("ref-4", KNOWN, voucher="1")):
        with pytest.raises(Rejected):
            await (adapter.redeem if barred.voucher else adapter.top_up)(calls(), barred)
    with pytest.raises(NotFound):
        await adapter.buckets(calls(), "491555999999")
    after = {bucket.name: bucket for bucket in await adapter.buckets(calls(), KNOWN)}
    assert before["Main"] == Money(Decimal("12.50"))
    assert after["Main"].remaining == Money(Decimal("37.55"))
    assert after["Data"].remaining == before["Data"]
    until = after["Main"].valid_until
    assert until is not None
    assert timedelta(days=89) < until - datetime.now(UTC) < timedelta(days=91)
    moves = await adapter.moves(calls(), KNOWN, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert [(move.kind, move.reference) for move in moves[-2:]] == [("topup", "ref-1"), ("voucher", "ref-2")]
    assert all(earlier.at <= later.at for earlier, later in pairwise(moves))
    return 6
