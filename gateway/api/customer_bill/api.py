"""TMF678: bills as the customer knows them, their rates, and billing on demand."""

from typing import Any

from gateway.api.mastered import MasteredRoom
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.room import Asked, Room
from gateway.flows.billing import Billing
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Invalid
from gateway.store.port import Document

BILL = "TMF678/customerBill"
RATE = "TMF678/appliedCustomerBillingRate"
ON_DEMAND = "TMF678/customerBillOnDemand"
ISSUED = "bills are issued by billing and do not change here"


class OnDemandRoom(DocumentRoom):
    """A bill run for one account: done when billing has answered."""

    def __init__(self, contracts: Contracts, mirror: Mirror, billing: Billing) -> None:
        super().__init__(contracts.resource(ON_DEMAND), mirror.store, mirror.clock)
        self._billing = billing

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        account = (body.get("billingAccount") or {}).get("id")
        if account is None and (party := (body.get("relatedParty") or {}).get("id")):
            account = await self._billing.account_of(asked.principal, party)
        if account is None:
            raise Invalid("bill.accountMissing", "name the billingAccount, or a relatedParty that has one")
        issued = await self._billing.bill_now(asked.call, account)
        done: dict[str, Any] = {**body, "state": "done", "billingAccount": {"id": account}}
        if issued:
            done["customerBill"] = {"id": issued[0].id, "@referredType": "CustomerBill"}
        else:
            done["description"] = "Nothing was left to bill"
        return await super().create(asked, done)

    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        return await self._billing.customer_of(asked.call, body["billingAccount"]["id"])


def rooms(contracts: Contracts, mirror: Mirror, billing: Billing) -> dict[str, Room]:
    return {
        BILL: MasteredRoom(contracts.resource(BILL), mirror, billing.bill, ISSUED),
        RATE: MasteredRoom(contracts.resource(RATE), mirror, billing.rate, ISSUED),
        ON_DEMAND: OnDemandRoom(contracts, mirror, billing),
    }
