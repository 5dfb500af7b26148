"""TMF678: bills as the customer knows them, their rates, and billing on demand."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts.errors import Rejected, Unsupported
from gateway.api.lacking import Lacks, why
from gateway.api.mastered import MasteredRoom
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom, owner_of
from gateway.api.tmf630.room import Asked, Room
from gateway.flows import party, told
from gateway.flows.billing import Billing
from gateway.flows.mirror import Mirror
from gateway.flows.refusal import Invalid, Refusal, Unknown
from gateway.store.port import Document

BILL = "TMF678/customerBill"
RATE = "TMF678/appliedCustomerBillingRate"
ON_DEMAND = "TMF678/customerBillOnDemand"
ISSUED = "bills are issued by billing and do not change here"


class BillRoom(MasteredRoom):
    """A legacy bill, and beside it what clients may say of one: its state, and what only they know."""

    def __init__(self, contracts: Contracts, mirror: Mirror, billing: Billing) -> None:
        super().__init__(contracts.resource(BILL), mirror, billing.bill, ISSUED)
        self._billing = billing

    async def change(self, asked: Asked, id: str, patch: Callable[[dict[str, Any]], dict[str, Any]]) -> Document:
        before = await self._expected(asked, id)
        body = patch(before.body)
        if body == before.body:
            return await self.answered(asked, before)
        after = replace(before, body=body, revision=before.revision + 1)
        events = self.emit(*told.changes(before.body, body), of=after)
        await self.store.commit(*await self._billing.said(before, body), *events, *asked.remember(after))
        return after


class OnDemandRoom(DocumentRoom):
    """A bill run for one account: done when billing has answered, rejected when there is nothing it could bill."""

    def __init__(self, contracts: Contracts, mirror: Mirror, billing: Billing, lacks: Lacks) -> None:
        super().__init__(contracts.resource(ON_DEMAND), mirror.store, mirror.clock)
        self._billing = billing
        self._lacks = lacks

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        try:
            outcome = await self._run(asked, body)
        except (Refusal, Rejected, Unsupported) as error:
            if isinstance(error, Unknown) and asked.principal.customers is not None:
                raise  # nothing of another customer's is kept, not even what was asked about it
            said = why(error, self._lacks) if isinstance(error, Unsupported) else str(error)
            outcome = {"state": "rejected", "description": said}
        return await super().create(asked, {**body, **outcome})

    async def _run(self, asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        account = (body.get("billingAccount") or {}).get("id")
        if account is None and (customer := party.party_id(body.get("relatedParty"))):
            account = await self._billing.account_of(asked.principal, customer)
        if account is None:
            raise Invalid("bill.accountMissing", "Name the billingAccount, or a relatedParty that has one")
        issued = await self._billing.bill_now(asked.call, account)
        done: dict[str, Any] = {"state": "done", "billingAccount": {"id": account, "@type": "BillingAccountRef"}}
        if not issued:
            return {**done, "description": "Nothing was left to bill"}
        bill = {"id": issued[0].id, "@referredType": "CustomerBill", "@type": "CustomerBillRef"}
        return {**done, "customerBill": bill}

    async def owner(self, asked: Asked, body: dict[str, Any]) -> str | None:
        if body["state"] == "rejected":
            return owner_of(asked, {})
        return await self._billing.customer_of(asked.call, body["billingAccount"]["id"])


def rooms(contracts: Contracts, mirror: Mirror, billing: Billing, lacks: Lacks) -> dict[str, Room]:
    return {
        BILL: BillRoom(contracts, mirror, billing),
        RATE: MasteredRoom(contracts.resource(RATE), mirror, billing.rate, ISSUED),
        ON_DEMAND: OnDemandRoom(contracts, mirror, billing, lacks),
    }
