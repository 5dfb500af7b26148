"""The mirror of customers, bills and services: whole, told as events, and no longer than its master has it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from contracts.call import Call
from contracts.errors import Garbled, PortError, Unavailable
from contracts.page import Condition, Window
from gateway.api.customer.translate import customer_documents
from gateway.api.customer_bill.translate import bill_documents
from gateway.api.service_inventory.translate import service_document
from gateway.flows.billing import Billing
from gateway.flows.customers import ACCOUNT, INDIVIDUAL, KIND, ORGANIZATION, Customers
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Clash, Unknown
from gateway.flows.services import Services
from gateway.security import BANYAN
from gateway.store import Store
from gateway.store.port import Document, Event
from tests.billing.legacy import ANNA, LINE, Legacy, bill
from tests.clock import FakeClock
from tests.orders.world import Noting

BILL, RATE, SERVICE = "TMF678/customerBill", "TMF678/appliedCustomerBillingRate", "TMF638/service"


@dataclass
class House:
    mirror: Mirror
    legacy: Legacy
    events: list[Event]

    def __post_init__(self) -> None:
        self.customers = Customers(self.mirror, self.legacy, customer_documents)
        self.billing = Billing(self.mirror, self.legacy, bill_documents)
        self.services = Services(self.mirror, self.legacy, service_document)

    async def sync(self) -> None:
        for flow in (self.customers, self.billing, self.services):
            await flow.sync()

    async def rows(self, kind: str) -> list[Document]:
        return (await self.mirror.store.find(BANYAN, kind, Window(limit=1000))).items

    async def one(self, kind: str) -> Document:
        [row] = await self.rows(kind)
        return row

    def told(self) -> list[str]:
        told = [event.type.removesuffix("Event") for event in self.events]
        self.events.clear()
        return told

    @property
    def call(self) -> Call:
        return self.mirror.call()


@pytest.fixture
async def house(store: Store, clock: FakeClock) -> House:
    events: list[Event] = []
    house = House(Mirror(Noting(store, events), clock, BANYAN), Legacy(), events)  # type: ignore[arg-type]
    await house.sync()
    return house


async def test_what_is_read_is_told_once(house: House) -> None:
    assert sorted(house.told()) == [
        "AppliedCustomerBillingRateCreate",
        "BillingAccountCreate",
        "CustomerBillCreate",
        "CustomerCreate",
        "IndividualCreate",
        "ServiceCreate",
    ]
    await house.sync()
    assert house.told() == []


async def test_changes_are_told_as_what_they_are(house: House) -> None:
    house.told()
    house.legacy.customers_["101"] = replace(ANNA, phone="+49 431 1", status="suspended")
    house.legacy.bills_["1"] = bill("1", "settled")
    house.legacy.services_[LINE.id] = replace(LINE, characteristics={"msisdn": "491555000009"})
    await house.sync()
    told = house.told()
    assert {"CustomerStateChange", "CustomerAttributeValueChange", "IndividualAttributeValueChange"} <= set(told)
    assert {"CustomerBillStateChange", "ServiceAttributeValueChange"} <= set(told)
    assert (await house.one(KIND)).body["status"] == "suspended"


async def test_what_its_master_has_no_more_leaves_the_mirror(house: House) -> None:
    house.told()
    house.legacy.services_.clear()
    house.legacy.bills_.clear()
    await house.sync()
    assert sorted(house.told()) == ["AppliedCustomerBillingRateDelete", "CustomerBillDelete", "ServiceDelete"]
    house.legacy.customers_.clear()
    await house.sync()
    assert sorted(house.told()) == ["BillingAccountDelete", "CustomerDelete", "IndividualDelete"]
    for kind in (KIND, INDIVIDUAL, ACCOUNT, BILL, RATE, SERVICE):
        assert await house.rows(kind) == []


async def test_a_customer_who_comes_back_has_his_id_again(house: House) -> None:
    id = (await house.one(KIND)).id
    house.legacy.customers_.clear()
    await house.sync()
    house.legacy.customers_["101"] = ANNA
    await house.sync()
    assert (await house.one(KIND)).id == id


async def test_a_person_who_becomes_a_company_is_one_party(house: House) -> None:
    house.legacy.customers_["101"] = replace(ANNA, organization="Adler GmbH", name="Adler GmbH")
    await house.sync()
    assert await house.rows(INDIVIDUAL) == []
    party = await house.one(ORGANIZATION)
    assert party.body["tradingName"] == "Adler GmbH"
    assert (await house.one(KIND)).body["engagedParty"]["id"] == party.id


@pytest.mark.parametrize("trouble", [Unavailable("down"), Garbled("nonsense")])
async def test_a_scan_that_was_cut_short_removes_nothing(house: House, trouble: PortError) -> None:
    before = {kind: await house.rows(kind) for kind in (KIND, INDIVIDUAL, ACCOUNT, BILL, RATE, SERVICE)}
    house.told()
    house.legacy.trouble = trouble
    for flow in (house.customers, house.billing, house.services):
        with pytest.raises(type(trouble)):
            await flow.sync()
    assert house.told() == []
    assert {kind: await house.rows(kind) for kind in before} == before
    assert all(house.mirror.missing(kind) == ("bss",) for kind in before)
    row = await house.one(KIND)
    assert (await house.customers.customer(house.call, row.id)).missing == ("bss",)
    party = await house.one(INDIVIDUAL)
    assert (await house.customers.individual(house.call, party.id)).missing == ("bss",)
    house.legacy.trouble = None
    await house.sync()
    assert not any(house.mirror.missing(kind) for kind in before)


async def test_what_a_scan_overlooked_is_asked_for_before_it_is_removed(house: House) -> None:
    """A row that slipped from one page to another while pages were read is still there."""
    house.told()
    listed, house.legacy.customers_ = house.legacy.customers_, {}
    original = house.legacy.customer

    async def still_there(call: Call, customer_id: str) -> Any:
        house.legacy.customers_ = listed
        return await original(call, customer_id)

    house.legacy.customer = still_there  # type: ignore[method-assign]
    await house.customers.sync()
    assert house.told() == []


async def test_reading_one_finds_out_that_it_is_gone(house: House) -> None:
    row = await house.one(SERVICE)
    house.legacy.services_.clear()
    house.told()
    with pytest.raises(Unknown):
        await house.services.service(house.call, row.id)
    assert house.told() == ["ServiceDelete"]


async def test_all_pages_of_an_account_are_read(house: House) -> None:
    house.legacy.bills_ = {str(id): bill(str(id)) for id in range(1, 251)}
    await house.billing.sync()
    found = await house.mirror.store.find(BANYAN, BILL, Window(limit=1))
    assert found.total == 250
    due = Condition("amountDue.value", "gte", ("20",))
    assert (await house.mirror.store.find(BANYAN, BILL, Window(conditions=(due,)))).total == 250


async def said(house: House, **words: Any) -> None:
    row = await house.one(BILL)
    await house.mirror.store.commit(*await house.billing.said(row, row.body | words))


async def test_what_a_client_says_of_a_bill_stands_until_the_legacy_says_something_new(house: House) -> None:
    await said(house, state="onHold", note="disputed")
    await said(house, state="sent")
    await house.billing.sync()
    row = await house.one(BILL)
    assert (row.body["state"], row.body["note"]) == ("sent", "disputed")
    house.legacy.bills_["1"] = bill("1", "settled")
    await house.billing.sync()
    row = await house.one(BILL)
    assert (row.body["state"], row.body["note"]) == ("settled", "disputed")


async def test_what_the_legacy_says_of_a_bill_is_not_a_client_s_to_change(house: House) -> None:
    with pytest.raises(Clash):
        await said(house, amountDue={"unit": "EUR", "value": Decimal(1)})
