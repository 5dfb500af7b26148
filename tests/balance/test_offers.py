"""What a system lacks is refused before anything is written, and known from the adapter's class alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import BaseModel

from contracts.call import Call
from contracts.clock import Clock
from contracts.errors import NotFound, Unsupported
from contracts.model import Bill, Bucket, Receipt, TopUp
from contracts.page import Slice, Window
from contracts.ports import BalancePort, BillPort
from gateway.flows.balance import TOP_UP
from gateway.policy import PolicedPorts
from gateway.registry import Registered
from gateway.store.port import Crossref, Link
from tests.balance.house import ACTIONS, ANNA, SPENT, House, house
from tests.balance.world import ALL, EVERYTHING, MONEY, VOUCHER, World
from tests.clock import FakeClock

ON_DEMAND = "/tmf-api/customerBillManagement/v4/customerBillOnDemand"
WHYS = {
    "balance.voucher": "Plain 4.2 sells no vouchers",
    "balance.lookup": "Plain 4.2 cannot be asked",
    "balance.history": "its history is on paper",
    "bill.now": "it bills on the first of the month",
}


class Nothing(BaseModel):
    """It has no settings."""


class Plain(BalancePort, BillPort):
    """Takes money, and neither vouchers nor questions; bills when it likes."""

    def __init__(self, config: Nothing, clock: Clock) -> None: ...

    async def probe(self, call: Call) -> None: ...

    async def aclose(self) -> None: ...

    async def buckets(self, call: Call, subscriber: str) -> list[Bucket]:
        return []

    async def top_up(self, call: Call, top_up: TopUp) -> Receipt:
        raise NotImplementedError

    async def bills(self, call: Call, account_id: str, window: Window) -> Slice[Bill]:
        return Slice([])

    async def bill(self, call: Call, bill_id: str) -> Bill:
        raise NotFound(bill_id)


@pytest_asyncio.fixture
async def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A gateway before it, which knows it by its manifest as any other."""
    gaps = "".join(f'"{name}" = {{ support = "absent", why = "{why}" }}\n' for name, why in WHYS.items())
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(
        f'name = "plain"\ntitle = "Plain & Co."\nowner = "@nobody"\nclass = "{__name__}:Plain"\n'
        f'config = "{__name__}:Nothing"\nports = ["BalancePort", "BillPort"]\n'
        f'[capabilities]\n"balance.top_up" = "full"\n{gaps}'
    )
    monkeypatch.setattr("banyan.manifest._manifests", lambda: iter([manifest]))
    async with house(tmp_path, adapters={"plain": {}}) as app:
        yield app


def test_what_it_offers_is_what_its_class_has() -> None:
    registered = Registered("plain", "Plain", Plain(Nothing(), FakeClock()), (BalancePort,), 1, 1.0, 1.0, 1.0)
    assert PolicedPorts([registered], FakeClock()).serving(BalancePort).offers == {"balance.top_up"}


@pytest.mark.parametrize(("body", "lacking"), [(MONEY, "balance.top_up"), (VOUCHER, "balance.voucher")])
async def test_what_it_lacks_is_refused_at_once(world: World, body: dict[str, Any], lacking: str) -> None:
    world.offers = EVERYTHING - {lacking}
    world.again()
    with pytest.raises(Unsupported, match=lacking):
        await world.accept(body)
    assert (await world.store.find(ALL, TOP_UP, Window())).total == 0
    assert world.wallet.calls == []


async def test_a_client_is_told_why_as_the_manifest_says_it(plain: House) -> None:
    for answer, lacking in (
        (await plain.top_up(None, voucher=SPENT), "balance.voucher"),
        (await plain.http.get(ACTIONS, params={"logicalResource.id": ANNA}), "balance.history"),
    ):
        told = answer.json()
        assert (answer.status_code, told["code"], told["message"]) == (501, "backend.unsupported", WHYS[lacking])
    again = await plain.top_up(None, isAutoTopup=True)
    assert (again.status_code, "made once" in again.json()["message"]) == (501, True)


async def test_a_bill_run_that_billing_cannot_make_is_rejected_with_its_reason(plain: House) -> None:
    account = Crossref("account", "a-1", "default", "plain", "native", {"customer": "c-1"})
    await plain.app.state.store.commit(Link(account))
    answer = await plain.http.post(ON_DEMAND, json={"billingAccount": {"id": "a-1"}})
    assert (answer.json()["state"], answer.json()["description"]) == ("rejected", WHYS["bill.now"])


async def test_the_matrix_of_capabilities_is_shown_to_programs_and_to_people(plain: House) -> None:
    [told] = (await plain.http.get("/adapters")).json()
    assert told["capabilities"] == {
        "balance.top_up": {"support": "full"},
        **{name: {"support": "absent", "why": why} for name, why in WHYS.items()},
    }
    assert (told["name"], told["ports"]) == ("plain", ["BalancePort", "BillPort"])
    page = await plain.http.get("/adapters", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Plain &amp; Co." in page.text
    assert f"<th>bill.now</th><td>absent: {WHYS['bill.now']}</td>" in page.text
