"""Bills: the mirror of what billing issued, shown by bundle, with every legacy line accounted for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from contracts.call import Call, Principal
from contracts.errors import NotFound, PortError
from contracts.model import Bill
from contracts.page import Condition, Window
from contracts.ports import BillPort
from gateway.flows.billing.present import BillSection, sections
from gateway.flows.mirror import PATIENCE_S, Mirror, keep_fresh
from gateway.flows.refusal import Invalid, Unknown
from gateway.policy.ports import Ports, Serving
from gateway.store.port import Crossref, Document

BILL = "TMF678/customerBill"
RATE = "TMF678/appliedCustomerBillingRate"
CUSTOMER = "TMF629/customer"
REALISATION = "banyan/realisation"
PAGE = 100

_LOG = structlog.get_logger("banyan.billing")


@dataclass(frozen=True, slots=True)
class Presented:
    """A bill with our ids, ready to be shown."""

    id: str
    bill: Bill
    customer_id: str
    customer_name: str
    account_id: str
    sections: tuple[BillSection, ...]


BillDocuments = Callable[[Presented], tuple[dict[str, Any], Sequence[tuple[str, dict[str, Any]]]]]
"""A presented bill -> its stored document, and its rates as (id, stored document)."""


class Billing:
    def __init__(self, mirror: Mirror, ports: Ports, translate: BillDocuments) -> None:
        self._mirror = mirror
        self._ports = ports
        self._translate = translate

    async def bill(self, call: Call, id: str) -> Document:
        """Read through to billing; the mirror answers while billing does not."""
        mirrored = await self._mirror.store.get(call.principal, BILL, id)
        if mirrored is None:
            raise Unknown("bill.unknown", "There is no such bill")
        serving = self._ports.serving(BillPort, operator=call.operator, customer=mirrored.owner)
        native = await self._mirror.store.native(call.principal, "bill", id, serving.system)
        if native is None:
            return mirrored
        try:
            return await self._keep(serving, await serving.port.bill(call, native.native_id))
        except NotFound as gone:
            raise Unknown("bill.unknown", "There is no such bill") from gone
        except PortError:
            return mirrored

    async def bill_now(self, call: Call, account_id: str) -> list[Document]:
        """Ask billing to bill what is billable for our billing account; the bills it issued, already mirrored."""
        serving = self._ports.serving(BillPort, operator=call.operator)
        account = await self._mirror.store.native(call.principal, "account", account_id, serving.system)
        if account is None or not call.principal.may_see(account.keys.get("customer")):
            raise Invalid("bill.accountUnknown", "There is no such billing account")
        return [await self._keep(serving, bill) for bill in await serving.port.bill_now(call, account.native_id)]

    async def account_of(self, principal: Principal, customer_id: str) -> str | None:
        """Our id of a customer's first billing account."""
        customer = await self._mirror.store.get(principal, CUSTOMER, customer_id)
        accounts = customer.body.get("account", []) if customer else []
        return str(accounts[0]["id"]) if accounts else None

    async def sync(self) -> None:
        """Bring the bills of every mirrored customer up to date."""
        for serving in self._ports.all(BillPort):
            offset = 0
            while True:
                page = await self._mirror.store.find(
                    self._mirror.principal, CUSTOMER, Window(offset=offset, limit=PAGE)
                )
                for customer in page.items:
                    await self._sync_customer(serving, customer)
                offset += len(page.items)
                if len(page.items) < PAGE:
                    break

    async def run(self) -> None:
        every = min((serving.sync_every_s for serving in self._ports.all(BillPort)), default=PATIENCE_S)
        await keep_fresh(self.sync, every, self._mirror.clock)

    async def _sync_customer(self, serving: Serving[BillPort], customer: Document) -> None:
        for account in customer.body.get("account", []):
            native = await self._mirror.store.native(self._mirror.principal, "account", account["id"], serving.system)
            if native is None:
                continue
            issued = await serving.port.bills(self._mirror.call(), native.native_id, Window(limit=PAGE))
            for bill in issued.items:
                await self._keep(serving, bill)

    async def _keep(self, serving: Serving[BillPort], bill: Bill) -> Document:
        store, principal = self._mirror.store, self._mirror.principal
        known = await self._mirror.crossref("bill", serving.system, bill.id)
        customer = await self._named("customer", serving.system, bill.customer_id)
        account = await self._named("account", serving.system, bill.account_id)
        shown = tuple(sections(bill, await self._realisations(serving.system, bill)))
        for section in shown:
            if not section.known:
                _LOG.info("bill.unknown_lines", system=serving.system, bill=known.id, lines=len(section.charges))
        owner = await store.get(principal, CUSTOMER, customer.id)
        name = owner.body["name"] if owner else ""
        body, rates = self._translate(Presented(known.id, bill, customer.id, name, account.id, shown))
        document = Document(BILL, known.id, body, owner=customer.id, source=serving.system)
        for rate_id, rate in rates:
            await self._mirror.keep(Document(RATE, rate_id, rate, owner=customer.id, source=serving.system))
        return await self._mirror.keep(document, known)

    async def _named(self, kind: str, system: str, native_id: str) -> Crossref:
        known = await self._mirror.store.ours(self._mirror.principal, kind, system, native_id)
        if known is None:
            raise NotFound(f"the bill names a {kind} that is not mirrored yet")
        return known

    async def _realisations(self, system: str, bill: Bill) -> list[dict[str, Any]]:
        """What we booked on the orders this bill charges."""
        found = []
        for order in bill.orders:
            page = await self._mirror.store.find(
                self._mirror.principal,
                REALISATION,
                Window(conditions=(Condition("nativeOrderId", "eq", (order,)), Condition("system", "eq", (system,)))),
            )
            found += [document.body for document in page.items]
        return found
